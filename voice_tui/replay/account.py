"""What happened in a recorded talk, in the order of time: who said what, what was cut, how long it took, the cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.link import LinkChanged, Stopped
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import (
    RULE,
    Announced,
    Interrupted,
    Row,
    RowChanged,
    SettingsChanged,
    Severity,
    SpeechStarted,
    SpeechStopped,
    Truncated,
    VoiceNoticed,
)
from voice_tui.messages.tools import ToolBegan, ToolCalled
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.messages.usage import Bill, Billing, BillingChanged, UsageCounted
from voice_tui.tape.told import Told
from voice_tui.why import Stories


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is worth a line.

    Attributes:
        at_s: When, s since the recording began.
        words: What.
        notice: That told of it.
        severity: Of errors and warnings.
    """

    at_s: float
    words: str
    notice: Notice
    severity: Severity = Severity.INFORMATION


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the transcript, and where in the recording it begins.

    Attributes:
        at_s: s since the recording began; of an answer its first sound, where there was one.
        row: As it stood at the end.
    """

    at_s: float
    row: Row


@dataclass(slots=True)
class Account:
    """All of it.

    Attributes:
        offset_s: Where the talk's clock begins, s since the recording began.
        rows: As they stand, in order.
        began: Row → when it was first told of, or heard, s since the recording began.
        turns: Each answered turn, as it was timed.
        interruptions: By number, each as it was timed last.
        truncations: By answer, what became of telling the server.
        bill: What was used.
        events: What is worth a line, in order of time.
        stories: What can be explained of it.
        billing: Whether it cost money, by what was said last.
        preset, settings, active: As they stood at the end, and the knobs that acted.
    """

    offset_s: float = 0.0
    rows: RowOrder = field(default_factory=RowOrder)
    began: dict[str, float] = field(default_factory=dict)
    turns: list[TurnTimed] = field(default_factory=list)
    interruptions: dict[int, InterruptionTimed] = field(default_factory=dict)
    truncations: dict[str, Truncated] = field(default_factory=dict)
    bill: Bill = field(default_factory=Bill)
    events: list[Event] = field(default_factory=list)
    stories: Stories = field(default_factory=Stories)
    billing: Billing = Billing.UNKNOWN
    preset: str = ""
    settings: TurnSettings | None = None
    active: frozenset[str] = frozenset()

    def at_s(self, ms: float) -> float:
        """A moment of the talk's clock, s since the recording began."""
        return self.offset_s + ms / 1000

    @property
    def said(self) -> list[Said]:
        """The transcript, without what nobody said."""
        return [Said(self.began.get(row.item_id, 0.0), row) for row in self.rows if row.role != RULE]

    def observe(self, t: float, notice: Notice) -> None:
        """Follow what was told ``t`` seconds after the recording began."""
        self.rows.observe(notice)
        self.stories.observe(notice)
        match notice:
            case RowChanged(row):
                self.began.setdefault(row.item_id, t)
            case TurnTimed():
                self.turns.append(notice)
                self.began[notice.item_id] = self.at_s(notice.at_ms + notice.audible_ms)
            case InterruptionTimed():
                self.interruptions[notice.number] = notice
            case Truncated():
                self.truncations[notice.item_id] = notice
            case UsageCounted():
                self.bill.add(notice)
            case SettingsChanged():
                self.preset, self.settings, self.active = notice.preset, notice.settings, notice.active
            case BillingChanged():
                self.billing = notice.billing
            case _:
                pass
        self._tell(t, notice)

    def _tell(self, t: float, notice: Notice) -> None:
        severity = notice.severity if isinstance(notice, Announced) else Severity.INFORMATION
        words = self._words(notice)
        if words:
            at_s = self.at_s(at_ms) if (at_ms := getattr(notice, "at_ms", None)) is not None else t
            self.events.append(Event(at_s, words, notice, severity))

    def _words(self, notice: Notice) -> str:
        """What is worth a line of it, "" for nothing."""
        match notice:
            case SpeechStarted(source):
                return f"{source}: you began to speak"
            case SpeechStopped(source):
                return f"{source}: you stopped speaking"
            case VoiceNoticed():
                return "your voice over the answer was noticed and let be"
            case Interrupted(source=source, cancelled=cancelled):
                return f"the answer was stopped, decided by {source}" + ("" if cancelled else "; it had come whole")
            case Truncated(audio_end_ms=end, received_ms=received, ack=ack, deleted=deleted):
                what = "deleted, unheard" if deleted else f"cut at {end / 1000:.2f} s of {received / 1000:.2f} s"
                return f"the server's copy of the answer: {what} ({ack})"
            case SettingsChanged(preset=preset) if preset != self.preset or not self.events:
                return f"preset {preset}"
            case ToolBegan(name=name, asks=asks):
                return f"tool {name} {'asks' if asks else 'is called'}"
            case ToolCalled(name=name, ms=ms, failed=failed):
                return f"tool {name} {'failed' if failed else 'answered'} after {ms} ms"
            case LinkChanged(link=link, detail=detail):
                return " ".join(filter(None, (str(link), detail)))
            case Announced():
                return notice.words
            case Stopped():
                return "the talk ended"
            case _:
                return ""


def account(told: Iterable[Told], offset_s: float = 0.0) -> Account:
    """What these notices say happened.

    Args:
        told: In the order in which they were told.
        offset_s: Where the talk's clock begins, s since the recording began.
    """
    whole = Account(offset_s)
    for one in told:
        whole.observe(one.t, one.notice)
    whole.events.sort(key=lambda event: event.at_s)
    return whole


def account_of(talk: RecordedTalk) -> Account:
    """What happened in a recording.

    Raises:
        Unreadable: It can't be read.
    """
    return account(talk.notices(), -talk.session.talk_s)
