"""The microphone and the loudspeaker of a conversation: opened for a call, and gone on without when one fails."""

from __future__ import annotations

import logging
from collections.abc import Callable

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.devices.loudspeakers import RingSpeaker, TimedSpeaker
from voice_tui.drivers.devices.microphones import Microphone, VirtualMicrophone
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.devices.reference import ReferenceTap
from voice_tui.drivers.options import RunnerOptions
from voice_tui.messages.inputs import Input, MicrophoneOpened, Reported
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.talk import Announced, Severity

log = logging.getLogger(__name__)


class Equipment:
    """What one speaks into and what one hears.

    Args:
        options: Of the conversation.
        receive: Takes what is to be told: the engine's door.

    Attributes:
        speaker: The loudspeaker at work.
        reference: What was handed to it.
    """

    def __init__(self, options: RunnerOptions, receive: Callable[[Input], None]) -> None:
        self._options, self._receive = options, receive
        self._mic: Microphone = VirtualMicrophone()
        self._mic_started = self._resting = False
        self._speaker_lost = False
        self._told = DevicesChanged("", "")
        self.speaker: RingSpeaker = TimedSpeaker()
        self.reference = ReferenceTap(self.speaker)

    @property
    def input_waits(self) -> bool:
        """What is played into the microphone has not begun."""
        return not self._mic_started

    @property
    def input_over(self) -> bool:
        """The microphone has nothing more to say."""
        return self._mic_started and self._mic.finished

    @property
    def lost(self) -> int:
        """Frames of the microphone and blocks of the loudspeaker that were lost so far."""
        return self._mic.dropped + self.speaker.underflows

    # ---- beginning and end

    def open(self, now: float) -> None:
        """Open both.

        Raises:
            DeviceError: One that was named can't be used (strict only).
        """
        self._tell(self._open_microphone(now), self._open_speaker(now))

    def _open_microphone(self, now: float) -> str:
        """Open it; gives why there is none, "" where there is one."""
        try:
            self._mic = self._options.open_microphone(self._options.mic)
            if not self._mic.waits:  # else it begins when it is its turn, see `start_input`
                self._mic.start(now)
                self._mic_started = True
            if isinstance(self._mic, VirtualMicrophone) and self._mic.remark:
                self._announce(self._mic.remark)
        except DeviceError as error:
            self._mic = VirtualMicrophone()
            return self._without(error, self._options.mic)
        return ""

    def _open_speaker(self, now: float) -> str:
        """Open it, to go on where the one before stopped; gives why there is none, "" where there is one."""
        former, problem = self.speaker, ""
        try:
            self.speaker = self._options.open_speaker(self._options.speaker)
            self.speaker.take_over(former)
            self.speaker.start(now)
        except DeviceError as error:
            problem = self._without(error, self._options.speaker)
            self.speaker = TimedSpeaker()
            self.speaker.take_over(former)
            self.speaker.start(now)
        self.reference = ReferenceTap(self.speaker)
        return problem

    def start_input(self, now: float) -> None:
        """What is played into the microphone begins."""
        self._mic_started = True
        self._mic.start(now)

    def rest(self) -> None:
        """Close the devices until `wake`; what is read is dropped, and what is no device goes on."""
        self._resting = True
        if self._mic.real:
            self._mic.stop()
        if not isinstance(self.speaker, TimedSpeaker):
            self.speaker.stop()

    def wake(self, now: float) -> None:
        """Open the devices again, and those that could not be used before."""
        self._resting, told = False, self._told
        mic = self._open_microphone(now) if self._mic.real or told.mic_problem else ""
        opens = not isinstance(self.speaker, TimedSpeaker) or told.speaker_problem
        if opens:
            self._speaker_lost = False
        self._tell(mic, self._open_speaker(now) if opens else "")

    def close(self) -> None:
        """Stop both."""
        self._mic.stop()
        self.speaker.stop()

    # ---- at work

    def read(self, now: float) -> list[Pcm]:
        """The frames of the microphone since the last time.

        Raises:
            DeviceError: It has failed (strict only).
        """
        if self._resting and self._mic.real:
            return []
        try:
            frames = self._mic.read(now)
        except DeviceError as error:
            self._mic_failed(error, now)
            return []
        return [] if self._resting else frames

    def look(self, now: float) -> None:
        """Notice a loudspeaker that has failed.

        Raises:
            DeviceError: It has (strict only).
        """
        if self.speaker.problem and not self._speaker_lost:
            self._speaker_failed(now)

    # ---- going on without

    def _without(self, error: DeviceError, named: str) -> str:
        """Go on without a device: always under the TUI, in scripts only where none was asked for by name."""
        if self._options.strict and named:
            raise error
        log.warning("%s", error)
        return str(error)

    def _mic_failed(self, error: DeviceError, now: float) -> None:
        if self._options.strict:
            raise error
        self._announce(f"{error}: going on without a microphone")
        self._mic.stop()
        self._mic = VirtualMicrophone()
        self._mic.start(now)
        self._tell(str(error), self._told.speaker_problem)

    def _speaker_failed(self, now: float) -> None:
        error, self._speaker_lost = self.speaker.problem, True
        if self.speaker.spare:  # a file that can't be written: the talk goes on as if it could
            self._announce(f"{error}: going on without")
            return
        if self._options.strict:
            raise DeviceError(error)
        self._announce(f"{error}: going on without sound")
        silent = TimedSpeaker()
        silent.take_over(self.speaker)
        self.speaker.stop()
        self.speaker = silent
        self.reference = ReferenceTap(silent)
        silent.start(now)
        self._tell(self._told.mic_problem, error)

    def _tell(self, mic_problem: str = "", speaker_problem: str = "") -> None:
        self._told = DevicesChanged(self._mic.name, self.speaker.name, mic_problem, speaker_problem)
        self._receive(MicrophoneOpened(self._mic.name, self._mic.real))
        self._receive(Reported(self._told))

    def _announce(self, text: str) -> None:
        self._receive(Reported(Announced(Severity.WARNING, text)))
