"""Guided checks inside a conversation: calibration and echo test, one at a time.

While one runs the microphone belongs to it and the server hears silence of equal length. The conversation goes on
where it was when the check ends, however it ends.
"""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.audio.decibels import to_dbfs
from voice_tui.audio.echo.outcome import EchoPath
from voice_tui.audio.echo.proposal import Proposal
from voice_tui.audio.stream.pcm import FRAME_MS, SILENCE, Pcm, mean_level
from voice_tui.conversation.checks.runs import CalibrationRun, EchoRun, Run
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.messages import intents as want
from voice_tui.messages.checks import (
    CalibrationProposed,
    CheckFailed,
    CheckKind,
    CheckPhase,
    CheckProgressed,
    CheckResult,
    EchoTested,
)
from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.talk import Severity

TELL_FRAMES = 10  # ten a second can be read
SILENT_FRAMES = 30  # the loudspeaker must have been silent that long: its last words still sound in the room
WAIT_FRAMES = 500
NO_FRAMES_S = 3.0
CALM_FRAMES, SETTLE_FRAMES = 50, 500  # a sentence that goes on when the calibration is done is no turn either
ANSWER_DBFS = -20.0  # how loud answers are, mean |x|: times the leakage it is the echo that calibration has to expect

ENDS: dict[type, str] = {
    want.Mute: "the microphone was muted: open it and try again",
    want.SelectPreset: "the preset was changed: try again",
    want.StepPreset: "the preset was changed: try again",
    want.PushToTalk: "the talk key was pressed: try again",
    want.SendText: "you wrote something: try again",
    want.Interrupt: "stopped",
    want.StopCheck: "stopped",
}
"""What a user can do that ends a check, and the reason that is told."""
LOST = "the connection was lost: try again once it is back"
SPOKEN_OVER = "the AI began to speak: try again"
NOT_SILENT = "the AI does not fall silent: interrupt it and try again"
MUTED = "the microphone is muted: open it first"
NO_FRAMES = "the microphone delivers nothing yet: wait for the connection, or check the input device"


class Checks:
    """At most one check, and what the last ones found.

    Args:
        shared, session: Of the conversation.
        turn_knob: Moves a knob, as the user does.
    """

    def __init__(self, shared: Shared, session: Session, turn_knob: Callable[[str, float], object]) -> None:
        self._outbox, self._playback, self._knobs = shared.outbox, shared.playback, shared.knobs
        self._session, self._turn_knob = session, turn_knob
        self._run: Run | None = None
        self._kind = CheckKind.CALIBRATION
        self._started = False  # the loudspeaker has fallen silent, the run is fed
        self._waited = self._silent = 0
        self._loudest = 0.0
        self._settling = self._calm = 0
        self._untold = 0
        self._told_phase: CheckPhase | None = None
        self._heard_at = 0.0
        self._proposal: Proposal | None = None
        self._echo: EchoPath | None = None

    @property
    def active(self) -> bool:
        """The microphone belongs to a check."""
        return self._run is not None or self._settling > 0

    def begin(self, kind: CheckKind, *, muted: bool, run: Run | None = None) -> None:
        """Start; whoever calls has stopped the assistant and taken the microphone from the detector.

        Args:
            kind: Which check.
            muted: The microphone is.
            run: What is fed, where this class does not make it.
        """
        self.stop("started again")
        if muted:
            self._outbox.notify(CheckFailed(kind, MUTED))
            return
        own = EchoRun(self._playback) if kind is CheckKind.ECHO else CalibrationRun(self._expected_echo)
        self._run = run or own
        self._kind, self._started, self._waited, self._silent = kind, False, 0, 0
        self._loudest, self._told_phase, self._heard_at = 0.0, None, self._outbox.now
        self._tell()

    @property
    def _expected_echo(self) -> float | None:
        leakage = None if self._echo is None else self._echo.leakage_db
        return None if leakage is None else ANSWER_DBFS + leakage

    def stop(self, reason: str) -> None:
        """End without a result; nothing happens where no check runs."""
        self._settling = 0
        if self._run is not None:
            self._end(CheckFailed(self._kind, reason))

    def frame(self, mic: Pcm, ref: Pcm | None) -> None:
        """10 ms of microphone and of what was handed to the loudspeaker, int16, shape (240,); None: nothing."""
        run = self._run
        if run is None:
            self._settle(mic)
            return
        self._heard_at = self._outbox.now
        self._loudest = max(self._loudest, mean_level(mic))
        self._untold += 1
        played = SILENCE if ref is None else ref
        if not self._started:
            self._await_silence(played)
        elif self._session.sounding:
            self.stop(SPOKEN_OVER)
        elif (result := run.feed(mic, played)) is not None:
            self._end(result)
        self._tell_in_time()

    def tick(self) -> None:
        """Give up on a microphone that is not there."""
        if self._run is not None and self._outbox.now - self._heard_at > NO_FRAMES_S:
            self.stop(NO_FRAMES)

    def apply(self, uplink: TurnDetector) -> None:
        """Set what the last calibration proposed, and say what changed."""
        proposal = self._proposal
        if proposal is None:
            self._outbox.announce(Severity.WARNING, "nothing to apply: calibrate first")
            return
        changes: list[str] = []
        for name in ("local_threshold", "interrupt_threshold", "sureness"):
            knob, before = KNOBS[name], getattr(self._knobs.settings, name)
            self._turn_knob(name, getattr(proposal, name))
            after = getattr(self._knobs.settings, name)
            if after != before:
                changes.append(f"{knob.label} {knob.format(before)} → {knob.format(after)}")
        if uplink.has_front_end:
            uplink.switch(want.SwitchFrontEnd(engine=proposal.engine, echo_cancellation=True))
            changes.append(f"engine {proposal.engine}")
        self._outbox.announce(Severity.INFORMATION, f"calibrated: {', '.join(changes) or 'everything stood right'}")

    # ---- parts

    def _await_silence(self, played: Pcm) -> None:
        self._waited += 1
        busy = self._session.sounding or bool(played.any())
        self._silent = 0 if busy else self._silent + 1
        if self._silent >= SILENT_FRAMES:
            self._started = True
        elif self._waited >= WAIT_FRAMES:
            self.stop(NOT_SILENT)

    def _settle(self, mic: Pcm) -> None:
        quiet = self._proposal is None or mean_level(mic) < self._proposal.local_threshold
        self._calm = self._calm + 1 if quiet else 0
        self._settling = 0 if self._calm >= CALM_FRAMES else max(0, self._settling - 1)

    def _end(self, result: CheckResult) -> None:
        run, self._run = self._run, None
        if run is not None and run.phase is CheckPhase.PLAY:
            self._playback.hush_sound()
        match result:
            case CalibrationProposed(proposal):
                self._proposal, self._settling, self._calm = proposal, SETTLE_FRAMES, 0
            case EchoTested(path):
                self._echo = path
        self._outbox.notify(result)

    @property
    def _phase(self) -> CheckPhase | None:
        if self._run is None:
            return None
        return self._run.phase if self._started else CheckPhase.WAIT

    def _tell_in_time(self) -> None:
        if self._run is not None and (self._untold >= TELL_FRAMES or self._phase is not self._told_phase):
            self._tell()

    def _tell(self) -> None:
        run, phase = self._run, self._phase
        if run is None or phase is None:
            return
        done, total = (run.done, run.total) if self._started else (self._silent, SILENT_FRAMES)
        level = round(to_dbfs(self._loudest), 1)
        remaining = (total - done) * FRAME_MS
        self._outbox.notify(CheckProgressed(self._kind, phase, remaining, total * FRAME_MS, level))
        self._loudest, self._untold, self._told_phase = 0.0, 0, phase
