"""What the parts of one conversation share, the session included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from voice_tui.conversation.ears import Ears
from voice_tui.conversation.effects import Effects
from voice_tui.conversation.instruments import Comparison, Waterfall
from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.latency import TurnTimer
from voice_tui.conversation.origins import Origins
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.playback import Playback
from voice_tui.conversation.recognition import OwnRecogniser
from voice_tui.conversation.session import LocalSide
from voice_tui.conversation.transcript import Transcript
from voice_tui.conversation.turns import SpokenTurns
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.link import TELEPHONE_COST, Link, LinkChanged
from voice_tui.messages.talk import Severity
from voice_tui.messages.usage import Bill, BillingChanged


@dataclass(frozen=True, slots=True)
class Ready:
    """A request for an answer may be made; ``extra`` is to be said with it, "" for nothing."""

    extra: str = ""


@dataclass(slots=True)
class Shared:
    """One conversation's common things."""

    outbox: Outbox
    transcript: Transcript
    knobs: Knobs
    playback: Playback
    waterfall: Waterfall
    comparison: Comparison
    timer: TurnTimer
    ears: Ears
    origins: Origins
    turns: SpokenTurns
    effects: Effects
    recogniser: OwnRecogniser
    link: LinkChanged = field(default_factory=lambda: LinkChanged(Link.CONNECTING))
    interruptions: int = 0
    """How often an answer was stopped."""
    truncations: int = 0
    """How often the endpoint was told where the listener stopped hearing."""
    bill: Bill = field(default_factory=Bill)
    """What was used, and what it costs."""
    billing: BillingChanged = field(default_factory=BillingChanged)
    """What is known of the prices of this session."""
    inaudible: int = 0
    """How many answers were complete without a sound that can be heard."""
    failed: int = 0
    """How many answers failed or were refused."""
    loud_at: float = 0.0
    """When the microphone was last louder than silence, s."""
    answers_begun: int = 0
    """How many answers the endpoint has begun."""
    prepare: Callable[[], Ready | None] = Ready
    """Called before each request for an answer; None: it has to wait, and is to be asked for again."""
    _detector: LocalSide | None = None

    @property
    def detector(self) -> LocalSide:
        """The detector at work."""
        assert self._detector is not None, "the engine gives one before anything happens"
        return self._detector

    @detector.setter
    def detector(self, detector: LocalSide) -> None:
        self._detector = detector

    def reached(self, link: Link, detail: str = "") -> None:
        """The connection is in another state."""
        self.link = replace(self.link, link=link, detail=detail)
        self.outbox.notify(self.link)

    def carried(self, telephone: str) -> None:
        """What carries the sound: a telephone's 8 kHz by its name, or "" for a better line."""
        if telephone == self.link.telephone:
            return
        self.link = replace(self.link, telephone=telephone)
        self.outbox.notify(self.link)
        if telephone:
            self.outbox.announce(Severity.INFORMATION, f"a telephone line, {telephone} at 8 kHz: {TELEPHONE_COST}")


def share(preset: str, tuned: Mapping[str, TurnSettings] | None = None) -> Shared:
    """The common things of a new conversation that begins with this preset, with knobs as they were tuned."""
    outbox, ears = Outbox(), Ears()
    origins, knobs = Origins(outbox, ears), Knobs(outbox, preset, tuned)
    waterfall, timer = Waterfall(outbox, origins), TurnTimer(outbox, knobs)
    transcript, turns = Transcript(outbox), SpokenTurns()
    return Shared(
        outbox,
        transcript,
        knobs,
        Playback(outbox, waterfall, timer, origins, knobs),
        waterfall,
        Comparison(outbox),
        timer,
        ears,
        origins,
        turns,
        Effects(outbox, knobs),
        OwnRecogniser(outbox, transcript, turns),
    )
