"""A sample of Full-Duplex-Bench: a folder with what the model heard, what it said, and the words found in that."""

from __future__ import annotations

from pathlib import Path

import msgspec

from voice_tui import plain_file
from voice_tui.drivers.devices.recordings import Recording, RecordingError, Tracks, read_recording
from voice_tui.plain_text import one_line
from voice_tui.replay.frames import NOBODY, Onlooker, fitted

INPUT, OUTPUT, WORDS = "input.wav", "output.wav", "output.json"


class _Chunk(msgspec.Struct):
    text: str
    timestamp: tuple[float | None, float | None]
    """Beginning and end, s."""


class _Words(msgspec.Struct):
    chunks: list[_Chunk]


def is_sample(folder: Path) -> bool:
    """Whether a folder is one."""
    return (folder / INPUT).is_file() and (folder / OUTPUT).is_file()


def sample_tracks(folder: Path, onlooker: Onlooker = NOBODY) -> Tracks:
    """Both files as the two channels of a recording, the shorter one followed by silence.

    Args:
        folder: The sample.
        onlooker: Sees how far it is.

    Raises:
        RecordingError: One of them can't be read.
    """
    heard, said = (_read(folder / name, onlooker) for name in (INPUT, OUTPUT))
    length = max(len(heard.pcm), len(said.pcm))
    remark = "; ".join(filter(None, (heard.remark, said.remark)))
    return Tracks(fitted(heard.pcm, length), fitted(said.pcm, length), remark)


def _read(path: Path, onlooker: Onlooker) -> Recording:
    with onlooker.reading(path) as told:
        return read_recording(path, told)


def sample_words(folder: Path) -> tuple[int, ...] | None:
    """When each of the model's words begins, ms; None where no recogniser was asked.

    Raises:
        RecordingError: What it wrote can't be read.
    """
    path = folder / WORDS
    try:
        found = msgspec.json.decode(plain_file.content(path), type=_Words)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise RecordingError(one_line(f"{path}: {error}")) from error
    begins = (chunk.timestamp[0] for chunk in found.chunks if chunk.text.strip())
    return tuple(sorted(round(at * 1000) for at in begins if at is not None))
