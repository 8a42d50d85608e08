"""What a voice during playback does: duck, pause, cut, or go on. Fed once a frame; the same code live and in the lab.

    quiet --onset--> ducked --likely--> paused --sure--> cut
      ^                 |                  |               |
      +----- resume ----+------------------+    re-armed --+

Evidence adds up like a bet: every frame its log-odds less a bias go into a sum (CUSUM) that cannot fall below zero.

A duck or a pause is a question, and the cut waits for the answer while playback is down or stands still: a voice goes
on, a knock has ended, and most of an echo as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from voice_tui.audio.barge_in.evidence import BEGUN, Evidence
from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.audio.thresholds import SURENESS
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.presets import PRESETS

CLIP = 4.0  # nats: what one frame may contribute at most, so that no single click decides
SATURATION = 1.3  # of the threshold: how far a sum goes up, hence how long it takes to forget
REARM = 0.25  # of the threshold: the duck may fire again below that
BEGUN_LAG_MS = 50  # a voice has begun so long before it is noticed (median over simulated rooms)
PLAIN_LAG_MS = 80  # the same until it is plain
VOICE_GAP_MS = 120  # silence between syllables that does not end a stretch of voice
PLAIN_GAP_MS = 250  # the same for a voice that is plain, which it is not in every syllable
ECHO_MS = 250  # so long after the last sound an echo may be heard: device and room
TURNED_DOWN = 0.5  # gain below which playback counts as turned down
ASKED_MS = 120  # so long playback is down before a cut: what ends sooner was none who talks
REMAINS = 0.5  # nats a frame that what is there then is judged too cautiously
BEFORE_ANSWER = 0.5  # share of the sureness that counts of what added up before: it may have been a knock or an echo
UNDECIDED_MS = 2_000  # a suspicion that has neither become sure nor ended by then is none
HABITS = 2.0  # so many false alarms count at most, however many there were
FADE_UP_PER_FRAME = 0.05  # gain comes back over 200 ms: a jump back would be heard as a glitch


class OutputState(StrEnum):
    """Where the policy stands."""

    QUIET = "quiet"
    DUCKED = "ducked"
    PAUSED = "paused"
    CUT = "cut"


class Action(StrEnum):
    """What a frame decided."""

    DUCK = "duck"
    PAUSE = "pause"
    CUT = "cut"
    RESUME = "resume"


_KNOBS = TurnSettings()


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """Every knob; may be replaced between any two frames. Those that a user can turn start where they start live."""

    bias: float = -0.25
    """Nats a frame's evidence has to exceed: up, and fewer noises cut, later."""
    sureness: float = _KNOBS.sureness
    """Nats that have to add up for a cut."""
    duck_bias: float = -0.5
    """The same for the duck."""
    duck_sureness: float = 1.0
    """The same for the duck."""
    debounce_ms: float = _KNOBS.debounce_ms
    """Time from the duck to the cut at least, ms."""
    min_duration_ms: float = 0
    """Voice that there must have been before a cut, ms."""
    backchannel_ms: float = _KNOBS.backchannel_ms
    """A voice that is plain for less than this is an "mhm" and does not cut, ms from where it began."""
    immunity_ms: float = _KNOBS.immunity_ms
    """No cut in the first moments of an answer, ms."""
    converge_ms: float = 0
    """No cut in so much of the first playback of a session, ms, while the cancellers learn the room. But a pause ends
    it: a voice that goes on over nothing is no echo."""
    duck_gain: float = _KNOBS.duck_gain
    """Playback gain while ducked, 0-1."""
    pause_share: float = 0.5
    """Share of the sureness at which playback pauses; above 1 never."""
    resume_ms: float = _KNOBS.resume_ms
    """No sign of a voice for this long: go on, ms."""
    rearm_ms: float = 800
    """After a cut nothing is decided for this long, ms, if playback still goes on."""
    habit: float = 1.0
    """Nats by which a suspicion that came to nothing raises the bias: music and echo come back, and a user is rare."""
    habit_ms: float = 5000
    """How long that lasts: time constant, ms of playback."""
    settle_ms: float = 200
    """After playback came back up nothing is decided for this long, ms: its echo is on its way."""
    act: bool = True
    """False: only watch (cuts are reported, the gain stays 1)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says after a frame.

    Attributes:
        state: Where it stands now.
        action: What changed in this frame, if anything.
        gain: Playback gain from now on, 0-1.
        sum: Evidence for a cut so far, as a share of the sureness, 0-1.3.
        voice_ms: How long ago the voice began, ms: where the interruption began.
    """

    state: OutputState
    action: Action | None
    gain: float
    sum: float
    voice_ms: int


class _Stretch:
    """How long something has lasted, ms: gaps between syllables do not end it.

    Args:
        lag_ms: It is told so much later than it begins.
        gap_ms: A longer gap ends it.

    Attributes:
        ms: Since it began.
        lasted_ms: From then to where it was told last: what may be its end does not make it longer.
        voiced_ms: The frames of it that were told.
    """

    def __init__(self, lag_ms: int, gap_ms: int) -> None:
        self._lag_ms, self._longest_gap_ms = lag_ms, gap_ms
        self.forget()

    def forget(self) -> None:
        self.ms = self.lasted_ms = self.voiced_ms = 0

    def feed(self, told: bool) -> None:
        if told:
            self.ms += FRAME_MS if self.ms else self._lag_ms
            self.lasted_ms = self.ms
            self.voiced_ms += FRAME_MS
        elif self.ms:
            self.ms += FRAME_MS
            if self.ms - self.lasted_ms > self._longest_gap_ms:
                self.forget()


class InterruptionPolicy:
    """The state machine.

    Args:
        habit: Nats by which earlier false alarms have raised the bias.
        playing_ms: For so long the assistant has been heard already.
        followed: Playback does what is decided. False: it goes on whatever is decided, and nothing that is asked of it
            is answered.
    """

    def __init__(self, habit: float = 0.0, playing_ms: int = 0, *, followed: bool = True) -> None:
        self._followed = followed
        self.state = OutputState.QUIET
        """Where it stands."""
        self.habit = habit
        """Nats by which false alarms have raised the bias."""
        self.playing_ms = playing_ms
        """For how long the assistant has been heard, ms."""
        self._cut_sum = self._duck_sum = 0.0
        self._duck_armed = True
        self._in_state_ms = self._silent_ms = 0
        self._suspected_ms = 0  # since the duck
        self._begun, self._voice = _Stretch(BEGUN_LAG_MS, VOICE_GAP_MS), _Stretch(PLAIN_LAG_MS, PLAIN_GAP_MS)
        self._settling_ms = 0.0
        self._gain = 1.0
        self._down_ms = 0  # for so long playback has been turned down
        self._waits = False  # what is heard may be a knock, or the echo of what was played before the duck

    def feed(self, evidence: Evidence, playing: bool, settings: PolicySettings) -> Decision:
        """Take the next 10 ms.

        Args:
            evidence: What the microphone says.
            playing: Whether the assistant can be heard (or is paused by this policy in mid-answer).
            settings: The knobs as they stand now.
        """
        if not playing:
            self._rest()
            return self._decide(None, settings)
        self.playing_ms += FRAME_MS
        self._down_ms = self._down_ms + FRAME_MS if self._gain < TURNED_DOWN else 0
        self._in_state_ms += FRAME_MS
        self.habit *= 1 - FRAME_MS / settings.habit_ms
        if self._settling_ms > 0:
            self._settling_ms -= FRAME_MS
            return self._decide(None, settings)
        self._add_up(evidence, settings)
        self._begun.feed(evidence.duck > BEGUN)
        self._voice.feed(evidence.voiced)
        action = self._step(evidence, settings)
        return self._decide(action, settings)

    @property
    def fresh(self) -> bool:
        """Nothing is added up or followed: one that begins here with the same habit does the same."""
        resting = self.state is OutputState.QUIET and self._duck_armed and self._gain == 1.0 and self._settling_ms <= 0
        return resting and not (self._cut_sum or self._duck_sum or self._begun.ms or self._voice.ms)

    @property
    def sum(self) -> float:
        """Evidence for a cut so far, nats."""
        return self._cut_sum

    def _rest(self) -> None:
        self.state, self._gain, self.playing_ms = OutputState.QUIET, 1.0, 0
        self._cut_sum = self._duck_sum = 0.0
        self._duck_armed = True
        self._begun.forget()
        self._voice.forget()
        self._in_state_ms = self._down_ms = 0
        self._settling_ms = 0.0

    def _add_up(self, evidence: Evidence, settings: PolicySettings) -> None:
        def added(total: float, odds: float, limit: float) -> float:
            return min(max(total + min(max(odds, -CLIP), CLIP), 0.0), SATURATION * limit)

        bias = settings.bias + self.habit - self._ask(settings)
        self._cut_sum = added(self._cut_sum, evidence.cut - bias, settings.sureness)
        self._duck_sum = added(self._duck_sum, evidence.duck - settings.duck_bias, settings.duck_sureness)

    def _ask(self, settings: PolicySettings) -> float:
        """Follow whether the duck is answered; give by how many nats more a voice is believed then."""
        turns_down = settings.duck_gain < TURNED_DOWN or settings.pause_share <= 1
        asks = self._followed and settings.act and turns_down
        waited, self._waits = self._waits, asks and self._down_ms < ASKED_MS
        if waited and not self._waits:
            self._cut_sum = min(self._cut_sum, BEFORE_ANSWER * settings.sureness)
        return REMAINS if asks and not self._waits else 0.0

    def _step(self, evidence: Evidence, settings: PolicySettings) -> Action | None:
        if self.state is OutputState.CUT:
            if self._in_state_ms >= settings.rearm_ms:
                self._go_on(settings)
            return None
        sure = self._cut_sum >= settings.sureness
        if sure and self._may_cut(evidence, settings):
            self._enter(OutputState.CUT)
            return Action.CUT
        asks = sure and self._waits
        if self.state is OutputState.QUIET:
            if self._duck_sum <= REARM * settings.duck_sureness:
                self._duck_armed = True
            if asks or (self._duck_armed and self._duck_sum >= settings.duck_sureness):
                self._duck_armed = False
                self._enter(OutputState.DUCKED)
                return Action.DUCK
            return None
        self._silent_ms = 0 if self._duck_sum > 0 or self._cut_sum > 0 else self._silent_ms + FRAME_MS
        self._suspected_ms += FRAME_MS
        if self._silent_ms >= settings.resume_ms or (self._suspected_ms >= UNDECIDED_MS and not sure):
            self._go_on(settings)
            self.habit = max(self.habit, min(self.habit + settings.habit, HABITS * settings.habit))
            return Action.RESUME
        likely = settings.pause_share <= 1 and self._cut_sum >= settings.pause_share * settings.sureness
        if self.state is OutputState.DUCKED and likely:
            self._enter(OutputState.PAUSED)
            return Action.PAUSE
        return None

    def _may_cut(self, evidence: Evidence, settings: PolicySettings) -> bool:
        ducked_ms = self._in_state_ms if self.state is not OutputState.QUIET else 0
        return (
            ducked_ms >= settings.debounce_ms
            and self._voice.voiced_ms >= settings.min_duration_ms
            and self._voice.lasted_ms >= settings.backchannel_ms
            and self.playing_ms >= settings.immunity_ms
            and not self._waits
            and (evidence.played_s * 1000 >= settings.converge_ms or self._without_echo(settings))
        )

    def _without_echo(self, settings: PolicySettings) -> bool:
        """It has been paused for longer than an echo sounds: what is heard still is none."""
        return settings.act and self.state is OutputState.PAUSED and self._in_state_ms >= ECHO_MS

    def _go_on(self, settings: PolicySettings) -> None:
        self._enter(OutputState.QUIET)
        self._cut_sum = self._duck_sum = 0.0
        self._duck_armed = True
        self._settling_ms = settings.settle_ms if settings.act and self._gain < 1 else 0.0

    def _enter(self, state: OutputState) -> None:
        if self.state is OutputState.QUIET:
            self._suspected_ms = 0
        self.state = state
        self._in_state_ms = self._silent_ms = 0

    def _decide(self, action: Action | None, settings: PolicySettings) -> Decision:
        if settings.act:
            goal = {OutputState.DUCKED: settings.duck_gain, OutputState.PAUSED: 0.0, OutputState.CUT: 0.0}.get(
                self.state, 1.0
            )
            self._gain = min(goal, self._gain + FADE_UP_PER_FRAME)
        else:
            self._gain = 1.0
        return Decision(self.state, action, self._gain, self._cut_sum / settings.sureness, self._begun.ms)


def policy_settings(knobs: TurnSettings) -> PolicySettings:
    """The knobs as the policy takes them."""
    return PolicySettings(
        sureness=knobs.sureness,
        debounce_ms=knobs.debounce_ms,
        backchannel_ms=knobs.backchannel_ms,
        immunity_ms=knobs.immunity_ms,
        resume_ms=knobs.resume_ms,
        duck_gain=knobs.duck_gain,
    )


NATURAL = policy_settings(PRESETS["natural"].settings)
POLICIES: dict[str, PolicySettings] = {
    "natural": NATURAL,
    "eager": replace(NATURAL, bias=-0.75),
    "cautious": replace(NATURAL, bias=1.0, sureness=SURENESS["cautious"]),
    "patient": replace(NATURAL, backchannel_ms=350),
    "detect": replace(NATURAL, act=False),
}
"""Name to settings: what ``--preset`` takes; ``natural`` is the live preset of that name."""
