"""Labelled recordings: ``NAME.json`` says of a recording beside it when somebody speaks.

A label is an object with ``speech``, [[start, end], …] in s, and where they are known ``wav`` (the recording; else
``NAME.wav``), ``kind``, ``snr``, ``noise`` and ``groups`` (axis → family). What does not fit is told in one line, and
what fits is used: a label that can't be believed is left out with its recording, for its frames would count wrongly.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice_tui import plain_file
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.devices.recordings import KINDS, RecordingError, read_recording
from voice_tui.plain_text import one_line, quoted

Spans = tuple[tuple[float, float], ...]
Tell = Callable[[str], None]
SPAN = "[start, end] in s, 0 or more, the end after the start"
BEYOND_S = 0.05  # a label may end so much later than its recording: where it was rounded
TOLD = 20  # files of a folder of which the same is said; of the others only how many they are


class Unfit(ValueError):
    """A file that is not what it should be; one line that names it, the field, its value and what is allowed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(one_line(f"{path}: {reason}"))


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says.

    Attributes:
        path: Its file.
        wav: The recording.
        speech: (start, end), s, as they stand there.
        kind: By whom or how it was labelled; "" if that is not told.
        groups: Family by axis.
    """

    path: Path
    wav: Path
    speech: Spans
    kind: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label, its sound, and its speech: in order, apart from each other, and inside of the sound."""

    label: Label
    pcm: Pcm
    speech: Spans


def label_of(path: Path) -> Label:
    """What a file says.

    Raises:
        Unfit: It can't be read, or is no label.
    """
    try:
        about = json.loads(plain_file.content(path))
    except OSError as error:
        raise Unfit(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise Unfit(path, f"no JSON that can be read ({error})") from error
    if not isinstance(about, dict):
        raise Unfit(path, f"it is no label: give an object, not {quoted(about)}")
    if "speech" not in about:
        raise Unfit(path, f"it is no label: speech is missing, give a list of {SPAN}")
    for name, (fits, allowed) in FIELDS.items():
        if name in about and not fits(about[name]):
            raise Unfit(path, f"{name} = {quoted(about[name])} is not allowed, give {allowed}")
    speech = tuple(_span(path, number, each) for number, each in enumerate(about["speech"]))
    kind = one_line(about.get("kind", ""))
    plain = {"kind": kind or "not told"} | {axis: about[axis] for axis in ("snr", "noise") if axis in about}
    groups = {one_line(axis): _family(value) for axis, value in (about.get("groups") or plain).items()}
    return Label(path, path.parent / about.get("wav", f"{path.stem}.wav"), speech, kind, groups)


def sound_of(path: Path, tell: Tell) -> Pcm:
    """A recording; what is wrong with it is told.

    Raises:
        RecordingError: It can't be used.
    """
    recording = read_recording(path)
    if recording.remark:
        tell(recording.remark)
    if len(recording.pcm) < FRAME:
        raise RecordingError(one_line(f"{path}: it is shorter than 10 ms"))
    return recording.pcm


def labelled(folder: Path, tell: Tell, *, kind: str | None = None, pattern: str = "*.json") -> Iterator[Labelled]:
    """All labelled recordings of a folder and those in it, in the order of their names.

    Args:
        folder: Where they are.
        tell: Takes a line about each label and each recording that does not fit.
        kind: Only labels of this kind; None: of any.
        pattern: Only labels whose names are like this; then nothing is said about recordings without one.
    """
    files = list(_files(folder, tell))
    labels: dict[Path, Path] = {}  # by recording
    unfit = set()
    for path in (file for file in files if file.match(pattern)):
        try:
            label = label_of(path)
        except Unfit as error:
            tell(str(error))
            unfit.add(path.with_suffix(""))
            continue
        first = labels.setdefault(label.wav.resolve(), path)
        if first != path:
            tell(one_line(f"{path}: wav = {label.wav.name!r} is labelled by {first.name} already, give another one"))
            continue
        if kind is None or label.kind == kind:
            yield from _with_sound(label, tell)
    if pattern == "*.json":
        sounds = (file for file in files if file.suffix.lower() in KINDS and file.with_suffix("") not in unfit)
        _tell_each([file for file in sounds if file.resolve() not in labels], folder, tell)


def _with_sound(label: Label, tell: Tell) -> Iterator[Labelled]:
    try:
        pcm = sound_of(label.wav, tell)
    except RecordingError as error:
        tell(one_line(f"{error}; so {label.path.name} is left out"))
        return
    speech, oddities = straightened(label.speech, len(pcm) / RATE)
    if oddities:
        tell(one_line(f"{label.path}: {'; '.join(oddities)}"))
    yield Labelled(label, pcm, speech)


def _tell_each(sounds: Sequence[Path], folder: Path, tell: Tell) -> None:
    for file in sounds[:TOLD]:
        tell(one_line(f"{file}: no label names it, it is left out"))
    if len(sounds) > TOLD:
        tell(one_line(f"{folder}: {len(sounds) - TOLD} more recordings that no label names"))


def straightened(speech: Spans, seconds: float) -> tuple[Spans, list[str]]:
    """The same speech in order, with what overlaps put together and what is outside cut off, and what was odd."""
    found: list[tuple[float, float]] = []
    outside, overlaps = [], 0
    for start, end in sorted(speech):
        if end > seconds + BEYOND_S:
            outside.append([start, end])
        if start >= seconds:
            continue
        if found and start < found[-1][1]:
            overlaps += 1
            start, before = found.pop()
            end = max(before, end)
        found.append((start, min(end, seconds)))
    oddities, of = [], f"of {len(speech)} segments of speech"
    if outside:
        where = f"behind the end of the recording at {seconds:.2f} s, {quoted(outside[0])}"
        oddities.append(f"{len(outside)} {of} end {where} first: what is inside counts")
    if overlaps:
        oddities.append(f"{overlaps} {of} overlap others: they count once")
    return tuple(found), oddities


def _files(folder: Path, tell: Tell) -> Iterator[Path]:
    """All files, sorted; of a folder that can't be read it is told."""

    def unread(error: OSError) -> None:
        tell(one_line(f"{error.filename}: {error.strerror or error}"))

    found = [Path(where) / name for where, _, names in os.walk(folder, onerror=unread) for name in names]
    yield from sorted(found)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _span(path: Path, number: int, each: Any) -> tuple[float, float]:
    if isinstance(each, list) and len(each) == 2 and all(map(_number, each)) and 0 <= each[0] < each[1]:
        return float(each[0]), float(each[1])
    raise Unfit(path, f"speech[{number}] = {quoted(each)} is not allowed, give {SPAN}")


def _family(value: Any) -> str:
    return one_line(value) if isinstance(value, str) else f"{value:g}"


FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "speech": (lambda of: isinstance(of, list), f"a list of {SPAN}"),
    "wav": (lambda of: _text(of) and of != "" and "\0" not in of, "the name of a recording"),
    "kind": (_text, "a text"),
    "noise": (_text, "a text"),
    "snr": (lambda of: _text(of) or _number(of), "dB or a text"),
    "groups": (lambda of: isinstance(of, dict) and all(map(_text, of.values())), "texts by axis"),
}
"""What the fields of a label may hold."""
