"""Theme files: TOML with Textual's colours and our four roles. A wrong file never stops the program.

The packaged ones come first, then the user's folder, which may replace a packaged theme by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from voice_tui.plain_text import quoted
from voice_tui.settings.toml_files import read_all

DEFAULT_THEME = "studio"
COLORS = ("background", "surface", "panel", "foreground", "primary", "success", "warning", "error")
"""Fields of ``[colors]``, all needed."""
TEXTS = ("foreground", "primary", "success", "warning", "error")
"""Those of them in which something is written."""
ROLES = ("you", "assistant", "interruption", "muted")
"""Fields of ``[roles]``, all needed: who speaks, what was cut, what is only an aside."""
READABLE = 4.5
"""The least contrast of text and what is below it: AA of the WCAG."""
_STEPS = 20
_TOP = {"name": str, "dark": bool, "colors": dict, "roles": dict}
_KINDS = {str: "a text in quotes", bool: "true or false", dict: "a table"}


@dataclass(frozen=True, slots=True)
class LoadedThemes:
    """What was found.

    Attributes:
        themes: By name, in the order found.
        errors: One line for each thing wrong: ``file: field: reason``.
    """

    themes: dict[str, Theme] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def packaged_folder() -> Path:
    """The themes in the wheel, or those of the checkout (an editable install has none in the package)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def load_themes(folders: Iterable[Path | None]) -> LoadedThemes:
    """Read every ``*.toml`` of the folders; a folder that is missing holds none."""
    themes, errors = read_all(folders, _read)
    return LoadedThemes({theme.name: theme for theme in themes}, errors)


def _read(data: dict[str, Any]) -> tuple[Theme | None, list[str]]:
    """A theme, or everything that is wrong with its file."""
    reasons = [f"{key}: unknown, there are {', '.join(_TOP)}" for key in data if key not in _TOP]
    for key, kind in _TOP.items():
        if key not in data:
            reasons.append(f"{key}: missing")
        elif not isinstance(data[key], kind):
            reasons.append(f"{key}: {quoted(data[key])} is not allowed, give {_KINDS[kind]}")
        elif kind is str and not (data[key].strip() and data[key].isprintable()):  # it stands in lists and lines
            reasons.append(f"{key}: {quoted(data[key])} is no name, give a word or two")
    for table, names in (("colors", COLORS), ("roles", ROLES)):
        if isinstance(data.get(table), dict):
            reasons.extend(_wrong_colors(table, names, data[table]))
    return (None, reasons) if reasons else (_theme(data), [])


def _wrong_colors(table: str, names: tuple[str, ...], given: dict[str, Any]) -> list[str]:
    reasons = [f"{table}.{name}: missing" for name in names if name not in given]
    for name, value in given.items():
        if name not in names:
            reasons.append(f"{table}.{name}: unknown, there are {', '.join(names)}")
            continue
        try:
            Color.parse(value)
        except (ColorParseError, TypeError, AttributeError):
            reasons.append(f"{table}.{name}: {quoted(value)} is no colour, give one like '#5fb4a2'")
    return reasons


def _theme(data: dict[str, Any]) -> Theme:
    colors, roles = data["colors"], data["roles"]
    return Theme(
        name=data["name"],
        dark=data["dark"],
        **colors,
        secondary=roles["assistant"],
        accent=colors["primary"],
        variables={
            **roles,
            "row": row(colors, roles),
            "block-cursor-background": colors["primary"],
            "block-cursor-foreground": colors["background"],
            "block-cursor-text-style": "none",
            "screen-selection-background": colors["foreground"],
            "screen-selection-foreground": colors["background"],
            "border": colors["primary"],
            "border-blurred": colors["panel"],
            "input-cursor-background": colors["foreground"],
            "input-cursor-foreground": colors["background"],
            "scrollbar": colors["panel"],
            "scrollbar-hover": roles["muted"],
            "scrollbar-active": colors["primary"],
            "scrollbar-background": colors["background"],
            "scrollbar-background-hover": colors["background"],
            "scrollbar-background-active": colors["background"],
            "scrollbar-corner-color": colors["background"],
        },
    )


def row(colors: dict[str, str], roles: dict[str, str]) -> str:
    """The ground of the line under a cursor: as much of the panel's colour as lets every text on it be read."""
    ground, panel = Color.parse(colors["background"]), Color.parse(colors["panel"])
    inks = [Color.parse(each) for each in (*(colors[name] for name in TEXTS), *roles.values())]
    tried = (ground.blend(panel, step / _STEPS) for step in range(_STEPS, 0, -1))
    return next((each for each in tried if all(contrast(ink, each) >= READABLE for ink in inks)), ground).hex


def contrast(one: Color, other: Color) -> float:
    """How well one colour is told from another: 1 (not at all) to 21, by the WCAG."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
