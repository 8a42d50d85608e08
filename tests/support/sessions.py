"""Sessions as the services hold them, a line an event: ``{"dir", "dialect", "event"}``.

Those in ``tests/data/sessions`` are written by hand, after what each service is known to do in its own way. Where the
environment names a folder of data in ``VOICE_TUI_TEST_DATA``, the recorded sessions in it are judged as well.
"""

from __future__ import annotations

import os
from pathlib import Path

DATA = "VOICE_TUI_TEST_DATA"
BY_HAND = sorted((Path(__file__).parents[1] / "data" / "sessions").glob("*.jsonl"))


def recorded() -> list[Path]:
    """The recorded sessions (``protocol/recorded`` in the folder of data); none where there is no such folder."""
    folder = os.environ.get(DATA)
    return sorted((Path(folder) / "protocol" / "recorded").glob("*.jsonl")) if folder else []
