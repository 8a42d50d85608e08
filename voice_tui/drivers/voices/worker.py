"""Telling voices apart beside a conversation: voiceprints are made on a thread of their own, the voice never waits."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from voice_tui.audio.voices.dvector import best_voiceprinter
from voice_tui.audio.voices.enrolment import EnrolmentError, enrol
from voice_tui.audio.voices.overlap import cues, judge
from voice_tui.audio.voices.voiceprint import Voiceprinter
from voice_tui.drivers.voices import file
from voice_tui.messages.inputs import Input, Reported
from voice_tui.messages.speakers import (
    Identify,
    JudgeVoice,
    KeepVoices,
    KnownVoice,
    SpeakerCommand,
    SpeakerInput,
    VoiceHeard,
    VoiceJudged,
    VoicesReady,
)
from voice_tui.messages.talk import Announced, Severity
from voice_tui.plain_text import one_line

log = logging.getLogger(__name__)


def _thread() -> Executor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="voiceprints")


@dataclass(frozen=True, slots=True)
class VoiceprintOptions:
    """How voices are told apart.

    Attributes:
        now: The time of day, s since 1970.
        path: Where enrolled voices are kept; None: they are neither read nor written.
        stores: They are written there as well.
        printer: Makes the voiceprints.
        executor: Makes what they are made on; a thread unless given.
    """

    now: Callable[[], float]
    path: Path | None = None
    stores: bool = True
    printer: Callable[[], Voiceprinter] = best_voiceprinter
    executor: Callable[[], Executor] = _thread


class Voiceprints:
    """Carries out what the engine asks; every method is called on the voice loop and returns at once.

    Args:
        options: None: voices are not told apart.
        receive: Takes every answer and every notice: the engine's door.
        private: Write nothing, until `set_private` says otherwise.
    """

    def __init__(
        self,
        options: VoiceprintOptions | None,
        receive: Callable[[Input], None],
        *,
        private: bool = False,
    ) -> None:
        self._options, self._receive = options, receive
        self._private = private
        self._readable = True
        self._printer = options.printer() if options is not None else None
        self._executor = (options.executor if options is not None else _thread)()
        self._waiting: deque[Future[SpeakerInput]] = deque()
        self._writes: deque[Future[None]] = deque()
        self._failed = False
        self._stored: tuple[KnownVoice, ...] = ()  # as they were read or written last; written on the thread

    def begin(self) -> None:
        """Voices can be told apart, with those that are known."""
        if self._options is None or self._printer is None:
            return
        self._executor.submit(self._printer.load)  # now, not while somebody waits for the first answer
        voices: tuple[KnownVoice, ...] = ()
        path = self._options.path
        if path is not None:
            try:
                voices = file.known(file.read(path), self._printer.name, self._printer.dim)
            except file.VoiceFileError as error:
                self._warn(f"{error}: going on without known voices")
                self._readable = False  # what cannot be read is not overwritten
        self._stored = voices
        self._receive(VoicesReady(self._printer.name, self._printer.likeness, voices))

    def set_private(self, on: bool) -> None:
        """Write nothing from now on, or write again."""
        self._private = on

    def carry_out(self, command: SpeakerCommand) -> None:
        """Take what the engine wants."""
        printer, options = self._printer, self._options
        if printer is None or options is None:
            return
        match command:
            case Identify():
                self._waiting.append(self._executor.submit(lambda: _heard(command, printer)))
            case JudgeVoice():
                self._waiting.append(self._executor.submit(lambda: _judged(command, printer, options.now)))
            case KeepVoices(voices):
                if self._private or not self._readable or not options.stores or options.path is None:
                    self._tell(Severity.INFORMATION, "not stored: voices are known until the end only")
                else:
                    path = options.path
                    self._writes.append(self._executor.submit(lambda: self._store(path, printer.name, voices)))

    def poll(self) -> None:
        """Pass on what is done."""
        while self._waiting and self._waiting[0].done():
            told = self._waiting.popleft().result()
            if isinstance(told, VoiceHeard) and told.problem and not self._failed:
                self._failed = True
                self._warn(f"voices cannot be told apart: {told.problem}")
            self._receive(told)
        while self._writes and self._writes[0].done():
            if error := self._writes.popleft().exception():
                self._warn(f"{error}: the change holds until the end only")

    def end(self) -> None:
        """It is over: what was to be stored is stored, the rest is dropped."""
        for each in self._waiting:
            each.cancel()
        self._waiting.clear()
        self._executor.shutdown()
        self.poll()

    def _store(self, path: Path, method: str, voices: tuple[KnownVoice, ...]) -> None:
        """Called on the thread."""
        file.write(path, file.updated(file.read(path), method, voices, self._stored))
        self._stored = voices

    def _warn(self, text: str) -> None:
        self._tell(Severity.WARNING, text)

    def _tell(self, severity: Severity, text: str) -> None:
        self._receive(Reported(Announced(severity, text)))


def _heard(asked: Identify, by: Voiceprinter) -> VoiceHeard:
    """On the thread. A voiceprint that cannot be made must not end the conversation."""
    try:
        heard = by.listen(asked.pcm)
        if heard is None:
            return VoiceHeard(asked.turn_id, asked.whole, None)
        overlap = judge(cues(asked.pcm, heard, asked.known), by.name) if asked.whole else None
        return VoiceHeard(asked.turn_id, asked.whole, heard.vector, heard.speech_s, overlap)
    except Exception as error:
        log.exception("no voiceprint")
        return VoiceHeard(asked.turn_id, asked.whole, None, problem=_line(error))


def _judged(asked: JudgeVoice, by: Voiceprinter, now: Callable[[], float]) -> VoiceJudged:
    """Called on the thread."""
    try:
        found = enrol(asked.pcm, by)
    except EnrolmentError as error:
        return VoiceJudged(None, problem=str(error))
    except Exception as error:
        log.exception("no voiceprint")
        return VoiceJudged(None, problem=_line(error))
    return VoiceJudged(KnownVoice(asked.name, found.vector, found.seconds, now()), found.quality)


def _line(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")
