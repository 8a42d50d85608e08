"""The microphone and the loudspeaker of a conversation: opened at its start, and gone on without when one fails."""

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
        self._mic_started = False
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
        problems = ["", ""]
        try:
            self._mic = self._options.open_microphone(self._options.mic)
            if not isinstance(self._mic, VirtualMicrophone):  # a virtual one waits for its turn, see `start_input`
                self._mic.start(now)
                self._mic_started = True
            elif self._mic.remark:
                self._announce(self._mic.remark)
        except DeviceError as error:
            problems[0] = self._without(error, self._options.mic)
            self._mic = VirtualMicrophone()
        try:
            self.speaker = self._options.open_speaker(self._options.speaker)
            self.speaker.start(now)
        except DeviceError as error:
            problems[1] = self._without(error, self._options.speaker)
            self.speaker = TimedSpeaker()
            self.speaker.start(now)
        self.reference = ReferenceTap(self.speaker)
        self._tell(*problems)

    def start_input(self, now: float) -> None:
        """What is played into the microphone begins."""
        self._mic_started = True
        self._mic.start(now)

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
        try:
            return self._mic.read(now)
        except DeviceError as error:
            self._mic_failed(error, now)
            return []

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
        if isinstance(self.speaker, TimedSpeaker):  # a file that can't be written: the talk goes on as if it could
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
