"""Small recordings, written by hand: some notices, and a second of sound."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.endpoints.families import FAMILIES
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Row
from voice_tui.tape.circumstances import Circumstances, packed
from voice_tui.tape.lines import NoticeWriter

TITLE = "Conversation of 2026-01-05 12:04"
SESSION = Circumstances("2026-01-05T12:04:07+00:00", 0.0, next(iter(FAMILIES)), "natural", ended=True)


def row(item: str, text: str, **more: Any) -> Row:
    return replace(Row(item, "assistant", "AI", text), **more)


def kept(folder: Path, *notices: Notice) -> RecordedTalk:
    """A recording in which these were told, a tenth of a second apart."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = NoticeWriter(FAMILIES[SESSION.family].packing)
    (folder / shelf.SESSION).write_bytes(packed(SESSION))
    (folder / shelf.NOTICES).write_bytes(b"".join(writer.line(i / 10, notice) for i, notice in enumerate(notices)))
    (folder / shelf.TAPE).write_bytes(b"")
    soundfile.write(os.fspath(folder / shelf.TALK), np.zeros((RATE, 2), np.int16), RATE, "PCM_16")
    return open_recording(folder)
