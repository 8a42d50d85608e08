"""``voice-tui talk``: the same voice side without a screen, for scripts and tests."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from voice_tui.conversation.repeats import alike
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.json_lines import json_line, notice_line
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.report import Report, cost_words, describe, figure_words, tool_words
from voice_tui.drivers.signals import on_signals
from voice_tui.messages import notices as n
from voice_tui.messages.intents import CallDemo
from voice_tui.messages.link import Reconnected
from voice_tui.messages.memory import ExtractFacts, FactsProposed, Forgotten, FoundFact, KeepFacts, Remembered
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import Announced, SendText, Severity
from voice_tui.messages.tools import DeadAir, GoodbyeSaid, ToolCalled
from voice_tui.plain_text import LINE, one_line

UNANSWERED = 3
"""The exit code of a run in which something was asked and not answered."""
QUIET_END_S = 2.0  # input over and the assistant silent for so long: the run is over
CHECK_S = 0.05  # while something is to be said or ended
IDLE_CHECK_S = 0.25  # while nothing is: each look wakes the processor
HELD_S = 0.5  # an announcement is printed so long after it was last repeated, with its count,
LONGEST_HELD_S = 10.0  # but no later than so long after it came
FACTS_S = 30.0  # the model may be slow to look for facts; nobody waits for ever


class Talk:
    """One run.

    Args:
        options: See `RunnerOptions`.
        say: Typed turns, each sent when the one before has been answered.
        demo: Put the demo caller on the line.
        seconds: End after so long; None: when everything is over.
        remember: Store at the end what was found worth remembering; else it is only said.
        as_json: One notice a line (levels left out) and a summary, instead of a transcript.
        out: Takes each line (a row of the conversation may be several lines, all but the first indented).
        read: Whether anybody still takes the lines; else the run is over.
    """

    def __init__(
        self,
        options: RunnerOptions,
        *,
        say: tuple[str, ...] = (),
        demo: bool = False,
        seconds: float | None = None,
        as_json: bool = False,
        remember: bool = False,
        out: Callable[[str], None] = print,
        read: Callable[[], bool] = lambda: True,
    ) -> None:
        self._typed = bool(say)
        self._say, self._demo, self._seconds, self._as_json, self._out = deque(say), demo, seconds, as_json, out
        self._read = read
        self.report = Report()
        self._held: Announced | None = None  # it may be repeated
        self._held_until = 0.0
        self._release: asyncio.TimerHandle | None = None
        self._printed: set[str] = set()
        self._phase = n.Phase.LISTENING
        self._live_at: float | None = None
        self._link = n.LinkChanged(n.Link.CONNECTING)
        self._why = ""  # the connection is not there: what is known of that while another try is made
        self._cut_short = ""  # the time was over, and nobody was there
        self.unrecorded = ""
        """Why the recording ended though nobody wanted that, one line; "" for nothing."""
        self._left = 0  # typed turns for which the time was too short
        self._memory = options.memory is not None
        self._remember = remember
        self._found: tuple[FoundFact, ...] = ()
        self._goodbye = False
        self._looked, self._kept = asyncio.Event(), asyncio.Event()
        self._voice = ConversationRunner(options, self._notice)

    async def run(self) -> Report:
        """Hold the conversation.

        Raises:
            ConnectionFailed: The endpoint can't be used, or there was no connection when the time was over.
            DeviceError: A device can't be used.
            HungUp: A limit is reached.
        """
        on_signals(self._voice.stop)
        voice = asyncio.create_task(self._voice.run(), name="voice")
        director = asyncio.create_task(self._direct(), name="director")
        try:
            await asyncio.wait([voice, director], return_when=asyncio.FIRST_COMPLETED)
            self._voice.stop()
            await voice
        finally:
            director.cancel()
            await asyncio.gather(director, return_exceptions=True)
            self._print_rows(everything=True)  # whatever ended it: what was said is said
            self._let_go()
            if not self._as_json and (measured := figure_words(self.report.figures)):
                self._remark(measured)
            if self._as_json:
                self._out(json_line({"summary": self.report.summary(self._connected_s)}))
            elif self.report.costs and self.report.bill.counts:
                self._remark(cost_words(self.report.bill, self._connected_s))
        if self._cut_short:
            raise ConnectionFailed(self._cut_short)
        return self.report

    @property
    def unanswered(self) -> str:
        """What was asked and not answered, one line; "" for nothing."""
        failed = self.report.failed
        each = (
            (failed, "an answer failed" if failed == 1 else f"{failed} answers failed"),
            (self._left, "the time was over before every typed turn was answered"),
        )
        return "; ".join(words for many, words in each if many)

    @property
    def _connected_s(self) -> float:
        """Since the first session was live."""
        return 0.0 if self._live_at is None else asyncio.get_running_loop().time() - self._live_at

    async def _direct(self) -> None:
        """Say what is to be said, and end when everything is over."""
        await self._converse()
        if self._memory and self._read() and self._voice.live:
            await self._look_for_facts()

    async def _look_for_facts(self) -> None:
        """What was said that is worth remembering: say it, and store it where that is wanted."""
        self._looked.clear()
        self._kept.clear()
        self._voice.request(ExtractFacts())
        with suppress(TimeoutError):
            async with asyncio.timeout(FACTS_S):
                await self._looked.wait()
                if self._found and self._remember:
                    self._voice.request(KeepFacts(self._found))
                    await self._kept.wait()

    async def _converse(self) -> None:
        clock = asyncio.get_running_loop().time
        start = clock()
        quiet_since: float | None = None
        while self._read() and not self._goodbye and (self._seconds is None or clock() - start < self._seconds):
            left_s = math.inf if self._seconds is None else start + self._seconds - clock()
            await asyncio.sleep(min(CHECK_S if self._hurries else IDLE_CHECK_S, left_s))
            now = clock()
            if not self._voice.idle:
                quiet_since = None
            elif self._demo:
                self._demo = False
                self._voice.request(CallDemo(True))
            elif self._say and self._voice.input_over:
                self._voice.request(SendText(self._say.popleft()))
            elif self._voice.input_over:
                quiet_since = quiet_since or now
                if now - quiet_since >= QUIET_END_S and self._seconds is None:
                    return
        if self._read():
            self._time_is_over()

    @property
    def _hurries(self) -> bool:
        """Something is to be done as soon as nobody speaks."""
        ends = self._seconds is None and self._voice.input_over
        return bool(self._say) or self._demo or ends

    def _time_is_over(self) -> None:
        """What did not happen within the time is said."""
        unsaid = len(self._say)
        self._left = unsaid + (self._typed and self._phase is n.Phase.THINKING)
        if unsaid:
            turns = "a typed turn was" if unsaid == 1 else f"{unsaid} typed turns were"
            self._notice(Announced(Severity.WARNING, f"the time was over before {turns} said"))
        if not self._voice.live:
            state, detail = self._link.link, self._link.detail or (self._why and f"({self._why})")
            where = f"{self._link.endpoint}: " if self._link.endpoint else ""
            yet = "not connected yet" if self._live_at is None else "the connection was not back"
            how = f"{state} {detail}".strip()
            self._cut_short = f"{where}{yet} when the {self._seconds:g} s were over: {how}"

    def _notice(self, notice: n.Notice) -> None:
        self.report.observe(notice)
        if isinstance(notice, FactsProposed):
            self._found = notice.facts
            self._looked.set()
        elif isinstance(notice, Remembered):
            self._kept.set()
        elif isinstance(notice, GoodbyeSaid):
            self._goodbye = True
        elif isinstance(notice, RecordingChanged) and not notice.on:
            self.unrecorded = self.unrecorded or notice.problem
        if isinstance(notice, n.PhaseChanged):
            self._phase = notice.phase
        elif isinstance(notice, n.LinkChanged):
            self._followed(notice)
        if self._as_json:
            if not isinstance(notice, n.LevelMeasured):
                self._out(self._line(notice))
        else:
            self._tell(notice)

    def _followed(self, notice: n.LinkChanged) -> None:
        same = notice.link is self._link.link  # a reason stays while it holds
        self._link = replace(notice, detail=notice.detail or (self._link.detail if same else ""))
        self._why = "" if notice.link is n.Link.LIVE else notice.reason or self._why
        if notice.link is n.Link.LIVE and self._live_at is None:
            self._live_at = asyncio.get_running_loop().time()

    def _line(self, notice: n.Notice) -> str:
        return notice_line(notice, asyncio.get_running_loop().time() - self._voice.started)

    def _tell(self, notice: n.Notice) -> None:
        match notice:
            case n.LinkChanged(n.Link.LIVE, _, endpoint, model):
                self._remark(f"connected to {' · '.join(w for w in (endpoint, model) if w)}")
            case n.LinkChanged(n.Link.RECONNECTING, detail) if detail:
                self._remark(f"reconnecting {detail}")
            case Reconnected(why, planned=True):
                self._remark(f"another connection took over: {why}")
            case Announced():
                self._hold(notice)
            case n.DevicesChanged(_, _, mic_problem, speaker_problem):
                for problem in filter(None, (mic_problem, speaker_problem)):
                    self._remark(f"{problem}: going on without")
            case Remembered(facts) | Forgotten(facts):
                what = "remembered" if isinstance(notice, Remembered) else "forgotten"
                for fact in facts:
                    self._remark(f"{what}: {fact.text}")
            case FactsProposed(found, reason):
                for one in found if not self._remember else ():
                    self._remark(f"worth remembering, not stored without --remember: {one.text}")
                if reason:
                    self._remark(reason)
            case RecordingChanged(on, folder, problem) if not problem:
                self._remark(f"recording: {folder}" if on else f"the recording is over: {folder}")
            case ToolCalled() | DeadAir(over=True) | GoodbyeSaid():
                self._remark(tool_words(notice))
            case n.RowChanged() | n.PhaseChanged():
                self._print_rows()

    def _remark(self, words: str) -> None:
        """A line that is no part of the conversation."""
        self._print(f"[{one_line(words)}]")

    def _print(self, line: str) -> None:
        self._let_go()
        self._out(line)

    # ---- what may be repeated

    def _hold(self, notice: Announced) -> None:
        """Wait a moment for repetitions: a thousand errors are one line with a count."""
        now = asyncio.get_running_loop().time()
        if not self._repeats(notice):
            self._let_go()
            self._held_until = now + LONGEST_HELD_S
        if self._release is not None:
            self._release.cancel()
        self._held = notice
        at = min(now + HELD_S, self._held_until)
        self._release = asyncio.get_running_loop().call_at(at, self._let_go)

    def _repeats(self, notice: Announced) -> bool:
        held = self._held
        return (
            held is not None
            and notice.count > 1
            and (held.severity, alike(held.text)) == (notice.severity, alike(notice.text))
        )

    def _let_go(self) -> None:
        """Print the announcement that was held."""
        held, self._held = self._held, None
        if self._release is not None:
            self._release.cancel()
            self._release = None
        if held is not None and not self._as_json:
            text = one_line(f"{held.severity}: {held.text}", LINE - len(held.times))
            self._out(f"[{text}{held.times}]")

    def _print_rows(self, *, everything: bool = False) -> None:
        """Print rows in conversation order, each once, when nothing about it can change any more."""
        if self._as_json:
            return
        for row in self.report.rows:
            if row.item_id in self._printed:
                continue
            if not everything and not self._settled(row):
                return
            self._printed.add(row.item_id)
            self._print(describe(_left(row) if row.cut is None and self._sounding(row) else row))

    def _settled(self, row: n.Row) -> bool:
        if row.pending:
            return False
        if row.cut is not None:
            return row.cut.ack is not n.Ack.PENDING
        return not self._sounding(row)

    def _sounding(self, row: n.Row) -> bool:
        return row.role == "assistant" and self._phase in (n.Phase.ASSISTANT_SPEAKING, n.Phase.INTERRUPTED)


def _left(row: n.Row) -> n.Row:
    """The row of an answer that was being heard when it was over: not all of it was."""
    return replace(row, note="; ".join(filter(None, (row.note, "the talk ended while it was spoken"))))
