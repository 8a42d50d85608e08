"""Tells somebody's receiver what happens in a conversation, while it happens.

What stands here knows neither OpenTelemetry nor a network: spans are given to a `Carrier`, which never keeps anybody
waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from voice_tui.messages.notices import Notice
from voice_tui.telemetry.mapping import Span
from voice_tui.telemetry.trace import Trace

log = logging.getLogger(__name__)

CLOSES_S = 2.0
"""The end of a run waits at most so long for what is still to be sent."""


class Carrier(Protocol):
    """Brings spans to their receiver."""

    @property
    def problem(self) -> str:
        """Why the receiver has not got all of them, one line, told once; "" for nothing."""

    def carry(self, trace: str, epoch_s: float, spans: Sequence[Span]) -> None:
        """Take spans that are over; returns at once.

        Args:
            trace: Names the conversation among all others; the same name gives the same ids.
            epoch_s: When the clock of the spans began, s since 1970.
            spans: Of that conversation.
        """

    def close(self, within_s: float) -> None:
        """Send what is left, for so long at most, s."""


class Telemetry:
    """Of one run: a conversation is a trace; what is private is in none.

    Args:
        carrier: Takes the spans.
        session: Names the conversation among all others.
        clock: The time of day, s since 1970.
        content: What was said goes with it.
    """

    def __init__(self, carrier: Carrier, session: str, clock: Callable[[], float], *, content: bool = False) -> None:
        self._carrier, self._session, self._clock, self._content = carrier, session, clock, content
        self._trace: Trace | None = None
        self._traces = 0
        self._began_s = self._epoch_s = 0.0

    @property
    def problem(self) -> str:
        """See `Carrier`."""
        return self._carrier.problem

    def begin(self, now: float, *, private: bool = False) -> None:
        """The conversation begins, at this time of the driver's clock, s."""
        self._began_s, self._epoch_s = now, self._clock()
        if not private:
            self._follow()

    def set_private(self, on: bool, now: float) -> None:
        """Where it becomes private the trace ends; where it is no longer, another one begins."""
        if on:
            self.finish(now)
        elif self._trace is None:
            self._follow()

    def observe(self, now: float, notices: Sequence[Notice]) -> None:
        """Follow what was told; whatever goes wrong here ends the trace, and nothing else."""
        trace = self._trace
        if trace is None:
            return
        try:
            for notice in notices:
                self._carry(trace.observe(now - self._began_s, notice))
        except Exception:
            log.exception("the trace failed")
            self._trace = None

    def finish(self, now: float) -> None:
        """The conversation is over."""
        trace, self._trace = self._trace, None
        if trace is not None:
            self._carry(trace.finish(now - self._began_s))

    def close(self) -> str:
        """The run is over: send what is left. Returns what went wrong, "" for nothing or where it was told before."""
        self._carrier.close(CLOSES_S)
        return self._carrier.problem

    def _follow(self) -> None:
        self._traces += 1
        self._trace = Trace(self._named, content=self._content)

    @property
    def _named(self) -> str:
        return self._session if self._traces == 1 else f"{self._session}-{self._traces}"

    def _carry(self, spans: Sequence[Span]) -> None:
        if spans:
            self._carrier.carry(self._named, self._epoch_s, spans)
