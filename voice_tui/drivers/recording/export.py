"""A recording in the forms that other programs read."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import soundfile

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.drivers.recording.summary import transcript
from voice_tui.messages.talk import Row
from voice_tui.plain_text import one_line

MID_TALK = "The recording began in the middle of the talk."
LONGEST = 100_000  # characters of what is said in one row


def export(talk: RecordedTalk, form: str) -> bytes:
    """A recording in one of the `EXPORTS`.

    Raises:
        Unreadable: It can't be read.
    """
    return EXPORTS[form](talk)


def _wav(talk: RecordedTalk) -> bytes:
    """Left the user's microphone, right what the listener heard; its header is true, also of one that was cut short."""
    out = BytesIO()
    soundfile.write(out, np.stack([talk.microphone, talk.heard], axis=1), RATE, "PCM_16", format="WAV")
    return out.getvalue()


def _markdown(talk: RecordedTalk) -> bytes:
    session = talk.session
    where = " · ".join(filter(None, (session.endpoint, session.model, session.preset)))
    rows = transcript(talk)
    lines = [f"# {session.when}", "", where, ""]
    if not session.whole:
        lines += [f"*{MID_TALK}*", ""]
    for row in rows:
        lines += [f"**{one_line(row.said_by)}** {one_line(row.text, LONGEST) or '–'}{_unheard(row)}", ""]
    return "\n".join(lines).encode()


def _unheard(row: Row) -> str:
    if row.cut is None:
        return ""
    rest = f" ~~{one_line(row.unheard, LONGEST)}~~" if row.unheard else ""
    return f"{rest} *(cut at {row.cut.heard_ms / 1000:.2f} s of {row.cut.received_ms / 1000:.2f} s)*"


def _json(talk: RecordedTalk) -> bytes:
    rows = transcript(talk)
    said: list[dict[str, Any]] = [
        {
            "role": row.role,
            "speaker": row.said_by,
            "text": row.text,
            "unheard": row.unheard,
            "heard_ms": row.cut.heard_ms if row.cut else None,
            "received_ms": row.cut.received_ms if row.cut else None,
        }
        for row in rows
    ]
    return (
        json.dumps(
            {"when": talk.session.when, "whole": talk.session.whole, "said": said}, indent=2, ensure_ascii=False
        ).encode()
        + b"\n"
    )


EXPORTS: dict[str, Callable[[RecordedTalk], bytes]] = {"wav": _wav, "md": _markdown, "json": _json}
"""By name, which is also how the file's name ends."""
