"""The last filter before a terminal that has no signs: every cell holds ASCII, and stays where it was."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

ASCII: dict[str, str] = {
    # frames and lines
    **dict.fromkeys("─━═╌┄┈▔▁_", "-"),
    **dict.fromkeys("│┃║┆┊╎▏▎▍▕▌▐", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘┏┓┗┛╔╗╚╝├┤┬┴┼┠┨┣┫┯┷", "+"),
    # levels and bars, from low to high
    "▂": ".", "▃": ":", "▄": "=", "▅": "+", "▆": "*", "▇": "%", "█": "#",
    "░": ".", "▒": ":", "▓": "#", "▉": "#", "▊": "#", "▋": "#", "▀": "#", "▰": "#", "▱": ".", "■": "#", "□": ".",
    # what is marked
    "○": "o", "●": "@", "◌": "o", "◍": "o", "◉": "@", "◐": "c", "◔": "c", "◷": "c", "◆": "*", "◇": "o", "★": "*",
    "▾": "v", "▼": "v", "▲": "A", "△": "^", "▴": "^", "▸": ">", "▶": ">", "►": ">", "◂": "<", "◀": "<",
    "‖": "=", "╳": "X", "✂": "x", "✓": "v", "√": "v", "✗": "x", "✎": "*", "↯": "!", "⚡": "! ", "♪": "~", "❯": ">",
    "←": "<", "→": ">", "↑": "^", "↓": "v", "↶": "<", "↻": "~", "⇄": "=", "↳": ">",
    "‹": "<", "›": ">", "«": "<", "»": ">", "·": ".", "•": "*", "…": "~",
    # words and numbers
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "×": "x", "±": "~", "≈": "~", "≠": "#", "≡": "=", "≤": "<",
    "≥": ">",
    "µ": "u", "Σ": "S", "∅": "0", "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "\u00a0": " ",
}  # fmt: skip
"""Sign → what stands in its cell."""
UNKNOWN = "?"


def speaks_unicode(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is meant to have more than ASCII, by its locale and its kind.

    Where nothing is said about the locale it is; the console of Linux has a font of 256 signs. Python itself sets
    ``LC_CTYPE=C.UTF-8`` where ``LANG=C`` was asked for.
    """
    if environment.get("TERM") == "linux":
        return False
    ctype = environment.get("LC_CTYPE", "")
    lang = environment.get("LANG", "")
    coerced = ctype == "C.UTF-8" and lang in ("C", "POSIX")
    wanted = environment.get("LC_ALL") or ("" if coerced else ctype) or lang
    return not wanted or "UTF" in wanted.upper()


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """The same in ASCII, as wide as it was."""
    return text if text.isascii() else "".join(map(_cell, text))


@lru_cache(4096)
def _cell(character: str) -> str:
    if character.isascii():
        return character
    width = get_character_cell_size(character)
    plain = ASCII.get(character)
    if plain is None:
        bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        plain = bare[:width] or UNKNOWN * width
    return plain[:width].ljust(width)


class PlainSigns(LineFilter):
    """Lines in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, each as wide as before; the same list where nothing was to be done."""
        if all(segment.control or segment.text.isascii() for segment in segments):
            return segments
        return [s if s.control else Segment(_fitted(s.text), s.style) for s in segments]


def _fitted(text: str) -> str:
    plain = in_ascii(text)
    return plain if len(plain) == cell_len(text) else plain[: cell_len(text)].ljust(cell_len(text))
