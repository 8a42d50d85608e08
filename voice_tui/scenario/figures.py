"""Figures of a whole talk: judged as `voice-tui judge` does, from the recording that was made of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.drivers.recording import shelf
from voice_tui.replay.judge.judgement import Figures
from voice_tui.replay.judge.labels import Label, LabelError, labels_path, write_labels
from voice_tui.replay.judge.recording import HearingSettings, judge_recording
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.judge.timeline import Kind
from voice_tui.scenario.model import Expectation
from voice_tui.scenario.timeline import Said


class NotJudged(Exception):
    """There are no figures; one line that says why."""


def label(recording: Path, said: Sequence[Said], begins: float) -> None:
    """Write beside a recording what in it is no turn.

    Args:
        recording: Its folder.
        said: What was heard of the user.
        begins: When the recording does, s on the same clock.

    Raises:
        OSError: It can't be written.
    """
    labels = [
        Label(max(0, round((one.begins - begins) * 1000)), round((one.ends - begins) * 1000), kind=Kind(one.kind))
        for one in said
        if one.kind is not None
    ]
    if labels:
        write_labels(labels_path(recording / shelf.TALK), labels)


def discard(recording: Path) -> None:
    """Delete a recording and what was written beside it.

    Raises:
        OSError: It can't be deleted.
    """
    labels_path(recording / shelf.TALK).unlink(missing_ok=True)
    shelf.delete(recording)


def figures(recording: Path | None, *, clean: bool) -> Figures:
    """All of a recording.

    Args:
        recording: Its folder; None: there is none.
        clean: Nothing is heard in the microphone but what the user did: then all of that counts, else what is a voice.

    Raises:
        NotJudged: There is none, or it can't be judged.
    """
    if recording is None:
        raise NotJudged("the talk was not recorded")
    hearing = HearingSettings(keep_echo=True, speech=UserSpeech.SOUND if clean else UserSpeech.VOICE)
    try:
        return judge_recording(recording / shelf.TALK, recording.name, hearing)[0].figures
    except (RecordingError, LabelError) as error:
        raise NotJudged(str(error)) from None


def out_of_bounds(wanted: Expectation, there_are: Figures) -> str:
    """What is wrong with a figure, one line; "" where it is as expected."""
    assert wanted.figure is not None
    name, figure = wanted.figure, there_are[wanted.figure]
    expected = f"expected {name}{f' ({wanted.field})' if wanted.field else ''} {_bounds(wanted)}"
    if figure is None:
        return f"{expected}: there is none, for want of what it needs (see docs/judge.md)"
    if wanted.field is not None and wanted.field not in figure.as_json():
        return f"{expected}: {wanted.field} is no field of it, there are {', '.join(figure.as_json())}"
    value = figure.value if wanted.field is None else figure.as_json()[wanted.field]
    if value is None:
        return f"{expected}: nothing happened that it measures"
    low = wanted.at_least is not None and value < wanted.at_least
    high = wanted.at_most is not None and value > wanted.at_most
    return f"{expected}: it is {value:.6g} ({figure.words})" if low or high else ""


def _bounds(wanted: Expectation) -> str:
    bounds = (("at least", wanted.at_least), ("at most", wanted.at_most))
    return " and ".join(f"{words} {bound:g}" for words, bound in bounds if bound is not None)
