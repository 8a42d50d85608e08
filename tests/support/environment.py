"""The environment that a command is run in."""

from __future__ import annotations

import os
import re
from pathlib import Path


def environment(folder: Path) -> dict[str, str]:
    """A user's environment without keys and without a terminal's size, whose files stay in the test's folder."""
    seen = folder / "voice-tui" / "tour-seen"  # a test is no first start
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.touch()
    kept = {k: v for k, v in os.environ.items() if not re.match(r"VOICE_TUI_|AZURE_|OPENAI_|OTEL_|LOCUST_|(COLUMNS|LINES)$", k)}
    return kept | {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
