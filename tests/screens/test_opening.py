"""What a screen takes to open: styles, layouts and paints, counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from textual._compositor import Compositor, LayoutUpdate, ReflowResult
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tests.screens.paints import live
from tests.support.stage import staged
from voice_tui.ui.common.lines import LinesPane
from voice_tui.ui.help.screen import Help, HelpText
from voice_tui.ui.places import SCREENS, kind_of


async def test_after_the_start_no_key_makes_the_styles_of_what_is_there_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        stage.app.read_styles()
        monkeypatch.delattr(Stylesheet, "reparse")
        for key in ("f1", "f5", "f10", "alt+k", "alt+w", "ctrl+p"):
            await stage.pilot.press(key)
            assert stage.app.screen is not stage.app.console_screen
            await stage.pilot.press("escape")
            assert stage.app.screen is stage.app.console_screen


async def test_a_screen_that_opens_makes_its_styles_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        stage.app.read_styles()
        made: Counter[str] = Counter()
        apply = Stylesheet.apply

        def note(sheet: Stylesheet, node: DOMNode, **more: Any) -> None:
            if node.id in ("top-line", "status", "key-line", "entries", "meaning"):
                made[node.id] += 1
            apply(sheet, node, **more)

        monkeypatch.setattr(Stylesheet, "apply", note)
        await stage.pilot.press("f1")
        assert made == dict.fromkeys(("top-line", "status", "key-line"), 1)
        await stage.pilot.press("escape")
        made.clear()
        await stage.pilot.press("ctrl+p")
        assert made == {"entries": 1, "meaning": 1}


async def test_a_screen_that_opens_is_drawn_before_its_timer_has_ticked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        stage.app.read_styles()
        seen: list[tuple[str, bool]] = []
        tick, full = Timer._tick, Compositor.render_full_update
        ticked: set[object] = set()

        async def note_tick(timer: Timer, **when: Any) -> None:
            ticked.add(timer)
            await tick(timer, **when)

        def note_full(compositor: Compositor, **more: Any) -> LayoutUpdate:
            screen = stage.app.screen
            seen.append((type(screen).__name__, screen._update_timer in ticked))
            return full(compositor, **more)

        monkeypatch.setattr(Timer, "_tick", note_tick)
        monkeypatch.setattr(Compositor, "render_full_update", note_full)
        for key, kind in (("f1", "Help"), ("ctrl+p", "Palette"), ("f5", "WhyScreen")):
            await stage.pilot.press(key)
            assert next(each for each in seen if each[0] == kind) == (kind, False)
            await stage.pilot.press("escape")


ELSEWHERE = {"talk", "words", "editor", "enrolment"}  # over another screen, or in a replay


@pytest.mark.parametrize("name", sorted(SCREENS.keys() - ELSEWHERE))
async def test_every_screen_that_opens_comes_to_the_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        shown: set[Screen[Any]] = set()
        display = App._display

        def note(app: App[Any], screen: Screen[Any], renderable: Any) -> None:
            shown.add(screen)
            display(app, screen, renderable)

        monkeypatch.setattr(App, "_display", note)
        stage.app.action_open(name)
        await stage.pilot.pause(0.1)
        assert isinstance(stage.app.screen, kind_of(name))
        assert stage.app.screen in shown


@pytest.mark.parametrize("key", ["f1", "f5", "ctrl+p"])
async def test_a_screen_that_opens_is_laid_out_twice_before_it_is_drawn(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged() as stage:
        await live(stage)
        stage.app.read_styles()
        laid_out: list[Compositor] = []
        reflow = Compositor.reflow

        def note(compositor: Compositor, *given: Any) -> ReflowResult:
            laid_out.append(compositor)
            return reflow(compositor, *given)

        monkeypatch.setattr(Compositor, "reflow", note)
        before: dict[Compositor, int] = {}  # how often, when it was drawn first
        full = Compositor.render_full_update

        def note_full(compositor: Compositor, **more: Any) -> LayoutUpdate:
            before.setdefault(compositor, laid_out.count(compositor))
            return full(compositor, **more)

        monkeypatch.setattr(Compositor, "render_full_update", note_full)
        await stage.pilot.press(key)
        assert 1 <= before[stage.app.screen._compositor] <= 2, "once for the sizes, once for what is in them"


@pytest.mark.parametrize("name", ["why", "latency", "cost"])
async def test_lines_are_there_when_their_frame_is_drawn_first(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        there: list[bool] = []
        full = Compositor.render_full_update

        def note(compositor: Compositor, **more: Any) -> LayoutUpdate:
            if isinstance(stage.app.screen, kind_of(name)):
                there.append(bool(stage.app.screen.query_one(LinesPane)._wrapped))
            return full(compositor, **more)

        monkeypatch.setattr(Compositor, "render_full_update", note)
        stage.app.action_open(name)
        await stage.pilot.pause()
        assert there
        assert all(there)


async def test_help_draws_the_lines_that_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        drawn_lines: set[int] = set()
        line = HelpText.render_line

        def note(text: HelpText, y: int) -> Strip:
            drawn_lines.add(y)
            return line(text, y)

        monkeypatch.setattr(HelpText, "render_line", note)
        await stage.pilot.press("f1")
        assert isinstance(stage.app.screen, Help)
        text = stage.app.screen.query_one(HelpText)
        assert drawn_lines <= set(range(36))
        every = [line(text, y) for y in range(text.size.height)]
        whole = [Widget.render_line(text, y) for y in range(text.size.height)]
        assert [strip.text.rstrip() for strip in every] == [strip.text.rstrip() for strip in whole]
        assert [list(strip) for strip in every] == [list(strip) for strip in whole], "what can be selected, too"
