"""Talks of the product's own on virtual time: the same caller through several presets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from tests.simulation.people import LevelVoice, Speech
from tests.support.server_fakes import LoudIsSpeech
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.cli.lab import lab
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.drivers.recording.summary import transcript
from voice_tui.rehearsal import compare as comparison
from voice_tui.rehearsal.caller import callers_voice
from voice_tui.rehearsal.compare import compared
from voice_tui.rehearsal.lesson import STEPS
from voice_tui.rehearsal.talk import Models, rehearse
from voice_tui.replay.judge.judgement import Judgement
from voice_tui.replay.judge.recording import HearingSettings, judge_recording
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.tape import check

SPEECH = Speech()
REQUEST = "Count to fifteen."  # its answer can be talked over, and is over long before a story would be
QUESTION, OVER = SPEECH.say(REQUEST), SPEECH.say("Stop it now.")


def interrupting(question: Pcm) -> Pcm:
    """A question, and words over its answer."""
    return np.concatenate((np.zeros(RATE // 2, np.int16), question, np.zeros(RATE * 2, np.int16), OVER))


CALLER = interrupting(QUESTION)


def models() -> Models:
    return Models(SPEECH, LevelVoice(), LoudIsSpeech)


def held(preset: str, folder: Path, caller: Pcm = CALLER) -> tuple[Path, Judgement]:
    talk = rehearse(preset, caller, folder, models())
    hearing = HearingSettings(keep_echo=True, speech=UserSpeech.SOUND)  # its words are tones
    return talk, judge_recording(talk / shelf.TALK, preset, hearing)[0]


def test_a_caller_is_answered_and_can_interrupt(tmp_path: Path) -> None:
    talk, judgement = held("step4-cancel", tmp_path)
    rows = transcript(open_recording(talk))
    assert [row.text for row in rows if row.role == "user"] == [REQUEST, "Stop it now."]
    assert [row.cut is not None for row in rows if row.role == "assistant"] == [True, False]
    assert judgement.figures["R_Y"].words == "1 of 1"  # type: ignore[union-attr]  # always there
    assert check(open_recording(talk)).same


def test_a_preset_that_does_not_listen_talks_over_the_caller(tmp_path: Path) -> None:
    story = interrupting(SPEECH.say("Please tell me a long story."))  # goes on for long behind the last word
    _, judgement = held("step2-local-vad", tmp_path, story)
    assert judgement.figures["R_Y"].words == "0 of 1"  # type: ignore[union-attr]  # always there
    double_talk = judgement.figures["double_talk"]
    assert double_talk is not None
    assert (double_talk.value or 0) > 0


def test_the_same_talk_is_held_twice(tmp_path: Path) -> None:
    first, again = (rehearse("server-vad", CALLER, tmp_path / name, models()) for name in ("a", "b"))
    assert (first / shelf.TALK).read_bytes() == (again / shelf.TALK).read_bytes()
    told, told_again = ((talk / shelf.NOTICES).read_text() for talk in (first, again))
    assert told.replace(str(tmp_path / "a"), "") == told_again.replace(str(tmp_path / "b"), "")


def test_presets_are_compared_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_models", models)
    found = compared(["step4-cancel", "step2-local-vad"], CALLER, tmp_path, processes=1)
    assert [judgement.name for judgement in found] == ["step4-cancel", "step2-local-vad"]
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["step2-local-vad", "step4-cancel"]


def test_compare_is_a_table_and_bars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_models", models)
    soundfile.write(tmp_path / "caller.wav", CALLER, RATE)
    presets = ("--preset", "step4-cancel", "--preset", "step2-local-vad", "--processes", "1")
    command = ["compare", str(tmp_path / "caller.wav"), *presets]
    told = CliRunner().invoke(lab, [*command, "--chart", str(tmp_path / "c.svg")])
    assert told.exit_code == 0, told.output
    head, first, second, *rest = told.output.splitlines()
    assert head.split()[:3] == ["preset", "L_R", "R_R"]
    assert (first.split()[0], second.split()[0]) == ("step4-cancel", "step2-local-vad")
    assert any("both speak (double_talk)" in line for line in rest)
    bars = [e for e in ElementTree.parse(tmp_path / "c.svg").iter() if e.tag.endswith("rect")]
    assert len(bars) == 8
    lines = CliRunner().invoke(lab, [*command, "--json"]).output.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["step4-cancel", "step2-local-vad"]


@pytest.mark.outside
def test_the_four_steps_are_told_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_models", models)
    soundfile.write(tmp_path / "caller.wav", CALLER, RATE)
    command = ["steps", str(tmp_path / "caller.wav"), "--processes", "1", "--keep", str(tmp_path / "kept")]
    told = CliRunner().invoke(lab, command)
    assert told.exit_code == 0, told.output
    parts = re.split(r"^(?=Step \d of 4|What the steps change)", told.output, flags=re.MULTILINE)[1:]
    assert [part.split("(")[1].split(")")[0] for part in parts[:4]] == [step.preset for step in STEPS]
    noticed, stopped = "your voice over the answer was noticed and let be", "the answer was stopped, decided by local"
    assert [[noticed in part, stopped in part] for part in parts[:4]] == [[False] * 2] * 2 + [
        [True, False],
        [False, True],
    ]
    assert ["✂" in part for part in parts[:4]] == [False] * 3 + [True]
    rows = [line.split()[0] for line in parts[4].splitlines() if re.match(r"\d", line)]
    assert rows == ["1", "2", "3", "4"]
    assert sorted(folder.name for folder in (tmp_path / "kept").iterdir()) == sorted(step.preset for step in STEPS)


@pytest.mark.parametrize("args", [[], ["--demo", __file__]])
def test_a_recording_or_the_demo_is_needed(args: list[str]) -> None:
    result = CliRunner().invoke(lab, ["compare", *args])
    assert result.exit_code == 2
    assert "give a RECORDING or --demo" in result.output


def test_of_a_stereo_recording_the_left_channel_is_the_caller(tmp_path: Path) -> None:
    other = np.random.default_rng(1).integers(-3_000, 3_000, len(CALLER)).astype(np.int16)
    soundfile.write(tmp_path / "two.wav", np.stack((CALLER, other), axis=1), RATE)
    soundfile.write(tmp_path / "one.wav", CALLER, RATE)
    assert np.array_equal(callers_voice(tmp_path / "one.wav")[0], CALLER)
    assert np.array_equal(callers_voice(tmp_path / "two.wav")[0], CALLER)
    with pytest.raises(RecordingError):
        callers_voice(Path(__file__))


def test_a_preset_that_never_answers_is_compared_like_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_models", models)
    (found,) = compared(["push-to-talk"], CALLER, tmp_path, processes=1)
    assert found.figures["L_R"] is None or not found.figures["L_R"].value


def test_each_talk_is_judged_by_its_own_recording_however_many_lie_beside_it(tmp_path: Path) -> None:
    taken = [rehearse("server-vad", QUESTION, tmp_path, models(), latest_s=0.5) for _ in range(11)]
    assert len(set(taken)) == 11
    assert sorted(taken)[-1] != taken[-1], "their names are sorted otherwise"


def test_a_talk_that_can_t_be_recorded_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Not a directory"):
        rehearse("server-vad", QUESTION, tmp_path / "file" / "x", models(), latest_s=0.5)
