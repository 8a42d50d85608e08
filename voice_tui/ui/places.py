"""The screens by name: each is loaded when it is first opened, or in a pause after the start."""

from __future__ import annotations

from importlib import import_module
from inspect import getfile
from pathlib import Path
from typing import Any

from textual.screen import Screen

from voice_tui.messages.checks import CheckKind
from voice_tui.ui.common.shell import Shell

_CHECK = ("checks", "Check")
SCREENS: dict[str, tuple[str, str]] = {
    "help": ("help", "Help"),
    "context": ("context", "ContextScreen"),
    "memory": ("memory", "MemoryScreen"),
    "talk": ("memory.talk", "TalkScreen"),
    "speakers": ("speakers", "SpeakersScreen"),
    "cost": ("cost", "CostScreen"),
    "latency": ("latency", "LatencyScreen"),
    "judge": ("judge", "JudgeScreen"),
    "recordings": ("recordings", "RecordingsScreen"),
    "why": ("why", "WhyScreen"),
    "setup": ("setup", "SetupScreen"),
    "devices": ("devices", "DevicesScreen"),
    "inspector": ("inspector", "Inspector"),
    "words": ("words", "WordsScreen"),
    **dict.fromkeys((kind.value for kind in CheckKind), _CHECK),
    "enrolment": _CHECK,
    "editor": ("editor", "Editor"),
    "prompt": ("editor", "Editor"),
}
"""Name of a screen → its folder, or its module there, and its class."""


def kind_of(name: str) -> type[Shell[Any]]:
    """The class of a screen, loaded by now."""
    folder, kind = SCREENS[name]
    module = folder if "." in folder else f"{folder}.screen"
    found: type[Shell[Any]] = getattr(import_module(f"voice_tui.ui.{module}"), kind)
    return found


def sheet(kind: type[Screen[Any]]) -> Path:
    """Where the style sheet of a screen lies: beside its module."""
    return Path(getfile(kind)).parent / str(kind.CSS_PATH)
