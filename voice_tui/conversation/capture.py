"""The way of captured audio: from the microphone past its watch, mute and checks to the detector of the preset."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.audible import AUDIBLE_LEVEL
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, SILENCE, Pcm, levels, mean_level, samples_to_ms
from voice_tui.conversation.checks.checks import Checks
from voice_tui.conversation.microphone import MicrophoneWatch
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.conversation.turn_taking.table import DETECTORS
from voice_tui.messages.inputs import FramesCaptured, LevelsMeasured
from voice_tui.messages.talk import LevelMeasured, SwitchesChanged


class Capture:
    """What the user's side of the talk goes through, and the switches on it.

    Args:
        shared, session: Of the conversation.
        checks: They have the microphone while one runs.

    Attributes:
        detector: That of the preset.
        microphone: Watches the device.
        muted: The user has closed the microphone.
        talking: The talk key is down.
    """

    def __init__(self, shared: Shared, session: Session, checks: Checks) -> None:
        self._shared, self._outbox, self._session, self._checks = shared, shared.outbox, session, checks
        self.microphone = MicrophoneWatch(shared.outbox)
        self.muted = self.talking = self._demo = False
        self.detector = self._new_detector()

    # ---- audio

    def receive(self, captured: FramesCaptured) -> bool:
        """Some microphone. Before the session is live nothing is sent, later what the preset asks for.

        Returns:
            The detector heard the user speak in it.
        """
        pcm, reference, at = captured.pcm, captured.reference, captured.sample_index
        undisturbed = reference is None and self._outbox.live and not self._checks.active
        if len(pcm) > FRAME and undisturbed and self.detector.resting:
            self._rest(pcm, at)
            return False
        spoken = False
        for start in range(0, len(pcm), FRAME):
            part = slice(start, start + FRAME)
            spoken |= self._frame(pcm[part], at + start, None if reference is None else reference[part])
        return spoken

    def _rest(self, pcm: Pcm, at: int) -> None:
        """Frames between turns, all at once."""
        self._outbox.captured(samples_to_ms(at), len(pcm) // FRAME * FRAME_MS)
        for start in range(0, len(pcm), FRAME):
            self.microphone.frame(pcm[start : start + FRAME], open_=self._open)
        self._shared.turns.first_sample(at - self.detector.waiting)
        if self.muted:
            pcm = np.zeros_like(pcm)
        elif levels(pcm)[1] > AUDIBLE_LEVEL:
            self._shared.loud_at = self._outbox.now
        self.detector.rest(pcm)

    def _frame(self, captured: Pcm, at: int, reference: Pcm | None) -> bool:
        self._outbox.captured(samples_to_ms(at), FRAME_MS)
        self.microphone.frame(captured, open_=self._open)
        checked = self._checks.active
        if checked:
            self._checks.frame(captured, reference)
        if not (self._outbox.live or self._session.keeping):
            return False
        if self._outbox.live:
            self._shared.turns.first_sample(at - self.detector.waiting)
        if checked:
            self.detector.silence()
            return False
        # A muted microphone still delivers time: a server's VAD must hear the silence to end the turn.
        pcm, level = (SILENCE, 0.0) if self.muted else (captured, mean_level(captured))
        if level > AUDIBLE_LEVEL:
            self._shared.loud_at = self._outbox.now
        if not self.detector.has_front_end:
            self._shared.ears.hear(pcm, self._outbox.heard_ms)
        self.detector.reference = SILENCE if reference is None else reference
        self.detector.frame(pcm, level)
        return self.detector.speaking

    @property
    def _open(self) -> bool:
        return not (self.muted or self._demo)

    def measured(self, levels: LevelsMeasured) -> None:
        """How loud both sides are: told with what the detector makes of it."""
        mic, voice, mean, t = levels.mic_dbfs, levels.assistant_dbfs, levels.mic_mean, levels.t
        speech, sure = round(self.detector.speech, 2), round(self.detector.sure, 2)
        self._outbox.notify(LevelMeasured(mic, voice, mean, t, speech, self._outbox.gain, levels.heard, sure))

    # ---- the switches

    def mute(self, muted: bool) -> None:
        """The user closes or opens the microphone."""
        self.muted = muted
        self._tell()

    def press(self, down: bool) -> None:
        """The talk key goes down or up."""
        self.talking = down
        self.detector.key(down)
        self._tell()

    def demo(self, on: bool) -> None:
        """The demo caller speaks in place of the microphone, or has finished."""
        self._demo = on
        self._tell()

    def _release_key(self) -> None:
        if self.talking:
            self.talking = False
            self._tell()

    def _tell(self) -> None:
        self._outbox.notify(SwitchesChanged(self.muted, self.talking, self._demo))

    # ---- the detector

    def renew(self) -> None:
        """A new detector begins: that of the preset."""
        self.detector = self._new_detector()
        self._release_key()

    def leave(self) -> None:
        """The detector lets go, and so does the session of what the endpoint was hearing."""
        self.detector.leave()
        self._session.forget_turn()

    def yield_microphone(self) -> None:
        """A check is to have the microphone: what the detector was hearing is no turn."""
        self.leave()
        if self.detector.streams:  # its clock goes on
            self._release_key()
        else:
            self.renew()

    def _new_detector(self) -> TurnDetector:
        made = DETECTORS[self._shared.knobs.preset.detector](self._shared, self._session)
        self._shared.detector = made
        return made
