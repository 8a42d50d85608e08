"""What every step works with: the line, what is known of the endpoint, and the report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from voice_tui.endpoints.providers import Endpoint
from voice_tui.probe.findings import Report, Verdict
from voice_tui.probe.line import Line


@dataclass
class Probe:
    """One step under way.

    Attributes:
        line: The connection.
        endpoint: Where it leads.
        report: What is known by now.
        step: Name of the step.
    """

    line: Line
    endpoint: Endpoint
    report: Report
    step: str = ""

    def yes(self, name: str, words: object, **figures: float) -> None:
        """It does."""
        self.report.add(self.step, name, Verdict.YES, words, **figures)

    def no(self, name: str, words: object, **figures: float) -> None:
        """It does not."""
        self.report.add(self.step, name, Verdict.NO, words, **figures)

    def undecided(self, name: str, why: object, **figures: float) -> None:
        """Nobody can say."""
        self.report.add(self.step, name, Verdict.UNDECIDED, why, **figures)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a step may cost, tokens."""

    text_in: int = 0
    audio_in: int = 0
    text_out: int = 0
    audio_out: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.text_in + other.text_in,
            self.audio_in + other.audio_in,
            self.text_out + other.text_out,
            self.audio_out + other.audio_out,
        )

    def __bool__(self) -> bool:
        return self != Tokens()


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the probe.

    Attributes:
        name: As in ``--only``.
        answers: Names of the questions that it answers.
        run: Does it; a question that it leaves open is undecided.
        tokens: What it may cost; none: it costs nothing.
        handshake: It belongs to ``--handshake`` too.
    """

    name: str
    answers: tuple[str, ...]
    run: Callable[[Probe], Awaitable[None]]
    tokens: Tokens = Tokens()
    handshake: bool = False
