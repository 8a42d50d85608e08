"""The enrolled voices on the disk: one small file, readable by its owner only. No recording is ever stored."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from voice_tui import plain_file
from voice_tui.audio.voices.voiceprint import unit
from voice_tui.messages.speakers import KnownVoice
from voice_tui.private_file import replace_private


class VoiceFileError(Exception):
    """The file can't be read or written; one line that names it."""


class StoredVoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One voice as it stands in the file.

    Attributes:
        name: Whose.
        method: Who made the voiceprint: those of another do not compare.
        vector: The voiceprint.
        seconds: Of speech that it was made from.
        consented: When its owner agreed, s since 1970.
    """

    name: str
    method: str
    vector: list[float]
    seconds: float
    consented: float


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    voices: list[StoredVoice]


def read(path: Path) -> list[StoredVoice]:
    """All voices in the file; none where there is no file.

    Raises:
        VoiceFileError: It can't be read, or is no such file.
    """
    try:
        found = msgspec.json.decode(plain_file.content(path), type=_File)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise VoiceFileError(f"voices file {path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise VoiceFileError(f"voices file {path}: {error}") from error
    if found.version != 1:
        raise VoiceFileError(f"voices file {path}: version {found.version}, this program knows 1")
    bad = next((v for v in found.voices if not (v.name.strip() and v.vector and 0 < v.seconds < float("inf"))), None)
    if bad is not None:
        raise VoiceFileError(f"voices file {path}: the voice {bad.name!r} has no name, no vector or no seconds")
    return found.voices


def write(path: Path, voices: Iterable[StoredVoice]) -> None:
    """Put these in place of what is there; the last one takes the file with it.

    Raises:
        VoiceFileError: It can't be written.
    """
    kept = list(voices)
    try:
        if not kept:
            path.unlink(missing_ok=True)
            return
        replace_private(path, msgspec.json.encode(_File(1, kept)))
    except OSError as error:
        raise VoiceFileError(f"voices file {path}: {error.strerror}") from error


def known(voices: Iterable[StoredVoice], method: str, dim: int) -> tuple[KnownVoice, ...]:
    """Those that a voiceprinter can use."""
    return tuple(
        KnownVoice(v.name, unit(np.array(v.vector, np.float32)), v.seconds, v.consented)
        for v in voices
        if v.method == method and len(v.vector) == dim
    )


def updated(
    stored: Iterable[StoredVoice], method: str, voices: Iterable[KnownVoice], before: Iterable[KnownVoice]
) -> list[StoredVoice]:
    """What is to stand in the file when a run has these of a method's voices now.

    Voices of another method stay, unless the same name was this method's too and was forgotten here. So do those that
    another run has put there meanwhile, and what was forgotten there does not come back.

    Args:
        stored: What stands there.
        method: Who made the voiceprints.
        voices: Those that the run has.
        before: Those that it had when it read or wrote the file last.
    """
    stored, voices = list(stored), list(voices)
    known = {v.name: (v.seconds, v.consented) for v in before}
    forgotten = known.keys() - {v.name for v in voices}
    ours = [v for v in voices if known.get(v.name) != (v.seconds, v.consented)]
    changed = {v.name for v in ours}
    kept = [v for v in stored if v.name not in forgotten and not (v.method == method and v.name in changed)]
    return kept + [
        StoredVoice(v.name, method, [round(float(x), 6) for x in v.vector], v.seconds, v.consented) for v in ours
    ]
