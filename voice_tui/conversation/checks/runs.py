"""The two guided checks as sequences of phases, counted in frames."""

from __future__ import annotations

from typing import Protocol

from voice_tui.audio.decibels import from_dbfs
from voice_tui.audio.echo.calibration import Calibration, CalibrationError
from voice_tui.audio.echo.path import EchoPathError, EchoProbe, sweeps
from voice_tui.audio.stream.pcm import FRAME, Pcm, mean_level
from voice_tui.conversation.playback import Playback
from voice_tui.messages.checks import CalibrationProposed, CheckFailed, CheckKind, CheckPhase, CheckResult, EchoTested

QUIET_FRAMES, SPEAK_FRAMES = 300, 300
PATIENCE_FRAMES = 1000  # a user who has not begun to speak by then will not
ONSET_OVER_ROOM = from_dbfs(6.0)
ONSET_FLOOR = 0.001  # mean |x|: what is quieter is no speech, however silent the room
ONSET_FRAMES = 3  # a click is shorter
NOISE_FRAMES = 50  # of the room before the test sound
AFTER_FRAMES = 50  # its echo, and the room again
LATE_FRAMES = 200  # a loudspeaker that is later than that does not play

NOT_SPOKEN = "nobody spoke louder than the room: speak closer to the microphone and try again"
ONLY_ZEROS = "the microphone delivers digital silence only: choose an input device, or unmute it in the system"
NOT_PLAYED = "the loudspeaker does not play: check the output device"


class Run(Protocol):
    """A check under way."""

    kind: CheckKind
    phase: CheckPhase
    done: int
    """Frames of the phase that are over."""
    total: int
    """Frames of the phase."""

    def feed(self, mic: Pcm, ref: Pcm) -> CheckResult | None:
        """Take 10 ms of both, int16 of shape (240,); give the result when it is over."""
        ...


class CalibrationRun:
    """Be quiet, then speak.

    Args:
        echo_dbfs: Level of the loudspeaker in the microphone, where an echo test found one.
    """

    kind = CheckKind.CALIBRATION

    def __init__(self, echo_dbfs: float | None) -> None:
        self.phase, self.done, self.total = CheckPhase.QUIET, 0, QUIET_FRAMES
        self._calibration = Calibration(echo_dbfs)
        self._waited = 0
        self._mute = True  # no sample so far was anything but zero
        self._early: list[Pcm] = []  # what may become the first syllable

    def feed(self, mic: Pcm, ref: Pcm) -> CheckResult | None:
        """See `Run.feed`."""
        self._mute = self._mute and not mic.any()
        if self.phase is CheckPhase.QUIET:
            self._calibration.hear_room(mic)
            self.done += 1
            if self.done == self.total:
                self.phase, self.done, self.total = CheckPhase.SPEAK, 0, SPEAK_FRAMES
            return None
        if not self.done:
            return self._await_voice(mic)
        self._calibration.hear_speech(mic)
        self.done += 1
        return self._propose() if self.done >= self.total else None

    def _await_voice(self, mic: Pcm) -> CheckResult | None:
        self._waited += 1
        loud = mean_level(mic) > max(ONSET_FLOOR, self._calibration.room * ONSET_OVER_ROOM)
        self._early = [*self._early, mic] if loud else []
        if len(self._early) >= ONSET_FRAMES:
            for frame in self._early:
                self._calibration.hear_speech(frame)
            self.done = len(self._early)
        elif self._waited >= PATIENCE_FRAMES:
            return CheckFailed(self.kind, ONLY_ZEROS if self._mute else NOT_SPOKEN)
        return None

    def _propose(self) -> CheckResult:
        try:
            return CalibrationProposed(self._calibration.propose())
        except CalibrationError as error:
            return CheckFailed(self.kind, str(error))


class EchoRun:
    """The room, the test sound, its echo.

    Args:
        playback: Plays the sound, and knows when it has sounded.
    """

    kind = CheckKind.ECHO

    def __init__(self, playback: Playback) -> None:
        self._playback = playback
        self._sound = sweeps()
        self._probe = EchoProbe()
        self._late = 0
        self._begin(CheckPhase.QUIET, NOISE_FRAMES)

    def _begin(self, phase: CheckPhase, frames: int) -> None:
        self.phase, self.done, self.total = phase, 0, frames

    def feed(self, mic: Pcm, ref: Pcm) -> CheckResult | None:
        """See `Run.feed`."""
        self._probe.feed(mic, ref)
        self.done = min(self.done + 1, self.total)
        if self.done < self.total:
            return None
        if self.phase is CheckPhase.QUIET:
            self._playback.play_sound(self._sound.tobytes())
            self._begin(CheckPhase.PLAY, len(self._sound) // FRAME)
        elif self.phase is CheckPhase.LISTEN:
            return self._measured()
        elif not self._playback.ledger.playing:
            self._begin(CheckPhase.LISTEN, AFTER_FRAMES)
        else:
            self._late += 1
            if self._late > LATE_FRAMES:
                return CheckFailed(self.kind, NOT_PLAYED)
        return None

    def _measured(self) -> CheckResult:
        try:
            return EchoTested(self._probe.result())
        except EchoPathError as error:
            return CheckFailed(self.kind, str(error))
