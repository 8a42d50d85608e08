"""The microphone and the loudspeaker of a conversation: opened for a call, and gone on without when one fails."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence

from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.drivers.devices.host import default_stays
from voice_tui.drivers.devices.loudspeakers import HeldSpeaker, RingSpeaker, TimedSpeaker
from voice_tui.drivers.devices.microphones import Microphone, VirtualMicrophone
from voice_tui.drivers.devices.names import Device, DeviceError, Kind, default_name, is_there
from voice_tui.drivers.devices.reference import ReferenceTap
from voice_tui.drivers.devices.room_noise import RoomNoise
from voice_tui.drivers.devices.selection import names_device
from voice_tui.drivers.options import RunnerOptions
from voice_tui.messages.inputs import Input, MicrophoneOpened, Reported
from voice_tui.messages.link import DevicesChanged, SelectDevice
from voice_tui.messages.talk import Announced, Severity
from voice_tui.plain_text import one_line

log = logging.getLogger(__name__)

WATCH_AFTER_S = 5.0  # a start has other things to do
RETRY_S, RETRIES = 2.0, 5  # a device that has just been plugged in may not be ready
HELD = "what it was saying waits until it is back"


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
        self._names = {Kind.INPUT: options.mic, Kind.OUTPUT: options.speaker}
        self._watch = options.watch
        self._watch_from = self._retry_at = math.inf
        self._retries = 0
        self._defaults: dict[Kind, str] = {}  # what the system's own devices are called
        self._mic: Microphone = VirtualMicrophone()
        self._mic_started = self._resting = False
        self._speaker_lost = False
        self._told = DevicesChanged("", "")
        self._room = RoomNoise(options.room)
        self.speaker: RingSpeaker = TimedSpeaker()
        self.reference = ReferenceTap(self.speaker)

    def set_noise(self, snr_db: float | None) -> None:
        """Let the noise of another room be heard so far below the voice, dB; None: off."""
        self._room.set(snr_db)
        if (told := self._room.told) is not None:
            self._receive(Reported(told))

    def heard(self, pcm: Pcm, behind: int) -> tuple[Pcm, Pcm | None]:
        """What the microphone gave, with the noise under it, and what was played meanwhile; None: nothing.

        Args:
            pcm: Its next frames, int16, shape (n · 240,).
            behind: So many frames wait behind them.
        """
        reference = self.reference.frames(len(pcm) // FRAME, behind)
        return self._room.under(pcm, quiet=reference is None), reference

    @property
    def input_waits(self) -> bool:
        """What is played into the microphone has not begun."""
        return not self._mic_started

    @property
    def input_over(self) -> bool:
        """The microphone has nothing more to say."""
        return self._mic_started and self._mic.finished

    @property
    def held(self) -> bool:
        """The loudspeaker is gone: what it was saying waits until it is back."""
        return isinstance(self.speaker, HeldSpeaker)

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
        self._watch_from = now + WATCH_AFTER_S
        problems = {Kind.INPUT: self._open_microphone(now), Kind.OUTPUT: self._open_speaker(now)}
        self._tell(*problems.values())
        for kind, problem in problems.items():
            if problem and self._names[kind]:  # somebody meant it: it is not to go by unseen
                self._announce(problem)
        self.set_noise(self._options.room.snr_db if self._options.room is not None else None)

    def _open_microphone(self, now: float) -> str:
        """Open it; gives why there is none, "" where there is one."""
        try:
            self._mic = self._options.open_microphone(self._names[Kind.INPUT])
            if not self._mic.waits:  # else it begins when it is its turn, see `start_input`
                self._mic.start(now)
                self._mic_started = True
            if isinstance(self._mic, VirtualMicrophone) and self._mic.remark:
                self._announce(self._mic.remark)
        except DeviceError as error:
            self._mic = VirtualMicrophone()
            return self._without(error, self._names[Kind.INPUT])
        return ""

    def _open_speaker(self, now: float) -> str:
        """Open it, to go on where the one before stopped; gives why there is none, "" where there is one."""
        former, problem = self.speaker, ""
        try:
            self.speaker = self._options.open_speaker(self._names[Kind.OUTPUT])
            self.speaker.take_over(former)
            self.speaker.start(now)
        except DeviceError as error:
            problem = self._without(error, self._names[Kind.OUTPUT])
            self.speaker = HeldSpeaker(former) if isinstance(former, HeldSpeaker) else TimedSpeaker()
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
        if self._watch is not None:
            self._watch.wanted(False)

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
        if self._watch is None or self._resting:
            return
        self._watch.wanted(now >= self._watch_from and (bool(self._missing) or self._follows))
        if (found := self._watch.seen()) is not None and self._changed(found):
            self._retries = 0
            self._open_again(now)
        elif now >= self._retry_at:
            self._open_again(now)

    # ---- devices that come and go

    def select(self, wanted: SelectDevice, now: float) -> None:
        """Take another device, at once."""
        kind = Kind.OUTPUT if wanted.output else Kind.INPUT
        self._names[kind] = wanted.name
        self._retries = RETRIES  # who chooses sees at once whether it works
        self._open_again(now)

    @property
    def _missing(self) -> list[Kind]:
        """What is meant to be a device and is none."""
        told = {Kind.INPUT: self._told.mic_problem, Kind.OUTPUT: self._told.speaker_problem}
        return [kind for kind, problem in told.items() if problem and names_device(self._names[kind])]

    @property
    def _follows(self) -> bool:
        """The system's own device is used, and a stream stays where it was opened when that becomes another."""
        return default_stays() and "" in self._names.values()

    def _changed(self, found: Sequence[Device]) -> bool:
        """Whether devices are to be opened again now that there are these."""
        before, self._defaults = self._defaults, {kind: default_name(found, kind) for kind in Kind}
        moved = [kind for kind, name in self._names.items() if not name and before.get(kind, "")]
        if self._follows and any(self._defaults[kind] not in ("", before[kind]) for kind in moved):
            return True
        return any(is_there(found, kind, self._names[kind]) for kind in self._missing)

    def _open_again(self, now: float) -> None:
        """Close both devices, let the sound system look again, and open both; what was held goes on."""
        told, self._retry_at = self._told, math.inf
        opens_mic, opens_speaker = (names_device(self._names[kind]) for kind in Kind)
        if opens_mic:
            self._mic.stop()
        if opens_speaker:
            self.speaker.stop()
        try:
            if self._watch is not None:
                self._watch.renew()
        except DeviceError as error:
            log.warning("%s", error)
        mic = self._open_microphone(now) if opens_mic else told.mic_problem
        if self._mic_started and mic:
            self._mic.start(now)
        if opens_speaker:
            self._speaker_lost = False
        speaker = self._open_speaker(now) if opens_speaker else told.speaker_problem
        self._tell(mic, speaker)
        for was, problem, name in (
            (told.mic_problem, mic, f"the microphone {self._mic.name!r}"),
            (told.speaker_problem, speaker, f"the loudspeaker {self.speaker.name!r}"),
        ):
            if was and not problem:
                self._announce(f"{one_line(name, 80)} is there", Severity.INFORMATION)
        if self._missing and self._retries < RETRIES:
            self._retries += 1
            self._retry_at = now + RETRY_S

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
        what = "it comes back by itself" if self._watch is not None else "going on without a microphone"
        self._announce(f"{error}: {what}")
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
        self._announce(f"{error}: {'going on without sound' if self._watch is None else HELD}")
        silent = TimedSpeaker() if self._watch is None else HeldSpeaker(self.speaker)
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

    def _announce(self, text: str, severity: Severity = Severity.WARNING) -> None:
        self._receive(Reported(Announced(severity, text)))
