from __future__ import annotations

import json
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from tests.unit.audio.test_engines import voice
from voice_tui.audio.barge_in.features import FEATURES, Features
from voice_tui.audio.echo.calibration import CalibrationError
from voice_tui.audio.echo.front_end import FrontEnd
from voice_tui.audio.echo.path import sweeps
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.cli.lab import lab
from voice_tui.cli.policy import turned
from voice_tui.conversation.turn_taking.policy import ASKED_MS, Action, PolicySettings
from voice_tui.drivers.devices.recordings import SILENT
from voice_tui.replay.barge import Decided, closed_loop, echo_delay_ms, open_loop
from voice_tui.replay.calibration import propose

TOGETHER = "both must begin at the same moment"
ORDER = " (are they in the right order?)"
STORY = """Once upon a time there was a small house at the edge of a forest, where an old man lived
with his dog and two cats."""
RNG = np.random.default_rng(11)


def save(path: Path, pcm: Pcm, rate: int = 24_000) -> Path:
    with wave.open(str(path), "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(pcm.tobytes())
    return path


def room(seconds: float) -> Pcm:
    return (RNG.standard_normal(int(seconds * 24_000)) * 15).astype(np.int16)


def lines(*args: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(lab, args)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_vad_prints_segments_and_frames(tmp_path: Path) -> None:
    wav = save(tmp_path / "a.wav", np.concatenate((room(1), voice(1), room(1))))
    *segments, frames = lines("vad", str(wav), "--engine", "energy")
    assert frames["t0"] == frames["hop"] == 0.01
    assert len(frames["p"]) == 300  # type: ignore[arg-type]  # JSON
    assert segments
    assert segments[0]["start"] == pytest.approx(1.0, abs=0.1)
    assert set(segments[0]) == {"start", "end", "decided", "end_decided"}


def test_barge_finds_nothing_in_silence(tmp_path: Path) -> None:
    mic, ref = save(tmp_path / "m.wav", room(3)), save(tmp_path / "r.wav", voice(2))
    assert lines("barge", str(mic), str(ref), "--all") == []


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    wav = str(save(tmp_path / "m.wav", room(0.2)))
    result = CliRunner().invoke(lab, ["barge", wav, wav, "--option", "nonsense=1"])
    assert result.exit_code == 2
    assert "nonsense: no such setting" in result.output


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("sureness=-1", "sureness: -1 is not allowed, give 1 to 12"),
        ("sureness=1e9", "sureness: 1e+09 is not allowed, give 1 to 12"),
        ("duck_gain=-1", "duck_gain: -1 is not allowed, give 0 to 1"),
        ("habit_ms=0", "habit_ms: 0 is not allowed, give a number from 10 on"),
        ("rearm_ms=-5", "rearm_ms: -5 is not allowed, give a number from 0 on"),
        ("act=7", "act: 7 is not allowed, give 0 or 1"),
        ("=3", "'=3' is not allowed, give NAME=NUMBER; there are bias, sureness"),
    ],
)
def test_a_setting_of_the_policy_that_cannot_be_is_said_as_a_knobs(tmp_path: Path, option: str, said: str) -> None:
    wav = str(save(tmp_path / "m.wav", room(0.2)))
    result = CliRunner().invoke(lab, ["barge", wav, wav, "--option", option])
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_setting_need_not_stand_on_the_steps_of_its_knob() -> None:
    settings = turned(PolicySettings(), ["sureness=4.3", "act=0", "bias=-2"])
    assert (settings.sureness, settings.act, settings.bias) == (4.3, False, -2)


@pytest.mark.parametrize(
    ("seconds", "options", "said"),
    [
        (3, (), "nothing was cut over 3.0 s"),
        (3, ("--kind", "duck"), "nothing was turned down over 3.0 s"),
        (3, ("--kind", "resume", "--kind", "duck"), "nothing was turned down, nothing went on over 3.0 s"),
        (3, ("--all",), "nothing was decided over 3.0 s"),
        (
            0.5,
            (),
            "nothing was cut over 500 ms",
        ),
        (0.001, (), "nothing was cut: 1 ms of sound are too short to be judged"),
    ],
)
def test_barge_says_that_nothing_was_cut(tmp_path: Path, seconds: float, options: Sequence[str], said: str) -> None:
    mic, ref = (str(save(tmp_path / name, room(seconds))) for name in ("m.wav", "r.wav"))
    result = CliRunner().invoke(lab, ["barge", mic, ref, *options])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"voice-tui: {said}\n")


def test_each_kind_that_is_asked_for_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decided = [Decided(float(at), action) for at, action in enumerate(Action)]
    monkeypatch.setattr("voice_tui.cli.lab.open_loop", lambda *_: iter(decided))
    wav = str(save(tmp_path / "m.wav", room(0.2)))
    result = CliRunner().invoke(lab, ["barge", wav, wav, "--kind", "resume", "--kind", "duck"])
    assert {json.loads(line)["kind"] for line in result.stdout.splitlines()} == {"duck", "resume"}


def test_a_gain_acts_on_the_echo_as_late_as_the_echo_is(tmp_path: Path) -> None:
    """What was played before a duck is still on its way: cutting it off in the microphone no canceller expects."""
    story = RNG.standard_normal(24_000 * 4) * 3_000 * np.repeat(RNG.uniform(0.1, 1, 40), 2_400)
    ref = np.concatenate((np.zeros(12_000), story)).astype(np.int16)
    echo = np.concatenate((np.zeros(120 * 24, np.int16), ref[: -120 * 24] // 4))
    assert echo_delay_ms(echo, ref) == pytest.approx(120, abs=1)
    assert echo_delay_ms(ref, echo) is None
    near = np.zeros_like(ref)
    near[48_000:] = voice(len(near[48_000:]) / 24_000)
    parts = {"near": near, "echo": echo, "rest": room(len(ref) / 24_000), "ref": ref}
    files = [str(save(tmp_path / f"{name}.wav", pcm)) for name, pcm in parts.items()]

    def decided(*more: str) -> list[dict[str, object]]:
        return lines("barge", "--closed", *files, "--all", *more)

    assert decided() == decided("--echo-delay", "120") != decided("--echo-delay", "0")


def test_an_echo_that_does_not_tell_how_late_it_is_is_told(tmp_path: Path) -> None:
    wavs = [str(save(tmp_path / f"{name}.wav", room(3) * 20)) for name in ("near", "echo", "rest", "ref")]
    result = CliRunner().invoke(lab, ["barge", "--closed", *wavs])
    words = (
        f"voice-tui: {wavs[1]}: how late the echo is does not show; a gain acts on it at once, else give --echo-delay"
    )
    assert words in result.stderr.splitlines()
    silent = str(save(tmp_path / "silent.wav", np.zeros(72_000, np.int16)))
    assert "how late" not in CliRunner().invoke(lab, ["barge", "--closed", wavs[0], silent, *wavs[2:]]).stderr


@pytest.mark.parametrize("ms", ["1e12", "2001", "-1", "nan"])
def test_a_delay_of_the_echo_that_no_device_has_is_refused(tmp_path: Path, ms: str) -> None:
    wav = str(save(tmp_path / "m.wav", room(0.2)))
    result = CliRunner().invoke(lab, ["barge", "--closed", "--echo-delay", ms, *[wav] * 4])
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{ms!r} is not allowed, give a number from 0 to 2000" in result.stderr


def test_vad_says_that_there_is_too_little_to_judge(tmp_path: Path) -> None:
    result = CliRunner().invoke(lab, ["vad", str(wav := save(tmp_path / "a.wav", room(0.001)))])
    assert json.loads(result.stdout)["p"] == []
    assert result.stderr == f"voice-tui: {wav}: 1 ms of sound are too short to be judged\n"


@pytest.mark.parametrize(
    ("options", "most"),
    [(("--threshold", "0.3"), 0.3), ((), 0.5), (("--engine", "energy", "--threshold", "0.04"), 0.5)],
)
def test_speech_can_t_end_above_where_it_opens(tmp_path: Path, options: Sequence[str], most: float) -> None:
    wav = str(save(tmp_path / "a.wav", room(0.2)))
    result = CliRunner().invoke(lab, ["vad", wav, *options, "--stop", "0.9"])
    assert result.exit_code == 2
    assert f"--stop: 0.9 is not allowed, give up to {most}, which opens speech" in result.output
    assert CliRunner().invoke(lab, ["vad", wav, *options, "--stop", str(most)]).exit_code == 0


@pytest.mark.parametrize("stereo", ["vad {}", "barge {} {}", "calibrate {}", "echo {} {}"])
def test_channels_that_cancel_each_other_out_are_said(tmp_path: Path, stereo: str) -> None:
    sound = np.concatenate((room(3), voice(3)))
    soundfile.write(tmp_path / "a.wav", np.stack((sound, -sound), 1), 24_000)
    result = CliRunner().invoke(lab, stereo.replace("{}", str(tmp_path / "a.wav")).split())
    assert "a.wav: its channels cancel each other out: only channel 1 is used" in result.stderr
    assert SILENT not in result.stderr


@pytest.mark.parametrize("command", ["vad", "barge", "calibrate", "echo"])
def test_an_empty_name_is_no_folder(command: str) -> None:
    result = CliRunner().invoke(lab, [command, "", ""])
    assert result.exit_code == 2
    assert "'' is not allowed, give the name of a file" in result.output


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("vad", "its channels are averaged"),
        ("barge", "MIC is what the microphone heard, REF what was played meanwhile"),
    ],
)
def test_help_says_what_the_files_are(command: str, words: str) -> None:
    said = " ".join(CliRunner().invoke(lab, [command, "--help"]).output.split())
    assert words in said
    if command == "barge":
        assert "MIC REF | NEAR ECHO REST REF" in said
        assert "All of them begin at the same moment" in said


def test_a_file_that_is_no_recording_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_text("hello")
    result = CliRunner().invoke(lab, ["vad", str(path)])
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {path}")


def test_sixteen_kilohertz_is_read_too(tmp_path: Path) -> None:
    wav = save(tmp_path / "a.wav", room(1)[:16_000], 16_000)
    assert len(lines("vad", str(wav))[-1]["p"]) == 100  # type: ignore[arg-type]  # JSON


def test_a_user_over_playback_cuts_in_both_loops() -> None:
    silence = np.zeros(24_000 * 5, np.int16)
    ref = silence.copy()
    ref[24_000:] = voice(4) // 2
    near, rest = silence.copy(), room(5)
    near[24_000 * 3 :] = voice(2)[: len(near) - 24_000 * 3]
    # A synthetic buzz is no convincing user: the knobs are turned down until it is, and what plays still is none.
    settings = PolicySettings(converge_ms=0, bias=-4.5, duck_bias=-4)
    opened = list(open_loop(near + rest, ref, settings))
    closed = list(closed_loop(near, silence, rest, ref, settings))
    for decided in (opened, closed):
        cuts = [d.t for d in decided if d.action is Action.CUT]
        assert cuts
        assert 3.0 < cuts[0] < 4.0


@pytest.mark.parametrize("who", ["alloy", "shimmer"])
def test_over_a_loudspeaker_it_pauses_and_cuts_as_soon_as_in_a_headset(who: str) -> None:
    pytest.importorskip("hibari", reason='needs the local voice: pip install "voice-tui[local]"')
    from voice_tui.speech.synthesiser import LocalSynthesiser

    delay_ms, onset_s, seconds = 120, 5, 8
    ref, near, echo = (np.zeros(24_000 * seconds, np.int16) for _ in range(3))
    story = LocalSynthesiser().synthesise(STORY, voice="echo") // 2
    ref[24_000:] = np.resize(story, len(ref) - 24_000)
    question = LocalSynthesiser().synthesise("Wait, I have another question for you, before you go on.", voice=who)
    question = question[np.argmax(np.abs(question) > 500) :][: len(near) - 24_000 * onset_s]
    near[24_000 * onset_s :][: len(question)] = question
    late = 24 * delay_ms
    echo[late:] = ref[:-late] // 4

    def first(echo: Pcm, action: Action) -> float:
        told = closed_loop(near, echo, room(seconds), ref, PolicySettings(), delay_ms)
        return next(d.t for d in told if d.action is action)

    headset, loudspeaker = np.zeros_like(echo), echo
    paused, cut = first(loudspeaker, Action.PAUSE), first(loudspeaker, Action.CUT)
    assert onset_s < paused <= first(headset, Action.PAUSE) + 0.05
    assert paused < cut <= first(headset, Action.CUT) + 0.05
    assert onset_s + ASKED_MS / 1000 < cut < onset_s + 0.5


def test_calibration_puts_the_threshold_between_room_and_words() -> None:
    proposal = propose(np.concatenate((room(3), voice(3))), 3000)
    assert proposal.situation == "quiet"
    assert proposal.room_dbfs < 20 * np.log10(proposal.local_threshold) < proposal.speech_dbfs


def test_calibration_without_speech_says_so() -> None:
    with pytest.raises(CalibrationError, match="closer to the microphone"):
        propose(room(6), 3000)
    with pytest.raises(CalibrationError, match="then speech"):
        propose(room(3), 3000)
    with pytest.raises(CalibrationError, match="then speech"):
        propose(room(1), 3000)


def test_calibrate_prints_the_proposal(tmp_path: Path) -> None:
    wav = save(tmp_path / "a.wav", np.concatenate((room(3), voice(3))))
    (proposal,) = lines("calibrate", str(wav), "--room", "3")
    assert proposal["situation"] == "quiet"
    assert proposal["echo_dbfs"] is None
    assert "above the room" in str(proposal["why"])


def test_calibrate_without_speech_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(lab, ["calibrate", str(wav := save(tmp_path / "a.wav", room(6)))])
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {wav}: only 0.0 s were louder than the room")


def test_echo_prints_leakage_and_delay(tmp_path: Path) -> None:
    played = np.concatenate((sweeps(), np.zeros(12_000, np.int16)))
    heard = np.concatenate((np.zeros(2_400, np.int16), played // 10))[: len(played)] + room(len(played) / 24_000)
    (path,) = lines("echo", str(save(tmp_path / "p.wav", played)), str(save(tmp_path / "h.wav", heard)))
    assert path["finding"] == "heard"
    assert path["leakage_db"] == pytest.approx(-20, abs=0.5)
    assert path["delay_ms"] == 100
    assert path["words"]


def test_echo_of_nothing_is_said(tmp_path: Path) -> None:
    played, heard = (str(save(tmp_path / name, np.zeros(24_000, np.int16))) for name in ("played.wav", "heard.wav"))
    result = CliRunner().invoke(lab, ["echo", played, heard])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        *(f"voice-tui: {path}: {SILENT}" for path in (played, heard)),
        f"Error: {played}: only 0.0 s of the test sound were played: is the loudspeaker on?",
    ]


def test_echo_blames_the_file_that_is_too_short(tmp_path: Path) -> None:
    played = save(tmp_path / "p.wav", np.concatenate((sweeps(), np.zeros(12_000, np.int16))))
    heard = save(tmp_path / "h.wav", room(0.1))
    result = CliRunner().invoke(lab, ["echo", str(played), str(heard)])
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {heard}: 0.1 s are too short to tell whether what was played")


def test_echo_says_of_what_was_heard_that_it_begins_late(tmp_path: Path) -> None:
    played = np.concatenate((np.zeros(24_000, np.int16), sweeps(), np.zeros(12_000, np.int16)))
    heard = np.concatenate((played[6_000:] // 10, np.zeros(6_000, np.int16)))
    files = [str(save(tmp_path / name, pcm)) for name, pcm in (("p.wav", played), ("h.wav", heard))]
    result = CliRunner().invoke(lab, ["echo", *files])
    assert result.output == f"Error: {files[1]}: what was played is in it, but 0.25 s earlier: {TOGETHER}{ORDER}\n"


def test_echo_says_that_what_comes_too_late_is_not_cancelled(tmp_path: Path) -> None:
    played = np.concatenate((sweeps(), np.zeros(12_000, np.int16)))
    heard = np.concatenate((np.zeros(9_600, np.int16), played // 10))[: len(played)] + room(len(played) / 24_000)
    (path,) = lines("echo", str(save(tmp_path / "p.wav", played)), str(save(tmp_path / "h.wav", heard)))
    assert path["delay_ms"] == 400
    assert "what comes later than 320 ms is not cancelled" in str(path["words"])


@pytest.mark.parametrize(
    ("milliseconds", "told", "words"),
    [
        (0, "nothing played", "nothing of it is loud enough to be heard while the room is: no echo is looked for"),
        (300, "too short", "less than half a second of it sounds while the room is heard, too short to tell an echo"),
        (1_000, "not heard", "no echo of it is to be seen"),
    ],
)
def test_calibrate_says_why_it_tells_of_no_echo(tmp_path: Path, milliseconds: int, told: str, words: str) -> None:
    played = np.zeros(48_000, np.int16)
    played[: milliseconds * 24] = RNG.standard_normal(milliseconds * 24) * 3_000
    played[-1] = 1  # not all of it is zero
    ref = save(tmp_path / "r.wav", played)
    wav = save(tmp_path / "a.wav", np.concatenate((room(3), voice(3))))
    result = CliRunner().invoke(lab, ["calibrate", str(wav), "--ref", str(ref)])
    assert result.stderr == f"voice-tui: {ref}: {words}\n"
    assert (json.loads(result.stdout)["reference"], json.loads(result.stdout)["echo_dbfs"]) == (told, None)


def test_features_have_names_and_stay_in_range() -> None:
    front, features = FrontEnd(), Features()
    loud = (RNG.standard_normal(24_000) * 12_000).clip(-32768, 32767).astype(np.int16)
    for i in range(0, len(loud), FRAME):
        x = features.feed(front.process(loud[i : i + FRAME], loud[i : i + FRAME]), 0.2 if i > 12_000 else 1.0)
        assert x.shape == (len(FEATURES),)
        assert np.abs(x).max() < 12
