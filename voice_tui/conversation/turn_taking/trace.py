"""Keeps what our ears went by, a few seconds back, and tells it once a suspicion is over."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from voice_tui.audio.barge_in.evidence import Evidence
from voice_tui.audio.echo.front_end import DECISION_DELAY_MS
from voice_tui.audio.stream.pcm import FRAME_MS, Pcm, rms_dbfs
from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.turn_taking.policy import InterruptionPolicy
from voice_tui.messages.evidence import HeardFrame, VoiceTraced

BEFORE_FRAMES = 300  # 3 s: as far back as a suspicion is looked at
AFTER_CUT_FRAMES = 100  # 1 s: what a voice does next, for whoever asks what a higher threshold would have done
AFTER_RESUME_FRAMES = 20


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a policy stood before a frame.

    Attributes:
        fresh: It had nothing added up and followed nothing: it can begin anew there.
        habit, playing_ms: See `VoiceTraced`.
    """

    fresh: bool
    habit: float
    playing_ms: int


class Tracer:
    """Follows one suspicion at a time.

    Args:
        outbox: Where it is told.
        knobs: Say how turns are taken.
    """

    def __init__(self, outbox: Outbox, knobs: Knobs) -> None:
        self._outbox, self._knobs = outbox, knobs
        self._frames: deque[tuple[HeardFrame, Stance]] = deque(maxlen=BEFORE_FRAMES)
        self._number = 0
        self._left = 0  # frames until it is told
        self._cut = False

    @property
    def curious(self) -> bool:
        """An answer was cut just now: what is heard in its place is wanted too."""
        return self._cut

    def stance(self, policy: InterruptionPolicy) -> Stance:
        """Where a policy stands."""
        return Stance(policy.fresh, policy.habit, policy.playing_ms)

    def feed(
        self, pcm: Pcm, evidence: Evidence, policy: InterruptionPolicy, before: Stance, *, playing: bool, gain: float
    ) -> None:
        """A frame was judged.

        Args:
            pcm: What was listened to.
            evidence: What it said.
            policy: As it stands behind it.
            before: As it stood before it.
            playing: The assistant could be heard.
            gain: How loud it was asked to be.
        """
        if not (playing or self._cut):
            self.forget()
            return
        frame = HeardFrame(
            round(rms_dbfs(pcm), 1), evidence.duck, evidence.cut, evidence.voiced, evidence.played_s, playing, gain,
            policy.sum,
        )  # fmt: skip
        if self._left and len(self._frames) == self._frames.maxlen:
            self._frames = deque(self._frames, len(self._frames) + AFTER_CUT_FRAMES)
        self._frames.append((frame, before))
        if self._left:
            self._left -= 1
            if not self._left:
                self._tell()

    def follow(self, number: int) -> None:
        """A suspicion began."""
        if number != self._number and self._left:
            self._tell()
        self._number = number

    def over(self, *, cut: bool) -> None:
        """The suspicion came to a cut, or to nothing."""
        if self._number and not self._left:
            self._cut = cut
            self._left = AFTER_CUT_FRAMES if cut else AFTER_RESUME_FRAMES

    def forget(self) -> None:
        """What comes does not follow on what came; what waits to be told is told as it is."""
        if self._frames:
            if self._left:
                self._tell()
            self._frames.clear()
            self._number = 0

    def _tell(self) -> None:
        frames = list(self._frames)
        first = next((i for i, (_, before) in enumerate(frames) if before.fresh), 0)
        kept = frames[first:]
        start = self._outbox.frame_ms - DECISION_DELAY_MS - (len(kept) - 1) * FRAME_MS
        stance = kept[0][1]
        self._outbox.notify(
            VoiceTraced(
                self._number,
                start,
                tuple(frame for frame, _ in kept),
                self._knobs.preset.name,
                self._knobs.settings,
                stance.habit,
                stance.playing_ms,
            )
        )
        self._number = self._left = 0
        self._cut = False
        self._frames = deque(self._frames, BEFORE_FRAMES)
