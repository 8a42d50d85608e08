"""Follows a conversation by its notices, and says which of its spans are over."""

from __future__ import annotations

from collections.abc import Iterator

from voice_tui.messages.link import LinkChanged, Stopped
from voice_tui.messages.measures import Moment, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import (
    Phase,
    PhaseChanged,
    RowChanged,
    SettingsChanged,
    SpeechStarted,
    SpeechStopped,
    Truncated,
)
from voice_tui.messages.tools import ToolBegan, ToolCalled
from voice_tui.messages.turns import InterruptionTimed, LedgerChanged, Stage
from voice_tui.messages.usage import TRANSCRIPTION, Bill, UsageCounted
from voice_tui.telemetry.mapping import Answer, Span, Spans

SETTLED = {Stage.TRUNCATED, Stage.RESUME}
"""Behind these an interruption has nothing more to come."""
MOST_HELD = 8
"""So many answers wait for their usage and to be heard; the oldest goes without."""


class Trace:
    """One conversation.

    Args:
        session: Names it among all others.
        offset_s: Where the talk's clock begins, on the clock of `observe`, s.
        content: What was said goes with it.
    """

    def __init__(self, session: str, offset_s: float = 0.0, *, content: bool = False) -> None:
        self._spans = Spans(session, offset_s, content)
        self._start_s: float | None = None
        self._error = ""
        self._rows = RowOrder()
        self._bill = Bill()
        self._speaking: dict[str, float] = {}  # by who heard it: where it began
        self._unconfirmed: list[Span] = []  # heard by the server while our own ears are still listening to it
        self._heard_until_s = float("-inf")  # by our own ears
        self._asked_s: float | None = None  # an answer is waited for, and none has begun
        self._answers: list[Answer] = []  # held back: what is heard of them comes later
        self._tools: dict[str, float] = {}
        self._interruption: InterruptionTimed | None = None
        self._counts = {"turns": 0, "interruptions": 0, "false_alarms": 0}

    def observe(self, t: float, notice: Notice) -> list[Span]:
        """Follow what was told at ``t`` seconds; returns the spans that are over by it."""
        self._start_s = t if self._start_s is None else self._start_s
        self._rows.observe(notice)
        return list(self._over(t, notice))

    def finish(self, t: float) -> list[Span]:
        """The conversation is over: everything that is left, the conversation itself at last."""
        if self._start_s is None:
            return []
        left, self._unconfirmed = self._unconfirmed, []
        for source in sorted(self._speaking):  # our own ears first
            left += self._speech_over(source, t)
        left += self._interrupted()
        left += [self._spans.inference(answer, self._rows) for answer in self._answers]
        self._answers = []
        return [*left, self._spans.conversation(self._start_s, t, self._counts, self._bill, self._error)]

    def _over(self, t: float, notice: Notice) -> Iterator[Span]:
        match notice:
            case LinkChanged(endpoint=endpoint, model=model):
                self._spans.endpoint, self._spans.model = endpoint or self._spans.endpoint, model or self._spans.model
            case SettingsChanged(preset=preset):
                self._spans.preset = preset
            case Stopped(error):
                self._error = "stopped by an error" if error else ""
            case PhaseChanged(phase=Phase.THINKING):
                self._asked_s = t
            case SpeechStarted(source, at_ms):
                self._speaking[source] = self._spans.at_s(at_ms)
            case SpeechStopped(source, at_ms):
                yield from self._speech_over(source, self._spans.at_s(at_ms))
            case RowChanged(row) if row.role == "assistant":
                yield from self._said(t, row.item_id, pending=row.pending)
            case TurnTimed():
                yield self._turn(notice)
            case LedgerChanged(item_id=item_id, heard_ms=heard_ms, received_ms=received_ms):
                self._heard(item_id, heard_ms, received_ms)
                if heard_ms > 0:
                    yield from self._succeeded(item_id)
            case Truncated(item_id=item_id, received_ms=received_ms, deleted=deleted):
                self._heard(item_id, 0 if deleted else notice.audio_end_ms, received_ms, cut=True)
            case UsageCounted(purpose=purpose):
                self._bill.add(notice)
                if purpose == TRANSCRIPTION:
                    yield self._spans.transcription(t, notice)
                else:
                    self._used(t, notice)
            case InterruptionTimed():
                yield from self._followed(notice)
            case ToolBegan(call_id=call_id):
                self._tools[call_id] = t
            case ToolCalled(call_id=call_id):
                yield self._spans.tool(self._tools.pop(call_id, t - notice.ms / 1000), t, notice)
            case _:
                pass

    # ---- the user

    def _speech_over(self, source: str, end_s: float) -> Iterator[Span]:
        """What both heard is told once, as our own ears heard it."""
        start_s = self._speaking.pop(source, None)
        if start_s is None:
            return
        if source == "local":
            self._heard_until_s = max(self._heard_until_s, end_s)
            before = [span for span in self._unconfirmed if span.end_s <= start_s]
            self._unconfirmed = []
            yield from before
            yield self._spans.speech(start_s, end_s, source)
        elif start_s >= self._heard_until_s:
            span = self._spans.speech(start_s, end_s, source)
            if "local" in self._speaking:
                self._unconfirmed.append(span)
            else:
                yield span

    def _turn(self, turn: TurnTimed) -> Span:
        self._counts["turns"] += 1
        answer = self._answer_of(turn.item_id)
        if answer is not None:
            answer.turn = turn
            asked_ms = dict(turn.moments).get(Moment.COMMITTED)
            if asked_ms is not None:
                answer.start_s = min(answer.start_s, self._spans.at_s(turn.at_ms + asked_ms))
        return self._spans.turn(turn)

    def _followed(self, timed: InterruptionTimed) -> Iterator[Span]:
        if self._interruption is not None and self._interruption.number != timed.number:
            yield from self._interrupted()
        self._interruption = timed
        if SETTLED & dict(timed.steps).keys():
            yield from self._interrupted()

    def _interrupted(self) -> Iterator[Span]:
        """The interruption that was followed is over."""
        timed, self._interruption = self._interruption, None
        if timed is not None:
            self._counts["false_alarms" if timed.resumed else "interruptions"] += 1
            yield self._spans.interruption(timed)

    # ---- the answers

    def _answer_of(self, item_id: str) -> Answer | None:
        return next((answer for answer in self._answers if item_id in answer.rows), None)

    def _said(self, t: float, item_id: str, *, pending: bool) -> Iterator[Span]:
        answer = self._answer_of(item_id)
        if answer is None and pending:  # else it was said before this talk, or is told again
            yield from self._released()
            self._begin(t, item_id)
        elif answer is not None and answer.used is None:
            answer.end_s = t

    def _begin(self, t: float, *rows: str) -> Answer:
        start_s, self._asked_s = t if self._asked_s is None else self._asked_s, None
        answer = Answer(start_s, t, list(rows))
        self._answers.append(answer)
        return answer

    def _released(self) -> Iterator[Span]:
        """Another answer begins, perhaps while the one before it still sounds: what is known whole is told."""
        late = len(self._answers) - MOST_HELD
        yield from self._told([answer for n, answer in enumerate(self._answers) if answer.whole or n < late])

    def _succeeded(self, item_id: str) -> Iterator[Span]:
        """An answer sounds: nothing more is heard of those before it."""
        answer = self._answer_of(item_id)
        before = [] if answer is None else self._answers[: self._answers.index(answer)]
        yield from self._told([each for each in before if each.used is not None])

    def _told(self, over: list[Answer]) -> Iterator[Span]:
        for answer in over:
            self._answers.remove(answer)
            yield self._spans.inference(answer, self._rows)

    def _heard(self, item_id: str, heard_ms: int, received_ms: int, *, cut: bool = False) -> None:
        answer = self._answer_of(item_id)
        if answer is not None and (cut or not answer.cut):
            answer.heard_ms, answer.received_ms, answer.cut = heard_ms, received_ms, cut

    def _used(self, t: float, used: UsageCounted) -> None:
        """A response is done: its answer is known by its items, or is the last that waits."""
        if used.purpose:
            self._answers.append(Answer(t, t, used=used))  # beside the conversation; when it began, nobody says
            return
        mine = [answer for answer in self._answers if set(answer.rows) & set(used.items)]
        if not mine and not used.items:
            mine = [answer for answer in self._answers if answer.used is None][-1:]
        answer = mine[0] if mine else self._begin(t)
        answer.used, answer.end_s = used, t
        for other in mine[1:]:  # one response may say several things
            answer.rows += other.rows
            self._answers.remove(other)
