"""Writes a recording's files on a thread of its own: whoever talks only appends to a list, and never waits."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, Pcm
from voice_tui.drivers.logs import redact
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.files import LEFT, FlacFile, LineFile, StereoFile, private
from voice_tui.drivers.wirelog import log_line
from voice_tui.tape.circumstances import Circumstances, packed
from voice_tui.tape.lines import samples

log = logging.getLogger(__name__)

PAUSE_S = 0.25  # between two looks: so much is lost at most when everything ends suddenly
MOST_WAITING = 64_000_000  # bytes: eight minutes of a disk that stands still
ROOM_S = 10.0  # between two looks at how much room there is
RESERVED = 65_536  # bytes
SHORTEST_SECRET = 6
LONG_BASE64 = re.compile(rb'"[A-Za-z0-9+/]{400,}={0,2}"')


@dataclass(frozen=True, slots=True)
class Line:
    """A line for one of the files."""

    file: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples for a file with one channel."""

    file: str
    pcm: Pcm | bytes


@dataclass(frozen=True, slots=True)
class Side:
    """Samples for one channel of the talk."""

    channel: int
    at: int
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class Wire:
    """An event of the wire; see `WireTap`."""

    t: float
    direction: str
    raw: bytes
    connection: int
    dialect: str


@dataclass(frozen=True, slots=True)
class Known:
    """What has become known of the circumstances: it stands there also after a sudden end."""

    circumstances: Circumstances


Piece: TypeAlias = Line | Sound | Side | Wire | Known


class Writer:
    """The files of one recording.

    Args:
        path: Its folder, which is new and empty.
        circumstances: Of the talk.
        secrets: Are taken out of everything.
        limit: Bytes that all recordings beside this one may take together with it.

    Raises:
        OSError: The files can't be made.

    Attributes:
        circumstances: May be known better until it is closed.
        deleted: Recordings that had to make room.
    """

    def __init__(self, path: Path, circumstances: Circumstances, secrets: Iterable[str], limit: int) -> None:
        self.path, self._limit = path, limit
        self.circumstances = circumstances
        secrets = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
        self._secrets = secrets
        forms = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
        self._hidden = sorted((form.encode() for form in forms), key=len, reverse=True)
        self._redacted = self._late = 0
        self.deleted: list[Path] = []
        self._lines = {name: LineFile(path / name) for name in (shelf.TAPE, shelf.NOTICES, shelf.EVENTS)}
        self._lines[shelf.TAPE].claim()
        self._write_session()
        self._talk = StereoFile(path / shelf.TALK)
        self._sounds = {name: FlacFile(path / name) for name in (shelf.SENT, shelf.REFERENCE, shelf.ANSWERS)}

    def write(self, pieces: list[Piece]) -> None:
        """Write: sound first, so that no line tells of sound that is not there.

        Raises:
            OSError: The disk takes no more.
        """
        lines: dict[str, list[bytes]] = {}
        sounds: dict[str, list[Pcm]] = {}
        redacted, known = self._redacted, False
        for piece in pieces:
            match piece:
                case Line(file, text):
                    lines.setdefault(file, []).append(self._without_secrets(text))
                case Sound(file, pcm):
                    sounds.setdefault(file, []).append(samples(pcm) if isinstance(pcm, bytes) else pcm)
                case Side(channel, at, pcm):
                    late = self._talk.put(channel, at, pcm)
                    self._late += late if channel == LEFT else 0
                case Wire():
                    lines.setdefault(shelf.EVENTS, []).append(self._event(piece))
                case Known(circumstances):
                    self.circumstances, known = circumstances, True
        self._talk.write()
        for file, pcms in sounds.items():
            self._sounds[file].write(pcms)
        for file, texts in lines.items():
            self._lines[file].write(texts)
        if known or self._redacted > redacted == 0:  # no tape with a hole in it looks whole
            self.circumstances = replace(self.circumstances, redacted=self._redacted)
            self._write_session()

    def room(self) -> bool:
        """Whether there is room, if need be because older recordings go."""
        gone, room = shelf.make_room(self.path.parent, self._limit, self.path)
        self.deleted += gone
        return room

    def close(self, problem: str) -> None:
        """Write the rest; ``problem`` says why it is not all that it should be.

        Raises:
            OSError: The disk takes no more.
        """
        closes: list[LineFile | FlacFile | StereoFile] = [*self._lines.values(), *self._sounds.values(), self._talk]
        failure: OSError | None = None
        for each in closes:
            try:
                each.close()
            except OSError as error:
                failure = failure or error
        self.circumstances = replace(
            self.circumstances,
            ended=True,
            seconds=round(self._talk.seconds, 3),
            problem=problem or (f"{self._late} samples of the microphone came too late" if self._late else ""),
            redacted=self._redacted,
        )
        self._write_session()
        if failure is not None:
            raise failure

    def _write_session(self) -> None:
        """In one piece; until it has ended there stays room for it, for a full disk has to stand in it, too."""
        path, fresh = self.path / shelf.SESSION, self.path / shelf.RESERVE
        fresh.unlink(missing_ok=True)
        with private(fresh) as file:
            file.write(self._without_secrets(packed(self.circumstances)))
        fresh.replace(path)
        if not self.circumstances.ended:
            with private(fresh) as file:
                file.write(bytes(RESERVED))

    def _without_secrets(self, line: bytes) -> bytes:
        for secret in self._hidden:
            if secret in line:
                line = line.replace(secret, "…".encode())
                self._redacted += 1
        return line

    def _event(self, wire: Wire) -> bytes:
        raw = LONG_BASE64.sub(lambda found: b'"(%d characters of base64)"' % (len(found[0]) - 2), wire.raw)
        line = log_line(wire.t, wire.direction, raw, wire.connection, wire.dialect)
        return self._without_secrets(redact(line, self._secrets).encode())


class Background:
    """Gives a writer what there is to write, on a thread of its own or at once.

    Args:
        writer: Of the recording.
        beside: On a thread of its own.

    Attributes:
        problem: Why nothing is written any more, one line; "" while all is well.
    """

    def __init__(self, writer: Writer, *, beside: bool = True) -> None:
        self._writer, self.problem = writer, ""
        self._waiting: deque[Piece] = deque()
        self._put = self._taken = 0  # bytes, each counted by one thread
        self._ends = threading.Event()
        self._looks, self._why = 0, ""
        self._beside = beside
        self._look_for_room()
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)
        if beside:
            self._thread.start()

    def put(self, piece: Piece) -> None:
        """Write this, some time soon."""
        if self.problem:
            return
        self._put += _size(piece)
        self._waiting.append(piece)
        if self._put - self._taken <= MOST_WAITING:
            return
        if self._beside:
            self.problem = "the disk is too slow: the recording ends here"
        else:
            self._write()

    def close(self, why: str = "") -> None:
        """Nothing more comes: the rest is written, and then the files are closed; `wait` waits for that.

        Args:
            why: It is not all that it should be; "" where it is.
        """
        self._why = why
        self._ends.set()
        if not self._beside:
            self._finish()

    def wait(self) -> None:
        """Wait until the files are closed."""
        if self._beside:
            self._thread.join()

    def _finish(self) -> None:
        self._write()
        try:
            self._writer.close(self.problem or self._why)
        except OSError as error:
            self._fail(error)

    def _work(self) -> None:
        while not self._ends.wait(PAUSE_S):
            self._write()
            self._looks += 1
            if self._looks * PAUSE_S >= ROOM_S:
                self._looks = 0
                self._look_for_room()
        self._finish()

    def _look_for_room(self) -> None:
        if not self._writer.room() and not self.problem:
            self.problem = "no room is left within --record-limit: the recording ends here"

    def _write(self) -> None:
        pieces: list[Piece] = []
        size = 0
        for _ in range(len(self._waiting)):
            piece = self._waiting.popleft()
            pieces.append(piece)
            size += _size(piece)
        try:
            if pieces:
                self._writer.write(pieces)
        except OSError as error:
            self._fail(error)
        self._taken += size

    def _fail(self, error: OSError) -> None:
        if not self.problem:
            self.problem = f"{self._writer.path}: {error.strerror or error}: the recording ends here"
            log.warning("%s", self.problem)


def _size(piece: Piece) -> int:
    match piece:
        case Line(_, text):
            return len(text)
        case Wire(_, _, raw):
            return len(raw)
        case Known():
            return 0
        case Sound(_, pcm) | Side(_, _, pcm):
            return len(pcm) if isinstance(pcm, bytes) else len(pcm) * BYTES_PER_SAMPLE
