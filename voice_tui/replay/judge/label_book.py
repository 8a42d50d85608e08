"""The labels of a recording while somebody sets them: each change is on the disk at once, beside what others wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from voice_tui.audio.stream.audible import Stretch
from voice_tui.plain_text import one_line
from voice_tui.replay.judge.labels import SAME, Channel, Label, LabelError, labels_path, read_labels, write_labels
from voice_tui.replay.judge.timeline import Kind, Verdict

Change: TypeAlias = Callable[[Sequence[Label]], list[Label]]


def verdict_on(labels: Sequence[Label], cut: Stretch) -> Verdict | None:
    """What was said of a cut, or of one that should have been; None: nothing."""
    said = [label.verdict for label in labels if label.verdict is not None and _touches(label, cut)]
    return said[0] if said else None


def kind_of(labels: Sequence[Label], sound: Stretch) -> Kind | None:
    """What a sound of the user's was said to be; None: nobody said."""
    said = [label.kind for label in labels if label.kind is not None and _names(label, sound)]
    return said[0] if said else None


def with_verdict(labels: Sequence[Label], cut: Stretch, verdict: Verdict | None) -> list[Label]:
    """The labels with another verdict on a cut; None takes it away."""
    kept = [replace(label, verdict=None) if _touches(label, cut) else label for label in labels]
    new = [] if verdict is None else [Label(cut.start_ms, cut.end_ms, Channel.AGENT, None, verdict)]
    return _saying_something([*kept, *new])


def with_kind(labels: Sequence[Label], sound: Stretch, kind: Kind | None) -> list[Label]:
    """The labels with another kind of a sound of the user's; None takes it away."""
    kept = [replace(label, kind=None) if _names(label, sound) else label for label in labels]
    new = [] if kind is None else [Label(sound.start_ms, sound.end_ms, Channel.USER, kind)]
    return _saying_something([*kept, *new])


def _touches(label: Label, span: Stretch) -> bool:
    return label.start_ms < span.end_ms and span.start_ms < label.end_ms


def _names(label: Label, sound: Stretch) -> bool:
    """Whether it covers enough of a sound of the user's to stand in its place: a cough in a sentence does not."""
    covered_ms = min(label.end_ms, sound.end_ms) - max(label.start_ms, sound.start_ms)
    return label.channel is Channel.USER and covered_ms > SAME * sound.ms


def _saying_something(labels: Sequence[Label]) -> list[Label]:
    said = [label for label in labels if label.kind is not None or label.verdict is not None]
    return sorted(said, key=lambda label: (label.start_ms, label.end_ms))


class LabelBook:
    """Labels beside a recording.

    Args:
        sound: The recording's stereo file.

    Attributes:
        path: Of the file of labels.
        labels: What stands in it, in order of time.
    """

    def __init__(self, sound: Path) -> None:
        self.path = labels_path(sound)
        self.labels: list[Label] = []

    def read(self) -> None:
        """See what stands there now.

        Raises:
            LabelError: It can't be read.
        """
        self.labels = read_labels(self.path) if self.path.exists() else []

    def change(self, change: Change) -> None:
        """Change what stands there now; whole or not at all.

        Raises:
            LabelError: It can't be read or written: nothing is changed.
        """
        self.read()
        changed = change(self.labels)
        try:
            write_labels(self.path, changed)
        except OSError as error:
            raise LabelError(one_line(f"{self.path}: {error.strerror or error}")) from error
        self.labels = changed
