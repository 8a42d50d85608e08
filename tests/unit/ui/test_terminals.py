"""Terminals with less: ASCII in the same cells, and a colour of its own for each role."""

from __future__ import annotations

import ast
import unicodedata
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from voice_tui.ui.common.plain_signs import ASCII, PlainSigns, in_ascii, speaks_unicode
from voice_tui.ui.common.sixteen import TOLD_APART, SixteenColours, apart, numbers_of
from voice_tui.ui.themes import load_themes, packaged_folder

BLACK = Color(0, 0, 0)
UI = Path(__file__).parents[3] / "voice_tui"
THEMES = load_themes((packaged_folder(),)).themes


@given(st.text(max_size=40))
def test_every_cell_stays_where_it_was(text: str) -> None:
    clean = "".join(c for c in text if c.isprintable())
    (segment,) = PlainSigns().apply([Segment(clean)], BLACK)
    assert segment.text.isascii()
    assert cell_len(segment.text) == cell_len(clean)


def test_letters_lose_their_accents_and_what_has_no_letter_is_a_question_mark() -> None:
    assert in_ascii("Café – 日本 ✂ 135 ms … ▂▅█") == "Cafe - ???? x 135 ms ~ .+#"
    assert in_ascii("plain") == "plain"


def test_every_sign_of_the_screens_has_one_in_ascii() -> None:
    lost: set[str] = set()
    for folder in ("ui", "why", "messages"):
        for path in (UI / folder).rglob("*.py"):
            if path.name == "plain_signs.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    lost |= {
                        c
                        for c in node.value
                        if unicodedata.category(c)[0] == "S" and cell_len(c) == 1 and not c.isascii()
                    } - set(ASCII)
    assert not lost
    assert all(len(plain) == cell_len(sign) and plain.isascii() for sign, plain in ASCII.items())


def test_levels_keep_their_order_in_ascii() -> None:
    assert len({in_ascii(block) for block in "▁▂▃▄▅▆▇█"}) == 8


@pytest.mark.parametrize(
    ("environment", "unicode"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "en_GB.UTF-8", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, False),
        ({"LC_ALL": "C.utf8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "en_GB.UTF-8", "TERM": "linux"}, False),
    ],
)
def test_the_locale_and_the_terminal_say_whether_there_are_signs(environment: dict[str, str], unicode: bool) -> None:
    assert speaks_unicode(environment) is unicode


@pytest.mark.parametrize("name", THEMES)
def test_on_sixteen_colours_no_two_roles_share_one_and_none_is_that_of_the_ground(name: str) -> None:
    theme = THEMES[name]
    numbers = numbers_of(theme)
    assert theme.foreground is not None
    assert theme.background is not None
    hues = [theme.variables[role] for role in ("you", "assistant", "interruption", "muted")]
    shown = [numbers[Color.parse(hue).rgb] for hue in (*hues, theme.primary, theme.foreground, theme.background)]
    assert len(set(shown)) == len(shown)


@given(st.sampled_from(list(THEMES)), st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_whatever_is_mixed_can_be_told_from_its_ground(name: str, front: int, back: int) -> None:
    style = Style(color=f"#{front:06x}", bgcolor=f"#{back:06x}", bold=True)
    (segment,) = SixteenColours(lambda: THEMES[name]).apply([Segment("x", style)], BLACK)
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.bgcolor is not None
    assert {segment.style.color.type, segment.style.bgcolor.type} == {ColorType.STANDARD}
    assert segment.style.bold
    assert apart(*pair(SixteenColours(lambda: THEMES[name]), f"#{front:06x}", f"#{back:06x}")) >= TOLD_APART


def pair(filters: SixteenColours, front: str, back: str) -> tuple[int, int]:
    """The numbers of the terminal's colours in place of two others."""
    (segment,) = filters.apply([Segment("x", Style(color=front, bgcolor=back))], BLACK)
    colours = (segment.style.color, segment.style.bgcolor) if segment.style else ()
    ink, ground = (colour.number for colour in colours if colour is not None)
    assert ink is not None
    assert ground is not None
    return ink, ground


@pytest.mark.parametrize("name", THEMES)
def test_on_sixteen_colours_every_role_is_read_on_every_ground_of_the_theme(name: str) -> None:
    theme = THEMES[name]
    filters = SixteenColours(lambda: theme)
    inks = [*theme.variables.values(), *(getattr(theme, colour) for colour in ("foreground", "primary", "error"))]
    grounds = [theme.background, theme.surface, theme.panel, theme.variables["row"], theme.primary]
    unread = {
        (ink, ground)
        for ink, ground in product(filter(None, inks), filter(None, grounds))
        if ink.startswith("#") and apart(*pair(filters, Color.parse(ink).hex, ground)) < TOLD_APART
    }
    assert not unread


def test_what_is_told_apart_is_told_apart_as_a_console_and_as_xterm_show_it() -> None:
    assert apart(0, 15) == apart(15, 0) == 21
    for front, back in ((3, 15), (4, 0), (9, 8), (6, 7), (12, 8), (14, 15)):  # yellow on white, dark blue on black …
        assert apart(front, back) < TOLD_APART


def test_colours_of_the_terminal_itself_stay() -> None:
    style = Style(color=RichColor.default())
    (segment,) = SixteenColours(lambda: THEMES["studio"]).apply(
        [
            Segment("x", style),
        ],
        BLACK,
    )
    assert segment.style == style
