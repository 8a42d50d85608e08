"""A recording for whoever looks for a fault: what it was made of and what happened, without what nobody else needs."""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from voice_tui import plain_file
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import LARGEST, RecordedTalk

SOUND = (shelf.TALK, shelf.SENT, shelf.REFERENCE, shelf.ANSWERS)
LINES = (shelf.NOTICES, shelf.EVENTS)
LOG, LOG_LINES = "log.txt", 500
DOCTOR = "doctor.json"
WORDS = frozenset(
    {
        "arguments", "context", "delta", "description", "facts", "fragment", "instructions", "label", "name", "output",
        "prompt", "speaker", "summary", "text", "transcript", "unheard", "words",
    }
)  # fmt: skip
"""Fields that hold what somebody said, wrote or is called."""


class Part(NamedTuple):
    """A file of the archive.

    Attributes:
        name: Of the file.
        what: What it is, for the list that is shown first.
        content: Its bytes.
    """

    name: str
    what: str
    content: bytes


def parts(
    talk: RecordedTalk, log: Path, *, sound: bool = True, text: bool = True, doctor: bytes = b""
) -> Iterator[Part]:
    """What goes into the archive.

    Args:
        talk: The recording; keys and secrets were taken out of it as it was written.
        log: Where the program's log is.
        sound: The sound goes in.
        text: What was said goes in; without it the tape stays out too, for the engine lives it again by the words.
        doctor: What ``voice-tui doctor`` says of this machine now, without secrets.
    """
    yield Part(shelf.SESSION, "endpoint without secrets, settings, devices, versions", _session(talk, text))
    for name in LINES:
        content = _lines(talk.path / name, text)
        yield Part(name, "what was told" if name == shelf.NOTICES else "the events of the wire", content)
    if text:
        yield Part(shelf.TAPE, "what the engine was told: it can live the talk again", _read(talk.path / shelf.TAPE))
    for name in SOUND if sound else ():
        if content := _read(talk.path / name):
            yield Part(name, "sound", content)
    if doctor:
        yield Part(DOCTOR, "Python, terminal, settings, devices as voice-tui doctor sees them", doctor)
    if text and (lines := _tail(log)):
        yield Part(LOG, f"the last {LOG_LINES} lines of the log", lines)


def archive(found: list[Part]) -> bytes:
    """The parts as a ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for part in found:
            file.writestr(part.name, part.content)
    return out.getvalue()


def without_words(value: Any) -> Any:
    """The same with each text in the `WORDS` replaced by its length."""
    if isinstance(value, dict):
        return {key: _hidden(each) if key in WORDS else without_words(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_words(each) for each in value]
    return value


def _hidden(value: Any) -> Any:
    """No text in it is left."""
    if isinstance(value, str):
        return f"({len(value)} characters)" if value else ""
    if isinstance(value, dict):
        return {key: _hidden(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_hidden(each) for each in value]
    return value


def _session(talk: RecordedTalk, text: bool) -> bytes:
    raw = _read(talk.path / shelf.SESSION)
    return raw if text else msgspec.json.format(msgspec.json.encode(without_words(msgspec.json.decode(raw))), indent=2)


def _lines(path: Path, text: bool) -> bytes:
    raw = _read(path)
    if text:
        return raw
    kept = []
    for line in raw.splitlines():
        try:
            kept.append(msgspec.json.encode(without_words(msgspec.json.decode(line))))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # torn by a sudden end, or no line of ours: nobody can say what is a word in it
    return b"".join(line + b"\n" for line in kept)


def _tail(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would wait for a writer
            return b""
        with path.open("rb") as file:
            return b"".join(deque(file, LOG_LINES))
    except OSError:
        return b""


def _read(path: Path) -> bytes:
    try:
        return plain_file.content(path, LARGEST)
    except OSError:
        return b""
