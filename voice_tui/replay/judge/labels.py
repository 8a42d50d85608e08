"""Labels beside a recording: what a sound is, and whether a cut was wanted; a CSV that any program writes.

``talk.labels.csv`` beside ``talk.wav``: ``start``, ``end`` (s), ``channel`` (user or agent; left or right), ``kind``
(turn, interruption, backchannel, tic, others), ``verdict`` (real, false, missed). Of the last two one may be empty.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from voice_tui.audio.stream.audible import Stretch
from voice_tui.plain_text import one_line
from voice_tui.private_file import OWNER_ONLY
from voice_tui.replay.judge.timeline import Kind, Ruling, Sound, Verdict, guessed
from voice_tui.settings.files import text_of

FIELDS = ("start", "end", "channel", "kind", "verdict")
SAME = 1 / 3  # of what was detected: labels that cover so much of it say what it is; a cough in a sentence does not

Word = TypeVar("Word", bound=StrEnum)


class Channel(StrEnum):
    """Whose sound it is."""

    USER = "user"
    AGENT = "agent"


_SIDES = {"left": Channel.USER.value, "right": Channel.AGENT.value}


class LabelError(ValueError):
    """A file of labels that can't be read; one line that names file, line and field."""


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody said of a stretch.

    Attributes:
        start_ms, end_ms: Where it is.
        channel: Whose.
        kind: What the sound is; None: nobody said. Only the user's sounds have one.
        verdict: Of the cut that it caused, or should have; None: nobody said.
    """

    start_ms: int
    end_ms: int
    channel: Channel = Channel.USER
    kind: Kind | None = None
    verdict: Verdict | None = None


def labels_path(recording: Path) -> Path:
    """Where the labels of a recording stand."""
    return recording.with_name(f"{recording.stem}.labels.csv")


def read_labels(path: Path) -> list[Label]:
    """The labels in a file, in order of time.

    Raises:
        LabelError: It can't be read, or a line says what no label can.
    """
    try:
        rows = list(csv.reader(io.StringIO(text_of(path)), strict=True))
    except OSError as error:
        raise LabelError(one_line(f"{path}: {error.strerror or error}")) from error
    except (ValueError, csv.Error) as error:
        raise LabelError(one_line(f"{path}: {error}")) from error
    stripped = ((number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1))
    filled = [(number, row) for number, row in stripped if any(row)]
    if not filled:
        return []
    number, names = filled[0]
    missing = [name for name in FIELDS[:2] if name not in names]
    unknown = [name for name in names if name not in FIELDS]
    if missing or unknown:
        problem = f"{missing[0]}: no such column" if missing else f"{unknown[0]}: unknown column"
        raise LabelError(one_line(f"{path}, line {number}: {problem}; there are {', '.join(FIELDS)}"))
    for number, row in filled[1:]:
        if any(row[len(names) :]):  # such as 1,5 for 1.5
            problem = f"{len(row)} cells, the header has {len(names)}; a number's point is a point"
            raise LabelError(one_line(f"{path}, line {number}: {problem}"))
    labels = [_label(path, number, dict(zip(names, row, strict=False))) for number, row in filled[1:]]
    return sorted(labels, key=lambda label: (label.start_ms, label.end_ms))


def write_labels(path: Path, labels: Iterable[Label]) -> None:
    """Write them, in order of time, in place of what the file held; whole or not at all.

    Raises:
        OSError: It can't be written.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(FIELDS)
    for label in sorted(labels, key=lambda label: (label.start_ms, label.end_ms)):
        seconds = (f"{ms / 1000:.3f}" for ms in (label.start_ms, label.end_ms))
        table.writerow((*seconds, label.channel, label.kind or "", label.verdict or ""))
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8") as file:
        file.write(out.getvalue())
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)


def sounds(detected: Sequence[Stretch], agent: Sequence[Stretch], labels: Iterable[Label]) -> tuple[Sound, ...]:
    """The user's sounds: what is labelled as somebody said, the rest of what was detected by where it begins.

    Labels stand in the place of what was detected there, if they cover enough of it.
    """
    named = [
        Sound(label.start_ms, label.end_ms, label.kind, labelled=True)
        for label in labels
        if label.channel is Channel.USER and label.kind is not None
    ]
    rest = [s for s in guessed(detected, agent) if _covered_ms(s, named) <= SAME * (s.end_ms - s.start_ms)]
    return tuple(sorted([*named, *rest], key=lambda sound: (sound.start_ms, sound.end_ms)))


def rulings(labels: Iterable[Label]) -> tuple[Ruling, ...]:
    """What the labels say of cuts."""
    said = ((label.start_ms, label.end_ms, label.verdict) for label in labels)
    return tuple(Ruling(start, end, verdict) for start, end, verdict in said if verdict is not None)


def _covered_ms(detected: Sound, labels: Sequence[Sound]) -> int:
    return sum(
        min(detected.end_ms, label.end_ms) - max(detected.start_ms, label.start_ms)
        for label in labels
        if label.overlaps(detected)
    )


def _label(path: Path, line: int, row: dict[str, str]) -> Label:
    def wrong(field: str, allowed: str) -> LabelError:
        return LabelError(one_line(f"{path}, line {line}: {field}: {row.get(field, '')!r} is {allowed}"))

    def seconds(field: str) -> int:
        try:
            value = float(row.get(field, ""))
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            raise wrong(field, "no number of seconds from 0 on")
        return round(value * 1000)

    def word(field: str, words: type[Word]) -> Word | None:
        said = row.get(field, "").lower()
        try:
            return words(said) if said else None
        except ValueError:
            raise wrong(field, f"none of {', '.join(words)}") from None

    start_ms, end_ms = seconds("start"), seconds("end")
    if end_ms <= start_ms:
        raise wrong("end", "not behind the start")
    row["channel"] = _SIDES.get(row.get("channel", "").lower(), row.get("channel", ""))
    channel, kind, verdict = word("channel", Channel) or Channel.USER, word("kind", Kind), word("verdict", Verdict)
    if kind is None and verdict is None:
        raise wrong("kind", "empty, and there is no verdict")
    if kind is not None and channel is Channel.AGENT:
        raise wrong("kind", "a kind of the user's sounds: only a verdict goes with the agent's channel")
    return Label(start_ms, end_ms, channel, kind, verdict)
