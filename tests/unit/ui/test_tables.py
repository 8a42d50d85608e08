"""Themes and wording: the tables agree with themselves."""

from __future__ import annotations

from itertools import combinations
from math import dist
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.color import Color

from voice_tui.messages.link import Link
from voice_tui.messages.talk import Ack, Phase
from voice_tui.ui.common.wording import ACK_SIGN, LINK_LOOK, PHASE_LOOK, beginning, clock, shorten, thousands
from voice_tui.ui.themes import DEFAULT_THEME, contrast, load_themes, packaged_folder

PACKAGED = load_themes((packaged_folder(),))


def test_the_packaged_themes_are_right() -> None:
    assert PACKAGED.errors == []
    assert DEFAULT_THEME in PACKAGED.themes
    assert len(PACKAGED.themes) >= 6
    assert {theme.dark for theme in PACKAGED.themes.values()} == {True, False}


@pytest.mark.parametrize("name", PACKAGED.themes)
def test_every_text_colour_can_be_read(name: str) -> None:
    theme = PACKAGED.themes[name]
    least = 7.0 if name == "contrast" else 4.5  # WCAG AAA and AA
    for ground in (theme.background, theme.surface):
        for hue in ("you", "assistant", "interruption", "muted", "error", "success", "warning", "foreground"):
            ink = theme.variables.get(hue) or getattr(theme, hue)
            assert contrast(Color.parse(ink), Color.parse(str(ground))) >= least, f"{hue} on {ground}"


@pytest.mark.parametrize("name", PACKAGED.themes)
def test_every_text_can_be_read_in_the_line_under_the_cursor_and_that_line_is_seen(name: str) -> None:
    theme = PACKAGED.themes[name]
    ground = Color.parse(theme.variables["row"])
    for hue in ("you", "assistant", "interruption", "muted", "error", "success", "warning", "foreground", "accent"):
        ink = Color.parse(theme.variables.get(hue) or getattr(theme, hue))
        assert contrast(ink, ground) >= 4.5, hue
    assert contrast(ground, Color.parse(str(theme.background))) > 1.2


def test_contrast_is_that_of_the_wcag() -> None:
    white, black, grey = (Color.parse(each) for each in ("#ffffff", "#000000", "#777777"))
    assert contrast(white, black) == contrast(black, white) == pytest.approx(21.0)
    assert contrast(grey, white) == pytest.approx(4.48, abs=0.01)
    assert contrast(grey, grey) == 1.0


@pytest.mark.parametrize("name", ["", " ", "two\\nlines", "\\u001b[31mred"])
def test_a_name_that_cannot_stand_in_a_list_is_none(tmp_path: Path, name: str) -> None:
    studio = (packaged_folder() / "studio.toml").read_text(encoding="utf-8")
    (tmp_path / "a.toml").write_text(studio.replace('"studio"', f'"{name}"'), encoding="utf-8")
    found = load_themes((tmp_path,))
    assert not found.themes
    (error,) = found.errors
    assert error.startswith("a.toml: name: ")
    assert error.isprintable()


def test_all_errors_of_all_files_are_collected(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'name = 3\nfont = "x"\n[colors]\nprimary = "blurple"\nneon = "#fff"\nerror = 5\n', encoding="utf-8"
    )
    (tmp_path / "b.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "c.toml").write_text(
        (packaged_folder() / "studio.toml").read_text(encoding="utf-8").replace('"studio"', '"mine"'), encoding="utf-8"
    )
    found = load_themes((tmp_path, tmp_path / "missing", None))
    assert list(found.themes) == ["mine"]
    assert "a.toml: name: 3 is not allowed, give a text in quotes" in found.errors
    assert "a.toml: font: unknown, there are name, dark, colors, roles" in found.errors
    assert "a.toml: dark: missing" in found.errors
    assert "a.toml: roles: missing" in found.errors
    assert "a.toml: colors.primary: 'blurple' is no colour, give one like '#5fb4a2'" in found.errors
    assert "a.toml: colors.error: 5 is no colour, give one like '#5fb4a2'" in found.errors
    assert any(error.startswith("a.toml: colors.neon: unknown") for error in found.errors)
    assert any(error.startswith("b.toml: file: ") for error in found.errors)


def test_every_state_has_its_own_sign() -> None:
    assert set(LINK_LOOK) == set(Link)
    assert set(PHASE_LOOK) == set(Phase)
    assert set(ACK_SIGN) == set(Ack)
    for signs in ([s for s, _ in LINK_LOOK.values()], [s for s, _ in PHASE_LOOK.values()], list(ACK_SIGN.values())):
        assert len(signs) == len(set(signs))


def test_numbers_are_said_briefly() -> None:
    assert [thousands(n) for n in (0, 999, 1000, 9999, 123_456)] == ["0", "999", "1.0k", "10.0k", "123k"]
    assert [clock(s) for s in (0, 192.9, 6000)] == ["00:00", "03:12", "100:00"]
    assert [shorten("日本語テキスト", n) for n in (14, 6, 1)] == ["日本語テキスト", "日本…", ""]


def test_what_is_shortened_ends_behind_a_word_unless_that_leaves_too_little() -> None:
    assert shorten("cancelled 61 in 70 out", 21) == "cancelled 61 in 70…"
    assert shorten("cancelled 61 in 70 out", 19) == "cancelled 61 in 70…"
    assert shorten("a wss://example.org/realtime", 20) == "a wss://example.org…"
    assert shorten("one · two", 8) == "one · t…", "half of the room would be empty"
    assert shorten("no microphone: type", 16) == "no microphone…"


@given(text=st.text(st.sampled_from("ab c 語"), min_size=1), width=st.integers(8, 40), lines=st.integers(1, 3))
def test_the_beginning_of_a_text_fits_and_is_its_beginning(text: str, width: int, lines: int) -> None:
    shown = beginning(text, width, lines)
    assert len(shown.split("\n")) <= lines
    assert all(cell_len(part) <= width for part in shown.split("\n"))
    said = "".join(shown.removesuffix("…").split())
    assert "".join(text.split()).startswith(said)
    assert shown.endswith("…") == (said != "".join(text.split()))


HUES_APART = 40.0
"""The least distance of two roles in the plane of CIE Lab's a and b and in its lightness: plainly another colour."""
SEEN_OTHERWISE = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""How linear red, green and blue are seen by who lacks one kind of cone (Machado, Oliveira and Fernandes, 2009)."""
PLAIN = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def _lab(hue: str, eyes: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in Color.parse(hue).normalized]
    red, green, blue = (min(1.0, max(0.0, sum(k * c for k, c in zip(row, linear, strict=True)))) for row in eyes)
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _nearest(name: str, eyes: tuple[tuple[float, ...], ...]) -> float:
    labs = [_lab(PACKAGED.themes[name].variables[role], eyes) for role in ("you", "assistant", "interruption")]
    return min(dist(one, other) for one, other in combinations(labs, 2))


@pytest.mark.parametrize("name", PACKAGED.themes)
def test_who_speaks_and_what_was_cut_have_hues_that_are_plainly_apart(name: str) -> None:
    assert _nearest(name, PLAIN) >= HUES_APART


@pytest.mark.parametrize("eyes", SEEN_OTHERWISE)
def test_one_theme_keeps_them_apart_for_every_kind_of_colour_blindness(eyes: str) -> None:
    assert _nearest("okabe", SEEN_OTHERWISE[eyes]) >= HUES_APART
