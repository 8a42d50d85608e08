"""The environment that a command is run in."""

from __future__ import annotations

import os
import re
from pathlib import Path

LEFT_OUT = re.compile(r"VOICE_TUI_|AZURE_|OPENAI_|OTEL_|LOCUST_|(COLUMNS|LINES)$")


def environment(folder: Path) -> dict[str, str]:
    """A user's environment without keys and without a terminal's size, whose files stay in the test's folder."""
    seen = folder / "voice-tui" / "tour-seen"  # a test is no first start
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.touch()
    kept = {name: value for name, value in os.environ.items() if not LEFT_OUT.match(name)}
    return kept | {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
