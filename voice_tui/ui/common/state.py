"""What the screens know of the voice side: kept once, by the application, for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeVar, cast

from voice_tui.messages.agreed import SessionAgreed
from voice_tui.messages.elapsed import Elapsed
from voice_tui.messages.intents import Request, SelectEndpoint, SelectProfile
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.link import (
    CallEnded,
    CountersChanged,
    DevicesChanged,
    Link,
    LinkChanged,
    SessionLimited,
    Stopped,
)
from voice_tui.messages.measures import AnswerSupplied, TurnTimed
from voice_tui.messages.memory import MemoryChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.speakers import SpeakersChanged
from voice_tui.messages.talk import (
    UNCONNECTED,
    Announced,
    DemoSaid,
    ErrorCleared,
    LevelMeasured,
    Phase,
    PhaseChanged,
    RowChanged,
    SettingsChanged,
    Severity,
    SidesChanged,
    SwitchesChanged,
)
from voice_tui.messages.tools import ToolBegan, ToolCalled
from voice_tui.messages.turns import FrontEndChanged, InterruptionTimed
from voice_tui.messages.usage import TRANSCRIPTION, Bill, BillingChanged, UsageCounted
from voice_tui.replay.judge.so_far import TalkSoFar
from voice_tui.settings.tuned import Tuned, TunedFile
from voice_tui.ui.common.context_model import ContextModel
from voice_tui.ui.common.geometry import FLOOR_DBFS
from voice_tui.ui.common.news import News
from voice_tui.ui.common.tuning import Tuning
from voice_tui.ui.keys import Commands
from voice_tui.why import Stories

SOON_S = 300.0  # so long before it ends a session counts down
STALE_S = 0.5  # a level that is older is silence: a meter that hears nothing must not go on showing it

N = TypeVar("N")

_AT_FIRST: tuple[Notice, ...] = (
    LinkChanged(Link.CONNECTING),
    DevicesChanged("", ""),
    CountersChanged(),
    PhaseChanged(Phase.LISTENING),
    SettingsChanged("", TurnSettings()),
    SwitchesChanged(),
    SidesChanged(),
    DemoSaid(0, 0),
    FrontEndChanged(),
    LevelMeasured(FLOOR_DBFS, FLOOR_DBFS, 0.0, 0.0),
    MemoryChanged(),
    RecordingChanged(False),
    SessionAgreed(),
    SpeakersChanged(),
    BillingChanged(),
)
"""The kinds of notice of which the last one is kept, as they are before any was told."""


class TimedTurn(NamedTuple):
    """A turn that was timed.

    Attributes:
        turn: What was told.
        at: When it ended, s of the conversation.
        tokens: What the context held then.
    """

    turn: TurnTimed
    at: float
    tokens: int


class State:
    """Follows every notice; screens read from it when they are opened, and whenever they draw.

    Args:
        clock: Seconds, monotonic.
        now: The time of day.
        commands: The table, with the user's keys.
        endpoint, model: Shown until the connection says it better.
        profile: Name of the one that the conversation begins with.
        profiles, endpoints: What the palette can switch to.
        tuned_file: Where knobs are saved; None: nowhere.
        lasted_s: So long the conversation had lasted when the clock stood at 0: before what is followed.
        replayed: A recording is followed: nobody is on the line, whatever it tells.

    Attributes:
        news: What has just happened.
        tuning: The moves of the knobs, and two sets of them.
        context: What is known of the context, and what is offered about it.
        themes: Names of our themes.
        profile: Name of the profile, "" where there is none.
        said: Ids of the turns that the user spoke or typed; the greeting is nobody's.
        answer_ms: From the end of the last turn to the first sound of its answer that can be heard.
        timed: The latency of every turn so far.
        cuts: Every interruption and false alarm so far, by number.
        supplied: How the audio of every answer came.
        tokens: Read and written so far, in all responses.
        bill: What was used so far, and what it costs.
        used: The same one by one, with when it was told, s of the conversation.
        stories: What can be explained.
        pointed_cut: The number of the cut that the user has gone back to; 0: it is the last one that counts.
        so_far: Who spoke when, for measures of the whole talk.
        error: The last one, until it is over.
        asked: Calls that wait for somebody to agree, oldest first.
        hung_up: Why nobody is on the line, until the user calls again.
        ended: The voice side has ended: nobody answers any more.
        measured_at: When the last level came, seconds of ``clock``.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        commands: Commands,
        *,
        endpoint: str = "",
        model: str = "",
        profile: str = "",
        profiles: tuple[SelectProfile, ...] = (),
        endpoints: tuple[SelectEndpoint, ...] = (),
        tuned_file: TunedFile | None = None,
        lasted_s: float = 0.0,
        replayed: bool = False,
    ) -> None:
        self.clock, self.now = clock, now
        self.commands, self.replayed = commands, replayed
        self.profiles, self.endpoints = profiles, endpoints
        self.tuned_file = tuned_file
        self.tuning = Tuning(clock, tuned_file.tuned if tuned_file else Tuned())
        self.themes: tuple[str, ...] = ()
        self.profile = profile
        self.news = News(clock)
        self.context = ContextModel()
        self.said: set[str] = set()
        self.answer_ms: int | None = None
        self.timed: list[TimedTurn] = []
        self.cuts: dict[int, InterruptionTimed] = {}
        self.supplied: list[AnswerSupplied] = []
        self.tokens = (0, 0)
        self.bill = Bill()
        self.used: list[tuple[float, UsageCounted]] = []
        self.stories = Stories()
        self.pointed_cut = 0
        self.so_far = TalkSoFar()
        self.error = ""
        self.hung_up: CallEnded | None = None
        self.ended = False
        self.asked: dict[str, ToolBegan] = {}
        self.measured_at = clock()
        self.lasted_s, self._elapsed = lasted_s, Elapsed(lasted_s)
        self._ends_at: float | None = None
        self._again_at: float | None = None
        self._last: dict[type, Notice] = {type(notice): notice for notice in _AT_FIRST}
        self._last[LinkChanged] = LinkChanged(Link.CONNECTING, "", endpoint, model)

    def last(self, kind: type[N]) -> N:
        """The last notice of a kind that is kept, or how it stands before any was told."""
        return cast(N, self._last[kind])

    @property
    def live_since(self) -> float | None:
        """When the connection first was live, seconds of ``clock``; None: it never was."""
        return self._elapsed.since

    @property
    def elapsed(self) -> float:
        """Seconds since the connection first was live, without those in which it was hung up or has ended."""
        return self._elapsed.seconds(self.clock())

    @property
    def followed_s(self) -> float:
        """So much of that was told here: what was used and counted is of these seconds."""
        return self.elapsed - self.lasted_s

    def when(self, ms: int) -> float:
        """Seconds of the conversation, as `elapsed`, at a moment of the talk's clock, ms."""
        level = self.last(LevelMeasured)
        ago = level.t + self.clock() - self.measured_at - ms / 1000
        return max(0.0, self.elapsed - ago) if level.t else self.elapsed

    @property
    def ends_in(self) -> float | None:
        """Seconds until the endpoint ends the session, where that is soon."""
        left = None if self._ends_at is None else self._ends_at - self.clock()
        return max(0.0, left) if left is not None and left <= SOON_S else None

    @property
    def again_in(self) -> float | None:
        """Seconds until another try to connect, where one is waited for."""
        return None if self._again_at is None else max(0.0, self._again_at - self.clock())

    def sent(self, request: Request) -> None:
        """The user wants this."""
        if isinstance(request, SelectProfile):
            self.profile = request.name

    def take(self, notice: Notice) -> None:
        """Take over what a notice says."""
        self.stories.observe(notice)
        self.so_far.observe(notice)
        self._elapsed.observe(self.clock(), notice)
        match notice:
            case LinkChanged():
                before = self.last(LinkChanged)
                notice = replace(
                    notice,
                    endpoint=notice.endpoint or before.endpoint,
                    model=notice.model or before.model,
                    name=notice.name if notice.endpoint else before.name,
                )
                if notice.link is not Link.CLOSED:
                    self.hung_up = None
                if notice.link is Link.LIVE:
                    self.news.outdate(UNCONNECTED)
                self._again_at = None if notice.again_s is None else self.clock() + notice.again_s
            case CallEnded():
                self.hung_up = notice
            case SessionLimited(left_s=left_s):
                self._ends_at = None if left_s is None else self.clock() + left_s
            case LevelMeasured():
                self.measured_at = self.clock()
            case TurnTimed(audible_ms=ms):
                self.answer_ms = ms
                self.timed.append(TimedTurn(notice, self.when(notice.at_ms), self.context.state.total))
            case AnswerSupplied():
                self.supplied.append(notice)
            case InterruptionTimed():
                self.cuts[notice.number] = notice
            case UsageCounted(input_tokens=more_in, output_tokens=more_out):
                self.bill.add(notice)
                self.used.append((self.elapsed, notice))
                if notice.purpose != TRANSCRIPTION:
                    self.tokens = (self.tokens[0] + more_in, self.tokens[1] + more_out)
            case SettingsChanged():
                self.tuning.told(notice)
            case Announced(severity=Severity.ERROR):
                self.error = notice.words
            case Announced():
                self.news.tell(notice.words, notice.severity, about=notice.text)
            case Stopped():
                self.ended = True
                self.asked.clear()
            case ToolBegan(asks=True):
                self.asked[notice.call_id] = notice
            case ToolBegan() | ToolCalled():
                self.asked.pop(notice.call_id, None)
            case ErrorCleared():
                self.error = ""
            case _:
                if isinstance(notice, RowChanged) and notice.row.role == "user" and not notice.row.greeting:
                    self.said.add(notice.row.item_id)
                self.context.take(notice)
        if type(notice) in self._last:
            self._last[type(notice)] = notice
