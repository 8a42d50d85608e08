"""What a probe finds out: one finding a question, each with what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from voice_tui.plain_text import one_line


class Verdict(StrEnum):
    """What can be said."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question.

    Attributes:
        step: Name of the step that asked.
        name: What was asked, see `questions.QUESTIONS`.
        verdict: The answer.
        words: What was seen, or why it could not be decided; one line, clean.
        figures: Numbers, by name with unit.
    """

    step: str
    name: str
    verdict: Verdict
    words: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Report:
    """Everything that one probe found.

    Attributes:
        where: Host and path, or ``embedded``.
        model: Model or deployment, "" where none is named.
        findings: In the order of the steps.
        remarks: What came and did not fit.
    """

    where: str
    model: str
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, step: str, name: str, verdict: Verdict, words: object, **figures: float) -> None:
        """Take a finding; its words may hold what a server said."""
        self.findings.append(Finding(step, name, verdict, one_line(words, 120), figures))

    def verdict(self, name: str) -> Verdict | None:
        """The answer to a question, None where it was not asked."""
        return next((f.verdict for f in self.findings if f.name == name), None)
