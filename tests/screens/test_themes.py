"""Themes in the running application: read again when they are saved, survived when they are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.stage import lines, staged
from voice_tui.ui.common.sixteen import SixteenColours
from voice_tui.ui.themes import packaged_folder
from voice_tui.ui.wardrobe import Wardrobe


def harbour(folder: Path, you: str, at: int) -> Path:
    """A theme of the user's, saved at a second."""
    text = (packaged_folder() / "studio.toml").read_text(encoding="utf-8")
    path = folder / "harbour.toml"
    path.write_text(text.replace('"studio"', '"harbour"').replace('you = "#58c4b0"', f'you = "{you}"'), "utf-8")
    os.utime(path, (at, at))
    return path


async def test_a_theme_that_is_saved_is_worn_at_once_and_a_wrong_one_is_survived(tmp_path: Path) -> None:
    path = harbour(tmp_path, "#00ff00", 1)
    async with staged(themes_folder=tmp_path) as stage:
        app = stage.app
        app.theme = "harbour"
        await stage.say(*lines(1))

        def hue() -> str:
            style = next(iter(app.console_screen.transcript.render_line(0))).style
            assert style is not None
            assert style.color is not None
            return style.color.name

        await stage.pilot.pause()
        assert hue() == "#00ff00"
        harbour(tmp_path, "#0000ff", 2)
        app._look_at_themes()
        await stage.pilot.pause()
        assert hue() == "#0000ff"
        harbour(tmp_path, "teal-ish", 3)
        app._look_at_themes()
        app._look_at_themes()
        await stage.pilot.pause()
        wrong = "harbour.toml: roles.you: 'teal-ish' is no colour, give one like '#5fb4a2'"
        assert stage.news().count(wrong) == 1
        assert hue() == "#0000ff"
        path.unlink()
        app._look_at_themes()
        assert app.theme == "harbour", "what one wears is not taken away"
        assert "harbour" in app.state.themes


async def test_nothing_is_read_while_no_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    harbour(tmp_path, "#00ff00", 1)
    async with staged(themes_folder=tmp_path) as stage:
        read: list[object] = []
        monkeypatch.setattr(Wardrobe, "_read", lambda self: read.append(self))
        for _ in range(5):
            stage.app._look_at_themes()
        assert not read


async def test_pictures_have_all_colours_whatever_terminal_they_are_taken_in() -> None:
    async with staged() as stage:
        assert not any(isinstance(each, SixteenColours) for each in stage.app.get_line_filters())


async def test_a_terminal_without_signs_gets_ascii_everywhere() -> None:
    async with staged((120, 36), plain_signs=True) as stage:
        await stage.say(*lines(2))
        for keys in ((), ("f1",), ("escape", "ctrl+p"), ("escape", "escape", "alt+k")):
            await stage.pilot.press(*keys)
            await stage.pilot.pause()
            text = "".join(strip.text for strip in stage.app.screen._compositor.render_strips())
            assert text.strip()
            assert text.isascii()
