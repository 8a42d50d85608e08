"""The page of a report, rendered: no address stands in it, so that it shows the same offline and in ten years."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
import soundfile
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.plain_text import clean_text
from voice_tui.replay.account import Account, account_of
from voice_tui.replay.report import contents
from voice_tui.replay.report.waveform import outline, path

COLUMNS = 1_200
"""Of the waveform: on the widest screen one is still wider than a pixel."""
_MIDDLES = {"you": 25.0, "assistant": 75.0}
_HALF = 23.0


def report(talk: RecordedTalk, *, sound: bool = True) -> str:
    """A recording as one HTML page.

    Args:
        talk: The recording.
        sound: The sound is in it, as FLAC; else the page shows its outline only.

    Raises:
        Unreadable: The recording can't be read.
    """
    what = account_of(talk)
    script = _asset("page.js")
    lanes = zip(_MIDDLES.items(), (talk.microphone, talk.heard), strict=True)
    page: str = _template().render(
        style=Markup(_asset("page.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        columns=COLUMNS,
        lanes={name: path(outline(pcm, COLUMNS), middle, _HALF) for (name, middle), pcm in lanes},
        sound=_flac(talk) if sound and len(talk.heard) else "",
        seconds=round(talk.seconds, 3),
        **_contents(talk, what),
    )
    return page


def _contents(talk: RecordedTalk, what: Account) -> dict[str, Any]:
    """What stands on the page, by the names that the template uses."""
    return {
        **contents.heading(talk),
        "figures": contents.figures(talk, what),
        "marks": contents.marks(what, COLUMNS / max(talk.seconds, 0.001)),
        "rows": contents.rows(what),
        "turns": contents.turns(what),
        "spenders": contents.SPENDERS,
        "cuts": contents.cuts(what),
        "bill": contents.bill(what),
        "tables": contents.tables(talk, what),
        "events": contents.events(what),
    }


def _flac(talk: RecordedTalk) -> str:
    out = BytesIO()
    soundfile.write(out, np.stack([talk.microphone, talk.heard], axis=1), RATE, "PCM_16", format="FLAC")
    return base64.b64encode(out.getvalue()).decode()


def _asset(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text("utf-8")


def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.finalize = lambda value: clean_text(value) if type(value) is str else value  # what others wrote
    return environment.from_string(_asset("page.html.j2"))
