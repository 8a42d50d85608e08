"""The lines of a tape: what the engine was told, in order, and where it was asked for notices.

Sound does not stand in them: they say where it stands, in samples of the track that holds it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

import msgspec
import numpy as np

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, Pcm
from voice_tui.messages.inputs import Arrived, FramesCaptured, Input
from voice_tui.messages.notices import Notice
from voice_tui.messages.packing import Packed, Packing
from voice_tui.messages.profile import Place
from voice_tui.tape.codec import AUDIO, SPOILED, Codec, Unreadable
from voice_tui.tape.told import Told

LONGEST_S = 1e8  # behind the beginning of a recording: three years
OptionalPlace: TypeAlias = Place | None


class Track(StrEnum):
    """What holds the sound of a tape."""

    MICROPHONE = "microphone"
    """What was captured: the left channel of the talk."""
    REFERENCE = "reference"
    """What the echo canceller was told that the loudspeaker plays."""
    ANSWERS = "answers"
    """What the endpoint sent."""


class Tracks(Protocol):
    """The sound that a tape refers to."""

    def read(self, track: Track, start: int, count: int) -> Pcm:
        """Read so many samples from this one on, int16 at 24 kHz.

        Raises:
            EOFError: They are not there.
        """
        ...


@dataclass(frozen=True, slots=True)
class Drained:
    """The engine was asked for notices, and gave so many."""

    notices: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The conversation was over, and the engine was told so."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """The engine was asked what another connection has to be told; what is kept of its answer is kept in it.

    Attributes:
        place: Where that connection leads; None: where the last one did.
    """

    place: Place | None = None


Step: TypeAlias = Input | Drained | Introduced | Finished
"""What a tape consists of."""


class TapeWriter:
    """Turns what the engine is told into lines. It counts the samples of two tracks; the microphone's is a timeline.

    Args:
        packing: How the events of the endpoint are packed.
    """

    def __init__(self, packing: Packing) -> None:
        codec = Codec(packing)
        self._pack_input, self._pack_place = codec.form(Input).pack, codec.form(OptionalPlace).pack
        self._packing = packing
        self._references = self._answers = 0

    def line(self, happened: Input, at: int) -> tuple[bytes, Pcm | None, bytes]:
        """An input as a line.

        Args:
            happened: The input.
            at: Of frames: where on the microphone's track they stand.

        Returns:
            The line, what goes to the track of references, and what goes to that of answers (int16, as bytes).
        """
        if isinstance(happened, FramesCaptured):
            return self._captured(happened, at), happened.reference, b""
        if isinstance(happened, Arrived):
            return self._arrived(happened)
        return _encoded(self._pack_input(happened)), None, b""

    def introduced(self, place: Place | None) -> bytes:
        """The engine is about to be asked what another connection has to be told."""
        return _encoded({"Introduced": {"place": self._pack_place(place)}})

    def _captured(self, captured: FramesCaptured, at: int) -> bytes:
        reference = "null"
        if captured.reference is not None:
            reference = str(self._references)
            self._references += len(captured.reference)
        count, index = len(captured.pcm), captured.sample_index
        return (
            f'{{"FramesCaptured":{{"at":{at},"count":{count},"sample_index":{index},"reference":{reference}}}}}\n'
        ).encode()

    def _arrived(self, arrived: Arrived) -> tuple[bytes, None, bytes]:
        packed = self._packing.pack(arrived.event)
        body: dict[str, Any] = {"event": packed.fields}
        audio = packed.audio
        if len(audio) % BYTES_PER_SAMPLE:  # no sound that a track could hold
            body[AUDIO], audio = Codec(self._packing).form(bytes).pack(audio), b""
        elif audio:
            samples = len(audio) // BYTES_PER_SAMPLE
            body["at"], body["count"] = self._answers, samples
            self._answers += samples
        return _encoded({"Arrived": body}), None, audio


FINISHED_LINE = b'{"Finished":{}}\n'


def drained_line(count: int) -> bytes:
    """The engine was asked for notices, and gave so many."""
    return b'{"Drained":%d}\n' % count


class NoticeWriter:
    """Turns notices into lines: ``{"t": 1.25, "Interrupted": {…}}``."""

    def __init__(self, packing: Packing) -> None:
        self._pack = Codec(packing).form(Notice).pack

    def line(self, t: float, notice: Notice) -> bytes:
        """A notice as a line; ``t`` in s since the recording began."""
        return _encoded({"t": round(t, 6), **self._pack(notice)})


class TapeReader:
    """Turns lines back into what the engine was told.

    Args:
        packing: As it was when they were written.
        tracks: Hold the sound.
    """

    def __init__(self, packing: Packing, tracks: Tracks) -> None:
        codec = Codec(packing)
        self._input, self._bytes = codec.form(Input).unpack, codec.form(bytes).unpack
        self._notice, self._place = codec.form(Notice).unpack, codec.form(OptionalPlace).unpack
        self._whole, self._time = codec.form(int).unpack, codec.form(float).unpack
        self._packing, self._tracks = packing, tracks

    def step(self, line: bytes) -> Step:
        """What a line of the tape says.

        Raises:
            Unreadable: It is no such line.
            EOFError: The sound that it refers to is not there.
        """
        value = _decoded(line)
        name: str = next(iter(value), "")
        body: Any = value.get(name)
        try:
            if name == "Drained":
                return Drained(self._count(body))
            if name == "Finished":
                return Finished()
            if name == "Introduced":
                return Introduced(self._place(body["place"]))
            if name == "FramesCaptured":
                return self._captured(**body)
            if name == "Arrived":
                return self._arrived(body)
            return self._input(value)  # type: ignore[no-any-return]  # by its annotation
        except SPOILED as error:
            raise Unreadable(f"{name}: {error}") from error

    def told(self, line: bytes) -> Told:
        """What a line of the notices says.

        Raises:
            Unreadable: It is no such line.
        """
        value = _decoded(line)
        try:
            told = Told(self._t(value.pop("t")), self._notice(value))
            own_t = getattr(told.notice, "t", 0.0)  # on the talk's clock
            if isinstance(own_t, float | int) and not abs(own_t) <= LONGEST_S:
                raise Unreadable(f"t: {own_t} is no time of a talk")
        except SPOILED as error:
            raise Unreadable(f"{next(iter(value), '')}: {error}") from error
        return told

    def _captured(self, at: int, count: int, sample_index: int, reference: int | None) -> FramesCaptured:
        pcm = self._read(Track.MICROPHONE, at, count)
        heard = None if reference is None else self._read(Track.REFERENCE, reference, count)
        return FramesCaptured(pcm, self._whole(sample_index), heard)

    def _arrived(self, body: dict[str, Any]) -> Arrived:
        audio = self._bytes(body[AUDIO]) if AUDIO in body else b""
        if "at" in body:
            audio = self._read(Track.ANSWERS, body["at"], body["count"]).astype("<i2", copy=False).tobytes()
        return Arrived(self._packing.unpack(Packed(body["event"], audio)))

    def _read(self, track: Track, start: Any, count: Any) -> Pcm:
        return self._tracks.read(track, self._count(start), self._count(count))

    def _count(self, value: Any) -> int:
        if self._whole(value) < 0:
            raise Unreadable(f"{value} is not 0 or more")
        return int(value)

    def _t(self, value: Any) -> float:
        if not 0 <= self._time(value) <= LONGEST_S:
            raise Unreadable(f"t: {value} is not from 0 to {LONGEST_S:g}")
        return float(value)


def whole_lines(raw: bytes) -> Sequence[bytes]:
    """The lines of a file; what stands behind the last line's end was torn off, and is left out."""
    return raw[: raw.rfind(b"\n") + 1].splitlines()


def samples(raw: bytes) -> Pcm:
    """Sound as an event holds it."""
    return np.frombuffer(raw, "<i2").astype(np.int16, copy=False)


def _encoded(value: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(value) + b"\n"
    except UnicodeEncodeError:  # half a character, as some servers write it
        return json.dumps(value).encode() + b"\n"


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise Unreadable(f"no JSON: {error}") from error
        except RecursionError as error:
            raise Unreadable("no JSON: it is nested too deeply") from error
    if not isinstance(value, dict):
        raise Unreadable("no object")
    return value
