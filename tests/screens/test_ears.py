"""The panel of the ears: what is shown in which room, what is said of a knob, who decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import settings, staged
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, Question
from voice_tui.messages.noise import NoiseChanged, SetNoise
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Ack, SettingsChanged
from voice_tui.messages.turns import EchoMeasured, FrontEndChanged
from voice_tui.ui.common.slider import LABEL_CELLS
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.console.deciders import decider, remark
from voice_tui.ui.console.room import headings, ranked, shown

NATURAL = PRESETS["natural"].knobs - set(LATENCY_KNOBS)


# ---- what there is room for


def test_the_policys_knobs_come_first_and_the_rest_follows_by_question() -> None:
    order = ranked(NATURAL)
    assert order[:6] == [
        "sureness", "duck_gain", "silence_duration_ms", "confirm", "acknowledge", "threshold"
    ]  # fmt: skip
    assert order[-1] == "patience_s"


@given(st.integers(0, 40), st.sampled_from(sorted(PRESETS)), st.booleans(), st.integers(0, 4), st.data())
def test_what_is_shown_has_room_and_nothing_is_lost(
    rows: int, name: str, headed: bool, extras: int, data: st.DataObject
) -> None:
    acting = PRESETS[name].knobs - set(LATENCY_KNOBS)
    turned = data.draw(st.sets(st.sampled_from(sorted(acting))))
    got = shown(rows, acting, turned, headed=headed, tells=headed, extras=extras)
    assert got.knobs.isdisjoint(got.folded)
    assert got.knobs.union(got.folded) == acting
    heads = headings(got.knobs) if got.headings else 0
    used = len(got.knobs) + heads * (1 + got.airy) + extras * got.extras + (headed and bool(got.folded))
    assert used <= rows or not got.knobs
    if got.folded:
        assert not turned - got.knobs or turned >= got.knobs, "what was turned is the last that folds"


def test_three_knobs_have_room_beside_the_gauges() -> None:
    got = shown(3, NATURAL, (), headed=False, tells=False)
    assert got.knobs == {"sureness", "duck_gain", "silence_duration_ms"}
    assert len(got.folded) == len(NATURAL) - 3


def test_where_there_is_no_room_for_headings_the_knobs_stay() -> None:
    assert shown(6, NATURAL, (), headed=True, tells=True).headings
    got = shown(5, NATURAL, (), headed=True, tells=True)
    assert not got.headings
    assert len(got.knobs) == 4


# ---- who decides


@pytest.mark.parametrize(
    ("preset", "ends", "over"),
    [
        ("natural", "✓ server has it", "decided here"),
        ("server-vad", "✓ server has it", "the server decides"),
        ("push-to-talk", "your key decides", "your key decides"),
        ("step1-fixed-window", "after its fixed time", "you are not heard then"),
        ("step3-detect", "decided here", "noticed here, and let be"),
        ("step4-cancel", "decided here", "decided here"),
    ],
)
def test_each_question_says_who_decides(preset: str, ends: str, over: str) -> None:
    notice = settings(preset, Ack.ACKNOWLEDGED)
    assert decider(Question.TURN_END, notice)[0] == ends
    assert decider(Question.OVER_IT, notice)[0] == over


def test_a_refusal_is_said_with_its_reason() -> None:
    preset = PRESETS["natural"]
    notice = SettingsChanged("natural", preset.settings, preset.knobs, Ack.REJECTED, "silence: out of range")
    assert decider(Question.TURN_END, notice)[0] == "✗ server refused"
    assert remark(notice) == "The server refused: silence: out of range"


# ---- the panel


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_policys_knobs_are_in_sight_and_no_scroll_bar_stands_over_the_numbers(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        await stage.say(settings("natural"), FrontEndChanged(echo_cancellation=True))
        voice = stage.app.console_screen.voice
        knobs = voice.query_one("#knobs")
        for name in ("sureness", "duck_gain", "silence_duration_ms"):
            assert voice.sliders[name].display
            assert voice.sliders[name].region.bottom <= knobs.region.bottom
        assert not knobs.show_vertical_scrollbar
        await stage.pilot.press("escape", "m")
        shown_now = [name for name in NATURAL if voice.sliders[name].display]
        assert set(shown_now) == set(NATURAL)
        if size[0] < 200:  # there all have room anyway
            assert "fewer" in (voice.deed_line if size[0] < 100 else voice.more).render().plain
        if size == (80, 24):
            assert knobs.show_vertical_scrollbar
            assert voice.sliders["sureness"].region.right <= knobs.region.right - 1
            await stage.pilot.press("m")
            assert "m 10 more" in voice.deed_line.render().plain


async def test_the_focused_knob_says_what_it_does_its_range_and_where_it_was() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        await stage.pilot.press("tab", "right")
        assert voice.sliders["sureness"].has_focus
        said = voice.help.seen
        assert said.startswith("? Higher: fewer noises cut it off, voices later.")
        assert said.endswith("1.0 to 12.0 (was 6.0)")
        await stage.pilot.press("delete")
        assert voice.help.seen.endswith("1.0 to 12.0")
        assert stage.sent() == [ChangeSetting("sureness", 6.5), ChangeSetting("sureness", 6.0)]


async def test_where_the_panel_is_low_the_range_stands_in_its_border() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        await stage.pilot.press("tab", "right")
        assert str(voice.border_title) == "Ears · sureness 1.0 to 12.0 (was 6.0)"
        assert voice.help.seen == "? Higher: fewer noises cut it off, voices later."
        await stage.pilot.press("m")
        assert voice.sliders["immunity_ms"].display
        await stage.pilot.press("escape")
        assert str(voice.border_title) == "Ears"


@pytest.mark.parametrize("preset", sorted(PRESETS))
async def test_every_sentence_has_room_with_where_the_knob_was(preset: str) -> None:
    async with staged() as stage:
        await stage.say(settings(preset))
        voice = stage.app.console_screen.voice
        await stage.pilot.press("escape", "m")
        for name, slider in voice.sliders.items():
            if name in PRESETS[preset].knobs:
                slider.focus()
                slider.value = slider.knob.high if slider.value != slider.knob.high else slider.knob.low
                await stage.pilot.pause()
                voice._help()
                said = voice.help.seen
                assert len(wrap(said, voice.help.content_size.width)) <= 2, said
                assert slider.was in said


async def test_pointing_at_a_knob_says_the_same_below_and_not_over_the_others() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        await stage.pilot.hover(voice.sliders["duck_gain"])
        assert "stays louder" in voice.help.seen
        assert voice.sliders["duck_gain"].tooltip is None


async def test_what_the_endpoint_lacks_is_struck_through_with_the_reason_on_focus() -> None:
    async with staged() as stage:
        preset, why = PRESETS["natural"], "this endpoint answers by itself"
        await stage.say(SettingsChanged("natural", preset.settings, preset.knobs, lacking={"acknowledge": why}))
        voice = stage.app.console_screen.voice
        slider = voice.sliders["acknowledge"]
        struck = [segment.text for segment in slider.render_line(0) if segment.style and segment.style.strike]
        assert struck == ["then it says", "nothing", "sorry"], "words, and no line through the room between them"
        slider.focus()
        await stage.pilot.pause()
        assert voice.help.seen == "? This endpoint answers by itself."


async def test_where_the_panel_is_low_the_echo_stands_in_its_border() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(settings("natural"), FrontEndChanged(echo_cancellation=True), EchoMeasured(38.0, 62.0))
        assert str(stage.app.console_screen.voice.border_subtitle) == "echo removed 38 dB,  62 ms"


def test_every_knob_has_a_question_and_a_sentence_that_fits_the_panel() -> None:
    for knob in KNOBS.values():
        assert knob.question in Question
        assert knob.help.count(".") == 1
        assert len(knob.label) < LABEL_CELLS


async def test_the_noise_of_another_room_is_a_knob_with_its_name() -> None:
    async with staged((200, 60)) as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        assert not voice.sliders["noise"].display
        await stage.say(NoiseChanged("call-centre.wav", None))
        assert voice.sliders["noise"].display
        assert "call-centre.wav" in str(voice.questions[Question.ROOM].render())
        assert "off" in voice.sliders["noise"].render_line(0).text
        voice.sliders["noise"].focus()
        await stage.pilot.press("right")
        assert stage.sent() == [SetNoise(40.0)]
        await stage.say(NoiseChanged("call-centre.wav", 10.0))
        assert "-10 dB" in voice.sliders["noise"].render_line(0).text
        await stage.say(settings("server-vad"))
        assert voice.sliders["noise"].display, "it belongs to no preset"
        assert "call-centre.wav" in str(voice.questions[Question.ROOM].render())
