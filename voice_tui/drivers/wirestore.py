"""The last events of the wire, both ways, for whoever wants to look at them: few in memory, the rest in a file.

Taking an event is a step of constant size: nothing is decoded, nothing is written. What is older than a few megabytes
goes to temporary files, on a thread of its own, and is looked at once before it goes. The files have no name where the
system allows that; they end with the store.
"""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from voice_tui.drivers.logs import redact
from voice_tui.drivers.wirelog import log_line
from voice_tui.messages.inspection import Glance, Inspection

log = logging.getLogger(__name__)

KEPT = 20_000  # events: ten minutes of talk
AT_HAND = 4_000_000  # bytes of events in memory, as a rule
MOST_AT_HAND = 32_000_000  # ... when they come faster than the file takes them
MOST = 400_000_000  # bytes of events altogether
SEGMENT = 16_000_000  # bytes of one file: what is too old goes by the file
BATCH = 256_000  # bytes that are written at once
PAUSE_S = 0.002  # between two batches: whoever talks goes first


@dataclass(slots=True, eq=False)
class WireEvent:
    """One event.

    Attributes:
        number: Counted from 1.
        t: When it went by, s of the store's clock.
        direction: ``client``, ``server`` or ``here``, see `WireTap`.
        connection, dialect: See `WireTap`.
        size: Bytes on the wire.
        start: Bytes of all events before it.
    """

    number: int
    t: float
    direction: str
    connection: int
    dialect: str
    size: int
    start: int
    _raw: bytes | None
    _segment: _Segment | None = None
    _at: int = 0
    _glance: Glance | None = None

    @property
    def sent(self) -> bool:
        """It went out."""
        return self.direction == "client"


@dataclass(slots=True, eq=False)
class _Segment:
    """A file with some events; one is written, the older ones are only read."""

    file: IO[bytes]
    size: int = 0
    last: int = 0  # the newest event in it


class WireStore:
    """Keeps events: `write` on the voice thread, everything else from any other.

    Args:
        inspection: How they are looked at.
        clock: Monotonic seconds.
        secrets: What is never given out, beside what looks like a secret.
        kept, at_hand: Of `KEPT` and `AT_HAND`.

    Attributes:
        problem: Why older events are not kept, one line; "" for nothing.
    """

    def __init__(
        self,
        inspection: Inspection,
        clock: Callable[[], float],
        secrets: Iterable[str] = (),
        *,
        kept: int = KEPT,
        at_hand: int = AT_HAND,
    ) -> None:
        self.inspection, self._clock, self.problem = inspection, clock, ""
        self._secrets = [secret for secret in secrets if len(secret) >= 6]
        self._kept, self._at_hand = kept, at_hand
        self.began = clock()
        """When it began, s of its clock."""
        self._events: dict[int, WireEvent] = {}  # oldest first
        self._first, self._last, self._total = 1, 0, 0
        self._next = 1  # of the events in memory the oldest: what is before it stands in a file, or is gone
        self._segments: deque[_Segment] = deque()
        self._files = threading.Lock()
        self._wake, self._ends = threading.Event(), False
        self._thread: threading.Thread | None = None

    # ---- taking

    def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
        """Take one event, see `WireTap`."""
        number = self._last + 1
        event = WireEvent(number, self._clock(), direction, connection, dialect, len(raw), self._total, raw)
        if self._held > MOST_AT_HAND:  # the file does not keep up: its words are lost, not that it went by
            event._raw, event._glance = None, self.inspection.glance(raw)
        self._events[number] = event
        self._total += len(raw)
        self._last = number
        while number - self._first >= self._kept or self._total - self._events[self._first].start > MOST:
            if number == self._first:
                break
            del self._events[self._first]
            self._first += 1
        if self._held > self._at_hand and not self._wake.is_set():
            self._begin()
            self._wake.set()

    @property
    def _held(self) -> int:
        """Bytes in memory."""
        oldest = self._events.get(max(self._next, self._first))
        return self._total - oldest.start if oldest is not None else 0

    def _begin(self) -> None:
        if self._thread is None and not self._ends:
            self._thread = threading.Thread(target=self._put_away, name="wire-store", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Nothing is kept any more."""
        self._ends = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        with self._files:
            for segment in self._segments:
                segment.file.close()
            self._segments.clear()
        self._events.clear()

    # ---- looking

    @property
    def first(self) -> int:
        """The oldest event that is kept."""
        return self._first

    @property
    def last(self) -> int:
        """The newest event, 0 before the first."""
        return self._last

    def event(self, number: int) -> WireEvent | None:
        """An event, None where it is gone."""
        return self._events.get(number)

    def glance(self, event: WireEvent) -> Glance:
        """What one look at it tells."""
        if event._glance is None:
            event._glance = self.inspection.glance(self._raw(event) or b"")
        return event._glance

    def raw(self, event: WireEvent) -> bytes | None:
        """An event as it was on the wire, without secrets; None where its words are gone."""
        raw = self._raw(event)
        return None if raw is None else self._without_secrets(raw)

    def _raw(self, event: WireEvent) -> bytes | None:
        raw, segment = event._raw, event._segment
        if raw is not None or segment is None:
            return raw
        try:
            with self._files:
                segment.file.seek(event._at)
                return segment.file.read(event.size)
        except (OSError, ValueError):  # ValueError: it is closed, for everything in it is too old
            return None

    def _without_secrets(self, raw: bytes) -> bytes:
        text = raw.decode("utf-8", "replace")
        if redact(text, self._secrets) == text:
            return raw
        try:  # string by string: what is taken out must not take a quote with it
            return json.dumps(_redacted(json.loads(text), self._secrets), ensure_ascii=False).encode()
        except ValueError:
            return redact(text, self._secrets).encode()

    def contains(self, event: WireEvent, words: str) -> bool:
        """Whether an event has these words anywhere in its JSON, capitals or not."""
        raw = (self._raw(event) or b"").lower()
        return any(form.lower().encode() in raw for form in {words, json.dumps(words)[1:-1]})

    def line(self, event: WireEvent) -> str:
        """An event as a line of ``--events``; "" where its words are gone."""
        raw = self.raw(event)
        return "" if raw is None else log_line(event.t, event.direction, raw, event.connection, event.dialect)

    def save(self, path: Path, numbers: Iterable[int] | None = None) -> int:
        """Write events to a file that is not there yet, as ``--events`` does.

        Args:
            path: Of the file.
            numbers: Which; None: all.

        Returns:
            How many were written.

        Raises:
            OSError: It can't be written.
        """
        written = 0
        with path.open("x", encoding="utf-8") as file:
            for number in numbers if numbers is not None else range(self._first, self._last + 1):
                event = self.event(number)
                line = self.line(event) if event is not None else ""
                written += bool(line)
                file.write(line)
        return written

    # ---- putting away, on a thread of its own

    def _put_away(self) -> None:
        while not self._ends:
            self._wake.wait()
            while not self._ends and self._held > self._at_hand:
                self._batch()
                threading.Event().wait(PAUSE_S)
            self._wake.clear()

    def _batch(self) -> None:
        """Put the oldest events away that are in memory."""
        self._next = max(self._next, self._first)
        events: list[WireEvent] = []
        size = 0
        while size < BATCH and (event := self._events.get(self._next + len(events))) is not None:
            self.glance(event)
            events.append(event)
            size += event.size
        try:
            self._write(events)
        except OSError as error:
            if not self.problem:
                self.problem = f"older events are not kept: {error.strerror or error}"
                log.warning("%s", self.problem)
        for event in events:
            event._raw = None
        self._next += len(events)
        self._let_go()

    def _write(self, events: list[WireEvent]) -> None:
        if self.problem:
            return
        with self._files:
            if not self._segments or self._segments[-1].size >= SEGMENT:
                self._segments.append(_Segment(tempfile.TemporaryFile(prefix="voice-tui-")))  # noqa: SIM115  # it stays open
            segment = self._segments[-1]
            segment.file.seek(segment.size)
            for event in events:
                if event._raw is None:
                    continue
                segment.file.write(event._raw)
                event._at, event._segment = segment.size, segment
                segment.size += event.size
                segment.last = event.number
            segment.file.flush()

    def _let_go(self) -> None:
        """Close the files in which everything is too old."""
        with self._files:
            while len(self._segments) > 1 and self._segments[0].last < self._first:
                self._segments.popleft().file.close()


def _redacted(value: Any, secrets: list[str]) -> Any:
    """The value with no secret in any of its texts, and none beside a name that says so."""
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, list):
        return [_redacted(each, secrets) for each in value]
    if isinstance(value, dict):
        return {name: _beside(name, each, secrets) for name, each in value.items()}
    return value


def _beside(name: str, value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str) and redact(f'"{name}":"{value}"', []) != f'"{name}":"{value}"':
        return "…"
    return _redacted(value, secrets)
