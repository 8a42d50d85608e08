"""What only a recording of ours knows: which answer sounded when, what was heard of it, who cut it, what was said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from voice_tui.audio.stream.audible import Stretch
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import Ack, Interrupted, Row, RowChanged, RowRemoved
from voice_tui.messages.tools import ToolBegan
from voice_tui.messages.turns import LedgerChanged
from voice_tui.tape.told import Told

OWN_EARS = frozenset({"local", "server"})
"""Who may be wrong about a cut; a key and a typed turn are wanted."""
SAME_MOMENT_MS = 1_000  # the row of a turn that cuts is there so soon before the decision
RENAME_MS = 20  # one that gets its name is gone and there again within so long
LEDGER_MS = 150  # the ledger is told ten times a second: an answer ends so much later than it is last told to


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came as sound.

    Attributes:
        start_ms, end_ms: From its first sample that was played to its last, about 0.1 s exact.
        heard_ms: What the listener heard of it.
        received_ms: What had come of it.
        complete: It came whole, and nobody cut it.
        kept_words: Of one that was cut: words that nobody heard and that stay with the model; None: it was not cut.
    """

    start_ms: int
    end_ms: int
    heard_ms: int
    received_ms: int
    complete: bool
    kept_words: int | None = None


@dataclass(frozen=True, slots=True)
class OwnCut:
    """The agent was stopped by somebody's ears.

    Attributes:
        at_ms: The decision.
        needless: The voice yielded no word, and more of the answer was there.
        waited_ms: From the first sound of the voice to the decision.
    """

    at_ms: int
    needless: bool
    waited_ms: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All of that.

    Attributes:
        answers: In the order in which they began.
        cuts: By our ears or the endpoint's, in order.
        tools: When a tool was called, ms.
        typed: When a turn was typed: Enter, or when it could be sent, ms; the greeting is nobody's.
    """

    answers: tuple[Answer, ...] = ()
    cuts: tuple[OwnCut, ...] = ()
    tools: tuple[int, ...] = ()
    typed: tuple[int, ...] = ()

    def until(self, at_ms: int) -> Facts:
        """What was known by a moment."""
        return Facts(
            tuple(answer for answer in self.answers if answer.end_ms <= at_ms),
            tuple(cut for cut in self.cuts if cut.at_ms <= at_ms),
            tuple(tool for tool in self.tools if tool <= at_ms),
            tuple(enter for enter in self.typed if enter <= at_ms),
        )


@dataclass(slots=True)
class _Sounding:
    """What the ledger told of an answer."""

    start_ms: float = float("inf")
    end_ms: float = 0.0
    heard_ms: int = 0
    received_ms: int = 0

    def observe(self, at_ms: float, ledger: LedgerChanged) -> None:
        self.received_ms = max(self.received_ms, ledger.received_ms)
        if ledger.heard_ms > self.heard_ms:
            self.start_ms = min(self.start_ms, at_ms - ledger.heard_ms)
            self.heard_ms, self.end_ms = ledger.heard_ms, at_ms + LEDGER_MS


class Testimony:
    """What the notices of a talk say, as they are told."""

    def __init__(self) -> None:
        self._rows, self._came_ms = RowOrder(), dict[str, float]()
        self._gone: tuple[Row, float, float] | None = None  # the row that was removed last, when it had come, and when
        self._sounding: dict[str, _Sounding] = {}
        self._stops: list[tuple[float, Interrupted]] = []
        self._tools: list[int] = []
        self._away, self._unsent = False, set[str]()  # rows that were typed while there was no connection

    def observe(self, at_ms: float, notice: Notice) -> None:
        """This was told ``at_ms`` after the beginning."""
        match notice:
            case LedgerChanged() as ledger:
                self._sounding.setdefault(ledger.item_id, _Sounding()).observe(at_ms, ledger)
            case Interrupted() as stop if stop.source in OWN_EARS:
                self._stops.append((at_ms, stop))
            case ToolBegan(asks=False):
                self._tools.append(round(at_ms))
            case LinkChanged(link=link):
                self._away = link is not Link.LIVE
                if not self._away:
                    self._came_ms |= dict.fromkeys(self._unsent, at_ms)
                    self._unsent.clear()
            case RowChanged(row):
                if self._away and row.item_id not in self._came_ms and _typed(row) and not row.interrupting:
                    self._unsent.add(row.item_id)
                self._came_ms.setdefault(row.item_id, self._first_came_ms(row, at_ms))
            case RowRemoved(item_id):
                gone = self._rows.get(item_id)
                self._gone = None if gone is None else (gone, self._came_ms[item_id], at_ms)
            case _:
                pass
        self._rows.observe(notice)

    def _first_came_ms(self, row: Row, at_ms: float) -> float:
        """When a row came that is new here: one that gets its name from the endpoint takes the place of another."""
        if self._gone is not None:
            gone, came_ms, gone_ms = self._gone
            if at_ms - gone_ms <= RENAME_MS and (gone.role, gone.text) == (row.role, row.text):
                return came_ms
        return at_ms

    @property
    def facts(self) -> Facts:
        """What was said by now."""
        heard = [(name, told) for name, told in self._sounding.items() if told.heard_ms]
        answers = {name: _answer(told, self._rows.get(name)) for name, told in heard}
        for at_ms, stop in self._stops:  # what was left would have sounded, had nobody cut it: it lasts until then
            if _goes_on(answer := answers.get(stop.item_id)) and answer is not None and answer.end_ms <= at_ms:
                answers[stop.item_id] = replace(answer, end_ms=round(at_ms) + 1)
        # The row of a turn that cuts comes a moment before the decision or behind it, and again when it gets its name.
        times = [at_ms for at_ms, _ in self._stops]
        before = [-math.inf, *times[:-1]] if times else []
        begin = [max(at - SAME_MOMENT_MS, (last + at) / 2) for last, at in zip(before, times, strict=True)]
        cuts = [
            OwnCut(
                round(at_ms),
                not self._said(since, until) and _goes_on(answers.get(stop.item_id)),
                stop.at_ms - stop.origin_ms,
            )
            for (at_ms, stop), since, until in zip(self._stops, begin, [*begin, math.inf][1:], strict=True)
        ]
        typed = sorted(round(self._came_ms[row.item_id]) for row in self._rows if _typed(row))
        in_order = sorted(answers.values(), key=lambda answer: answer.start_ms)
        return Facts(tuple(in_order), tuple(cuts), tuple(self._tools), tuple(typed))

    def _said(self, from_ms: float, until_ms: float) -> bool:
        """Whether a turn that interrupts, and came in this time, has words."""
        return any(
            row.interrupting and bool(row.text) and from_ms <= self._came_ms[row.item_id] < until_ms
            for row in self._rows
        )


def facts_of(notices: Iterable[Told]) -> Facts:
    """What the notices of a recording say."""
    testimony = Testimony()
    for told in notices:
        testimony.observe(told.t * 1000, told.notice)
    return testimony.facts


def _answer(heard: _Sounding, row: Row | None) -> Answer:
    cut = row.cut if row else None
    kept = None
    if row and cut:
        kept = 0 if cut.ack is Ack.ACKNOWLEDGED else len(row.unheard.split())
    return Answer(
        start_ms=max(0, round(heard.start_ms)),
        end_ms=round(heard.end_ms),
        heard_ms=cut.heard_ms if cut else heard.heard_ms,
        received_ms=max(heard.received_ms, cut.received_ms if cut else 0),
        complete=row is not None and row.spoken and not row.pending and cut is None,
        kept_words=kept,
    )


def _typed(row: Row) -> bool:
    """Whether somebody typed it: the words that let the agent begin were nobody's."""
    return row.role == "user" and not row.spoken and not row.greeting


def _goes_on(answer: Answer | None) -> bool:
    return answer is not None and answer.received_ms > answer.heard_ms


def joined_by_answers(heard: Sequence[Stretch], facts: Facts) -> list[Stretch]:
    """The agent's speech, with the pauses inside an answer that a listener takes for its end: it would have gone on.

    A voice in such a pause interrupts, and the agent speaks until it is cut, though nothing may sound just then.
    """
    spans = [Stretch(answer.start_ms, answer.end_ms) for answer in facts.answers]
    joined: list[Stretch] = []
    for stretch in heard:
        if joined and any(s.start_ms <= joined[-1].end_ms and stretch.start_ms < s.end_ms for s in spans):
            joined[-1] = Stretch(joined[-1].start_ms, stretch.end_ms)
        else:
            joined.append(stretch)
    for cut in facts.cuts:
        last = max((i for i, stretch in enumerate(joined) if stretch.start_ms < cut.at_ms), default=None)
        if last is not None and any(s.start_ms < joined[last].end_ms < cut.at_ms < s.end_ms for s in spans):
            joined[last] = Stretch(joined[last].start_ms, cut.at_ms)
    return joined
