"""What the user said that our own ears missed: a detector heard it, and the endpoint made a turn of it.

A detector alone is no proof, for noise sets it off; words are, and so is a turn that stands in the transcript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voice_tui.audio.stream.audible import Stretch
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Row, RowChanged, RowRemoved, SettingsChanged, SpeechStarted, SpeechStopped

SILENCE = "silence_duration_ms"


@dataclass(slots=True)
class _Heard:
    """Speech as a detector heard it: the server's, or that of a preset."""

    source: str
    start_ms: int
    end_ms: int | None = None
    rows: set[str] = field(default_factory=set)  # that came of it


class ElsewhereHeard:
    """Follows every notice of a talk."""

    def __init__(self) -> None:
        self._heard: list[_Heard] = []
        self._rows: dict[str, Row] = {}
        self._silence_ms = 0  # that the server waits for behind a turn

    def observe(self, notice: Notice) -> None:
        """This was told."""
        match notice:
            case SpeechStarted(source, at_ms):
                self._heard.append(_Heard(source, at_ms))
            case SpeechStopped(source, at_ms):
                self._ended(source, at_ms)
            case RowChanged(row=Row(role="user", spoken=True) as row):
                if row.item_id not in self._rows and self._heard:
                    self._heard[-1].rows.add(row.item_id)
                self._rows[row.item_id] = row
            case RowRemoved(item_id):
                self._rows.pop(item_id, None)
            case SettingsChanged(settings=settings, active=active):
                self._silence_ms = int(settings.silence_duration_ms) if SILENCE in active else 0
            case _:
                pass

    def _ended(self, source: str, at_ms: int) -> None:
        for heard in reversed(self._heard):
            if heard.source == source and heard.end_ms is None:
                waited_ms = self._silence_ms if source == "server" else 0
                heard.end_ms = max(heard.start_ms + 1, at_ms - waited_ms)
                return

    def beside(self, ears: Sequence[Stretch], offset_ms: int) -> list[Stretch]:
        """What is over and has become a turn, and where our ears heard nothing; in order, none over another.

        Args:
            ears: What they heard.
            offset_ms: Where the clock stood as the talk began to be followed.
        """
        found: list[Stretch] = []
        for heard in self._heard:
            if heard.end_ms is None or not any(self._stands(name) for name in heard.rows):
                continue
            span = Stretch(heard.start_ms - offset_ms, heard.end_ms - offset_ms)
            if not any(_meet(span, other) for other in (*ears, *found)):
                found.append(span)
        return sorted(found, key=lambda span: span.start_ms)

    def _stands(self, name: str) -> bool:
        row = self._rows.get(name)
        return row is not None and (bool(row.text) or not row.pending)


def _meet(one: Stretch, other: Stretch) -> bool:
    return one.start_ms < other.end_ms and other.start_ms < one.end_ms
