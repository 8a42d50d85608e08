"""`voice-tui judge` as it is called: one file, folders, and what can't be judged."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.support.stereo_talks import StereoTalk
from voice_tui.audio.stream.pcm import RATE
from voice_tui.cli.judge import judge
from voice_tui.replay.judge.labels import Channel, Label, labels_path, write_labels
from voice_tui.replay.judge.timeline import Kind, Verdict
from voice_tui.speech import packages
from voice_tui.speech.packages import MissingExtraError

GOOD = StereoTalk(5, [(0.5, 1.5)], [(2.2, 4.0)])
SLOW = StereoTalk(6, [(0.5, 1.5)], [(4.0, 5.5)])


def run(*args: str | Path) -> Result:
    """Judge, in this process unless a test says how many: each one more loads everything anew."""
    processes = () if "--processes" in args else ("--processes", "1")
    return CliRunner().invoke(judge, [*map(str, args), *processes])


def test_one_file_is_told_family_by_family(tmp_path: Path) -> None:
    result = run(GOOD.save(tmp_path / "talk.wav"))
    assert result.exit_code == 0
    head, *lines = result.output.splitlines()
    assert head.endswith("5.0 s   metrics 1")
    assert [line for line in lines if not line.startswith(" ")] == ["tau-voice", "Full-Duplex-Bench", "EVA", "ours"]
    (answered,) = [line for line in lines if line.split()[0] == "R_R"]
    assert answered.endswith("1 of 1")
    assert not any(line.split()[0].startswith("S_") for line in lines)


def test_a_folder_is_a_table_with_the_worst_first(tmp_path: Path) -> None:
    GOOD.save(tmp_path / "a.wav")
    SLOW.save(tmp_path / "b.flac")
    (tmp_path / "notes.txt").write_text("no recording")
    result = run(tmp_path, "--processes", "1")
    assert result.exit_code == 0
    rows = result.output.splitlines()
    assert [Path(row.split()[0]).name for row in rows[1:3]] == ["b.flac", "a.wav"]
    assert rows[4].startswith("all 2")
    assert "2/2" in rows[4]
    assert "1600 / 2410 ms (2)" in rows[4], "p50 and p95"
    assert "n 2" in next(row for row in rows if row.strip().startswith("L_R"))


def test_json_has_a_line_for_each_and_one_for_all(tmp_path: Path) -> None:
    GOOD.save(tmp_path / "a.wav")
    SLOW.save(tmp_path / "b.wav")
    lines = [json.loads(line) for line in run(tmp_path, "--json", "--by", "L_R").output.splitlines()]
    assert [Path(line["name"]).name for line in lines] == ["b.wav", "a.wav", "all 2"]
    assert lines[2]["tau_voice"]["R_R"] == {"hits": 2, "n": 2, "rate": 1.0}


def test_a_folder_may_hold_a_file_with_the_name_of_ours(tmp_path: Path) -> None:
    GOOD.save(tmp_path / "talk.wav")
    SLOW.save(tmp_path / "other.wav")
    names = [json.loads(line)["name"] for line in run(tmp_path, "--json").output.splitlines()]
    assert sorted(names) == sorted([str(tmp_path / "talk.wav"), str(tmp_path / "other.wav"), "all 2"])


def sample(folder: Path, talk: StereoTalk, words: str = "") -> Path:
    """A folder as Full-Duplex-Bench has it; the model's file is shorter, as a stream that ended."""
    folder.mkdir()
    left, right = talk.tracks()
    soundfile.write(folder / "input.wav", left, RATE)
    soundfile.write(folder / "output.wav", right[: -RATE // 2], RATE)
    if words:
        (folder / "output.json").write_text(words)
    return folder


SHORT = StereoTalk(5, [(0.5, 1.5)], [(2.2, 3.0)])


def chunks(count: int) -> str:
    said = [{"text": "word", "timestamp": [2.2 + i * 0.15, 2.3 + i * 0.15]} for i in range(count)]
    return json.dumps({"text": "words", "chunks": said})


@pytest.mark.parametrize(("words", "hits"), [("", 0), (chunks(3), 0), (chunks(4), 1)])
def test_a_sample_of_full_duplex_bench_is_judged_with_its_words(tmp_path: Path, words: str, hits: int) -> None:
    folder = sample(tmp_path / "1", SHORT, words)
    for given in (folder, tmp_path):
        (line,) = [json.loads(line) for line in run(given, "--json").output.splitlines()]
        assert line["name"] == str(folder)
        assert line["full_duplex_bench"]["takeover"] == {"hits": hits, "n": 1, "rate": float(hits)}
        assert line["full_duplex_bench"]["response"]["mean_ms"] == pytest.approx(700, abs=15)


def test_words_that_can_not_be_read_are_one_line(tmp_path: Path) -> None:
    folder = sample(tmp_path / "1", SHORT, '{"chunks": [{"text": 1}]}')
    result = run(folder)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {folder / 'output.json'}: Expected `str`")


def test_labels_beside_the_file_are_used(tmp_path: Path) -> None:
    path = StereoTalk(8, [(0.5, 1.5), (4.0, 4.5)], [(2.5, 7.0)]).save(tmp_path / "talk.wav")
    plain = json.loads(run(path, "--json").output)
    labels = [
        Label(4_000, 4_500, kind=Kind.BACKCHANNEL),
        Label(5_000, 5_200, kind=Kind.TIC, verdict=Verdict.FALSE),
        Label(6_000, 6_100, Channel.AGENT, verdict=Verdict.REAL),
    ]
    write_labels(labels_path(path), labels)
    labelled = json.loads(run(path, "--json").output)
    assert plain["tau_voice"]["R_Y"]["n"] == 1
    assert labelled["tau_voice"]["R_Y"]["n"] == 0
    assert labelled["tau_voice"]["S_BC"] == {"hits": 1, "n": 1, "rate": 1.0}
    assert labelled["tau_voice"]["S_VT"] == {"hits": 1, "n": 1, "rate": 1.0}
    assert labelled["tau_voice"]["S_ND"] is None
    assert labelled["ours"]["false_yields"]["count"] == 1


def test_channels_that_are_the_other_way_round_are_turned(tmp_path: Path) -> None:
    both, rate = soundfile.read(StereoTalk(6, [(0.5, 1.5)], [(2.2, 4.0)]).save(tmp_path / "talk.wav"), dtype="int16")
    soundfile.write(tmp_path / "swapped.wav", both[:, ::-1], rate)
    as_it_is, turned = (
        json.loads(run(path, "--json", *how).output)
        for path, how in ((tmp_path / "talk.wav", ()), (tmp_path / "swapped.wav", ("--swap",)))
    )
    assert turned["tau_voice"] == as_it_is["tau_voice"]
    soundfile.write(tmp_path / "nobody.wav", both[:, ::-1] * np.array([0, 1], np.int16), rate)
    assert (
        "nothing can be heard in the left channel (what the listener heard)"
        in run(tmp_path / "nobody.wav", "--swap").output
    )


def test_a_constant_offset_of_the_converter_is_no_sound(tmp_path: Path) -> None:
    both, rate = soundfile.read(GOOD.save(tmp_path / "talk.wav"), dtype="int16")
    soundfile.write(tmp_path / "offset.wav", both + np.array([900, -700], np.int16), rate)
    plain, offset = (json.loads(run(tmp_path / name, "--json").output) for name in ("talk.wav", "offset.wav"))
    assert offset["tau_voice"] == plain["tau_voice"]


def test_a_label_behind_the_end_of_the_recording_is_said(tmp_path: Path) -> None:
    path = GOOD.save(tmp_path / "talk.wav")
    labels_path(path).write_text("start,end,kind\n1,2,turn\n12.5,13,turn\n")
    result = run(path)
    assert result.exit_code == 1
    assert "a label at 12.500 s is behind the end of the recording, which is 5.0 s long" in result.output


def test_labels_that_are_wrong_are_one_line(tmp_path: Path) -> None:
    path = GOOD.save(tmp_path / "talk.wav")
    labels_path(path).write_text("start,end,kind\n1,2,cough\n")
    result = run(path)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {labels_path(path)}, line 2: kind: 'cough'")


@pytest.mark.parametrize(
    ("left", "right", "problem"),
    [
        (0, None, "it has one channel; two are needed"),
        (0, 6000, "nothing can be heard in the left channel (the user)"),
        (6000, 0, "nothing can be heard in the right channel (what the listener heard)"),
    ],
)
def test_what_can_not_be_judged_is_one_line(tmp_path: Path, left: int, right: int | None, problem: str) -> None:
    rng = np.random.default_rng(1)
    tracks = [rng.standard_normal(RATE) * level / 32768 for level in (left, right) if level is not None]
    soundfile.write(tmp_path / "x.wav", np.stack(tracks, axis=1), RATE)
    result = run(tmp_path / "x.wav")
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {tmp_path / 'x.wav'}: {problem}")
    assert len(result.output.splitlines()) == 1


def test_a_file_that_can_not_be_judged_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    GOOD.save(tmp_path / "a.wav")
    (tmp_path / "b.wav").write_text("no recording")
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "R_R" in result.output
    assert f"Error: {tmp_path / 'b.wav'}: no recording" in result.output


def test_a_folder_without_recordings_says_so(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1
    assert result.output == f"Error: {tmp_path}: there is no recording in it\n"


def test_several_processes_give_what_one_gives(tmp_path: Path) -> None:
    GOOD.save(tmp_path / "a.wav")
    SLOW.save(tmp_path / "b.wav")
    assert run(tmp_path, "--json", "--processes", "2").output == run(tmp_path, "--json", "--processes", "1").output


def test_a_device_that_has_no_end_is_refused_at_once() -> None:
    result = run("/dev/zero")
    assert (result.exit_code, result.output) == (1, "Error: /dev/zero: it is a device, not a file\n")


def test_without_our_own_recogniser_the_transcript_is_left_out_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(module: str, package: str) -> Path:
        raise MissingExtraError(package)

    monkeypatch.setattr(packages, "folder", missing)
    result = run(GOOD.save(tmp_path / "talk.wav"), "--transcript")
    assert result.exit_code == 0
    first, second, *_ = result.output.splitlines()
    what = 'moonshine-voice is not installed: pip install "voice-tui[local]"'
    assert first == f"voice-tui: --transcript is left out: {what}"
    assert second.endswith("metrics 1")
