"""Where voice-tui keeps things: the platform's own folders (XDG on Linux)."""

from __future__ import annotations

from pathlib import Path

from platformdirs import PlatformDirs

_dirs = PlatformDirs("voice-tui", appauthor=False)


def config_folder() -> Path:
    """Folder of ``config.toml`` and ``themes/``."""
    return Path(_dirs.user_config_dir)


def log_file() -> Path:
    """Default log file."""
    return Path(_dirs.user_state_dir) / "voice-tui.log"


def tour_file() -> Path:
    """A file that is there once the tour was seen."""
    return Path(_dirs.user_state_dir) / "tour-seen"


def told_file() -> Path:
    """What was said once and is not said again."""
    return Path(_dirs.user_state_dir) / "told"


def panes_file() -> Path:
    """What was done to the panes of the console."""
    return Path(_dirs.user_state_dir) / "panes.json"


def memory_file() -> Path:
    """Where conversations and facts are kept; the folder is the memory's own."""
    return Path(_dirs.user_data_dir) / "memory" / "memory.db"


def voices_file() -> Path:
    """Where enrolled voices are kept."""
    return Path(_dirs.user_data_dir) / "voices.json"


def recordings_folder() -> Path:
    """Where conversations are kept that were recorded."""
    return Path(_dirs.user_data_dir) / "recordings"


def failures_folder() -> Path:
    """Where scripted conversations are kept that failed: apart, so that they push out no recording of the user's."""
    return Path(_dirs.user_data_dir) / "failures"


def probes_file() -> Path:
    """Where it is kept what endpoints were seen to do."""
    return Path(_dirs.user_state_dir) / "probes.json"
