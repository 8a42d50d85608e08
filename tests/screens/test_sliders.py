"""A slider: moved by keys and by mouse, choices among words, and what does not act."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import settings, staged
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.presets import PRESETS
from voice_tui.ui.common.slider import LABEL_CELLS, MARK_CELLS, choice_parts


@given(st.lists(st.text("abc", min_size=1, max_size=8), min_size=2, max_size=6), st.data(), st.integers(3, 60))
def test_choices_stand_still_and_fit(words: list[str], data: st.DataObject, cells: int) -> None:
    lines = ["".join(choice_parts(tuple(words), chosen, cells)) for chosen in range(len(words))]
    assert all(len(line) <= cells for line in lines)
    if not lines[0].startswith("‹"):
        assert len({re.sub(r"[\[\]▸]", " ", line) for line in lines}) == 1
        chosen = data.draw(st.integers(0, len(words) - 1))
        assert f"[{words[chosen]}]" in lines[chosen] or f"▸{words[chosen]} " in lines[chosen]
        assert not re.search(r"\w[\[\]]\w|\w[\[]|[\]]\w", lines[chosen]), "no sign touches what it is not about"


async def test_a_choice_is_made_by_key_and_by_mouse() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        slider = stage.app.console_screen.voice.sliders["acknowledge"]
        assert " nothing [brief] sorry " in slider.render_line(0).text
        track = MARK_CELLS + LABEL_CELLS
        line = slider.render_line(0).text
        await stage.pilot.click(slider, offset=(line.index("sorry") + 1, 0))
        await stage.pilot.click(slider, offset=(track + 1, 0))
        slider.focus()
        await stage.pilot.press("right", "left", "left")
        assert [r.value for r in stage.sent() if isinstance(r, ChangeSetting)] == [2, 0, 1, 0]


async def test_a_slider_moves_by_keys_and_says_so_at_once() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        await stage.pilot.press("tab", "tab")
        slider = stage.app.console_screen.voice.sliders["threshold"]
        assert slider.has_focus
        await stage.pilot.press("right", "left", "shift+right", "ctrl+left", "home", "left", "end")
        values = [0.55, 0.5, 0.6, 0.5, 0.0, 1.0]
        assert stage.sent() == [ChangeSetting("threshold", value) for value in values]
        await stage.pilot.press("down", "pageup")
        assert stage.sent() == [ChangeSetting("prefix_padding_ms", 400)]


async def test_a_slider_moves_by_mouse_and_is_told_without_echo() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        slider = stage.app.console_screen.voice.sliders["silence_duration_ms"]
        track = MARK_CELLS + LABEL_CELLS
        await stage.pilot.mouse_down(slider, offset=(track, 0))
        await stage.pilot.hover(slider, offset=(track + slider.points.cells + 6, 0))
        await stage.say(settings("server-vad"))  # an older state must not pull it out of the hand
        assert slider.value == 2000
        await stage.pilot.mouse_up(slider, offset=(track + slider.points.cells + 6, 0))
        assert stage.sent() == [ChangeSetting("silence_duration_ms", 100), ChangeSetting("silence_duration_ms", 2000)]
        await stage.say(settings("server-vad"))
        assert slider.value == 500
        assert stage.sent() == []


async def test_knobs_that_do_not_act_fold_away_and_pass_the_focus_on() -> None:
    async with staged() as stage:
        await stage.say(settings("step4-cancel"))
        voice = stage.app.console_screen.voice
        slider = voice.sliders["debounce_ms"]
        slider.focus()
        await stage.pilot.press("right")
        assert stage.sent() == [ChangeSetting("debounce_ms", 10)]
        await stage.say(settings("server-vad"))
        assert {name for name, each in voice.sliders.items() if each.display} == (
            PRESETS["server-vad"].knobs & voice.sliders.keys()
        )
        assert stage.app.focused is not slider
        assert stage.app.focused is not None
        assert stage.app.focused.display
