"""The wire of a recording, to be looked at: its events again as they went by, sound as its length."""

from __future__ import annotations

from pathlib import Path

import msgspec

from voice_tui import plain_file
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import LARGEST
from voice_tui.drivers.wirestore import KEPT, WireStore
from voice_tui.messages.inspection import Inspection
from voice_tui.tape.lines import whole_lines

DIRECTIONS = frozenset({"client", "server", "here"})


class _Line(msgspec.Struct):
    """A line of ``events.jsonl``, see `log_line`."""

    t: float
    dir: str
    event: msgspec.Raw
    session: int = 1
    dialect: str = "ga"


def recorded_wire(path: Path, inspection: Inspection) -> WireStore:
    """The events of a recording, each with its time, s since the recording began.

    A line that is none is left out; nothing is there where nothing was kept.

    Args:
        path: Folder of the recording.
        inspection: How its events are looked at.
    """
    try:
        lines = whole_lines(plain_file.content(path / shelf.EVENTS, LARGEST))
    except OSError:
        lines = []
    now = 0.0
    decoder = msgspec.json.Decoder(_Line)
    store = WireStore(inspection, lambda: now, kept=max(KEPT, len(lines)))
    for raw in lines:
        try:
            line = decoder.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
        if line.dir in DIRECTIONS:
            now = line.t
            store.write(line.dir, bytes(line.event), line.session, line.dialect)
    return store
