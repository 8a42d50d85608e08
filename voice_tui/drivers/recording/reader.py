"""A recording, opened: whatever is there of it, also where its writer came to a sudden end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from voice_tui import plain_file
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.files import HEADER
from voice_tui.drivers.sound_file import InOrder
from voice_tui.plain_text import one_line
from voice_tui.tape.circumstances import Circumstances, family_of, unpacked
from voice_tui.tape.codec import Unreadable
from voice_tui.tape.lines import Step, TapeReader, Track, whole_lines
from voice_tui.tape.told import Told

LARGEST = 2**32  # bytes of one of its files: what a wav file can hold


class RecordedTalk:
    """A recording on the disk.

    Args:
        path: Its folder.

    Raises:
        Unreadable: It is no recording, or of a form that is not known here; one line that names the folder.

    Attributes:
        session: Under which circumstances it was made.
        talk: The stereo WAV: left the user's microphone, right what the listener heard.
        unread: How many notices could not be read the last time.
        lacks: What its tape named and was not there the last time; "" for nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.talk = path, path / shelf.TALK
        self.unread, self.lacks = 0, ""
        try:
            self.session: Circumstances = unpacked(plain_file.content(path / shelf.SESSION))
            family = family_of(self.session)
        except OSError as error:
            raise Unreadable(f"{path}: no recording: {shelf.SESSION}: {error.strerror or error}") from error
        except Unreadable as error:
            raise Unreadable(one_line(f"{path}: {shelf.SESSION}: {error}")) from error
        self._reader = TapeReader(family.packing, self)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return shelf.size_of(self.path)

    @property
    def seconds(self) -> float:
        """How long it is, s."""
        return len(self._stereo) / 24_000

    @property
    def at_work(self) -> bool:
        """It is still being written."""
        return shelf.Kept(self.path, 0).at_work

    # ---- what happened

    def inputs(self) -> Iterator[Step]:
        """What the engine was told, in order, and where it was asked for notices.

        It ends early where the sound of a line is not there: what was written last before a sudden end.

        Raises:
            Unreadable: A line of another version, which can't be read here.
        """
        self.lacks = ""
        for line in self._lines(shelf.TAPE):
            try:
                yield self._reader.step(line)
            except EOFError as error:
                self.lacks = str(error)
                return

    def notices(self) -> Iterator[Told]:
        """What the engine told, each with its time, s since the recording began.

        What another version told that is not known here is left out; `unread` counts it.
        """
        self.unread = 0
        for line in self._lines(shelf.NOTICES):
            try:
                told = self._reader.told(line)
            except Unreadable:
                self.unread += 1
            else:
                yield told

    @property
    def notice_lines(self) -> list[bytes]:
        """The same as it was written, without the ends of lines."""
        return list(self._lines(shelf.NOTICES))

    @property
    def tape_lines(self) -> int:
        """How many lines the tape has."""
        return len(self._lines(shelf.TAPE))

    def _lines(self, name: str) -> list[bytes]:
        try:
            return list(whole_lines(plain_file.content(self.path / name, LARGEST)))
        except OSError:
            return []

    # ---- its sound

    @property
    def microphone(self) -> Pcm:
        """The left channel, int16 at 24 kHz."""
        left: Pcm = self._stereo[:, 0]
        return left

    @property
    def heard(self) -> Pcm:
        """The right channel, int16 at 24 kHz."""
        right: Pcm = self._stereo[:, 1]
        return right

    def read(self, track: Track, start: int, count: int) -> Pcm:
        """Read so many samples of a track.

        Raises:
            EOFError: They are not there.
        """
        pcm = {Track.MICROPHONE: self._left, Track.REFERENCE: self._reference, Track.ANSWERS: self._answers}[track]()
        if start + count > len(pcm):
            raise EOFError(f"{track} ends at {len(pcm)}")
        return pcm[start : start + count]

    def _left(self) -> Pcm:
        return self.microphone

    def _reference(self) -> Pcm:
        return self._references

    def _answers(self) -> Pcm:
        return self._answer_sound

    @cached_property
    def _stereo(self) -> NDArray[np.int16]:
        try:
            raw = plain_file.content(self.talk, LARGEST)[HEADER:]
        except OSError:
            raw = b""
        return np.frombuffer(raw, "<i2", len(raw) // 4 * 2).astype(np.int16, copy=False).reshape(-1, 2)

    @cached_property
    def _references(self) -> Pcm:
        return flac_samples(self.path / shelf.REFERENCE)

    @cached_property
    def _answer_sound(self) -> Pcm:
        return flac_samples(self.path / shelf.ANSWERS)


def flac_samples(path: Path) -> Pcm:
    """What a FLAC file of one channel holds, int16; of one that was never closed as much as there is."""
    blocks: list[Pcm] = [np.zeros(0, np.int16)]
    try:
        with InOrder(plain_file.content(path, LARGEST)) as file:
            blocks.extend(piece[:, 0] for piece in file.pieces("int16"))
    except (OSError, OverflowError, soundfile.LibsndfileError):
        pass  # its end: what came before is whole
    return np.concatenate(blocks)


def open_recording(path: Path) -> RecordedTalk:
    """A recording, by its folder.

    Raises:
        Unreadable: It is none.
    """
    return RecordedTalk(path)
