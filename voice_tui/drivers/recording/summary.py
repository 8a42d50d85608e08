"""What a recording holds, in a few words and figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import RULE, Row, RowChanged, RowRemoved
from voice_tui.tape.circumstances import Counting


@dataclass(frozen=True, slots=True)
class Summary:
    """What a recording holds.

    Attributes:
        name, path: Of its folder.
        when: Local date and time of its beginning, ISO 8601.
        seconds: How long it is.
        size: Bytes on the disk.
        endpoint, model, preset: Where and how it was held.
        turns: Rows of the user.
        answers: Rows of the AI.
        interruptions: How often the assistant was stopped.
        errors: How many errors were told.
        state: ``at work``, ``cut short``, or "".
        whole: It begins with the talk.
        problem: Why it is not all that it should be.
        versions: Of what made it.
    """

    name: str
    path: str
    when: str
    seconds: float
    size: int
    endpoint: str
    model: str
    preset: str
    turns: int
    answers: int
    interruptions: int
    errors: int
    state: str
    whole: bool
    problem: str
    versions: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The same for scripts."""
        return asdict(self)

    @property
    def length(self) -> str:
        """``3:07``."""
        return f"{int(self.seconds) // 60}:{int(self.seconds) % 60:02d}"

    @property
    def marks(self) -> str:
        """What is to be known beside the figures."""
        return ", ".join(filter(None, (self.state, "" if self.whole else "begun in mid-talk", self.problem)))

    @property
    def line(self) -> str:
        """One line of a list."""
        turns, cuts = _many(self.turns, "turn"), _many(self.interruptions, "interruption")
        marks = f"  [{self.marks}]" if self.marks else ""
        return (
            f"{self.name}  {self.length:>6}  {self.size / 1e6:>7,.1f} MB  {turns}, {cuts}"
            f"  {self.endpoint or '–'} · {self.preset}{marks}"
        )

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Name and value of each thing that is known."""
        return [
            ("recording", self.path),
            ("when", self.when),
            ("length", self.length),
            ("size", f"{self.size / 1e6:,.1f} MB"),
            ("endpoint", " · ".join(filter(None, (self.endpoint, self.model))) or "–"),
            ("preset", self.preset),
            ("turns", f"{self.turns} of the user, {self.answers} of the AI"),
            ("interruptions", str(self.interruptions)),
            ("errors", str(self.errors)),
            ("state", self.marks or "complete"),
            ("versions", ", ".join(f"{name} {number}" for name, number in self.versions.items() if number)),
        ]


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def summary(talk: RecordedTalk) -> Summary:
    """What a recording holds; of one that was not closed its notices are read."""
    session = talk.session
    counts = session.counts
    if counts is None:
        counting = Counting()
        for told in talk.notices():
            counting.observe(told.notice)
        counts = counting.counts
    return Summary(
        talk.path.name,
        str(talk.path),
        session.when,
        round(session.seconds or talk.seconds, 2),
        talk.size,
        session.endpoint,
        session.model,
        session.preset,
        counts.turns,
        counts.answers,
        counts.interruptions,
        counts.errors,
        "" if session.ended else "at work" if talk.at_work else "cut short",
        session.whole,
        session.problem,
        dict(session.versions),
    )


def transcript(talk: RecordedTalk) -> list[Row]:
    """The rows as they stood at the end."""
    order = RowOrder()
    for told in talk.notices():
        if isinstance(told.notice, RowChanged | RowRemoved):
            order.observe(told.notice)
    return [row for row in order if row.role != RULE]
