"""The panel of the ears: what is shown in which room, what is said of a knob, the bar of the evidence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import Stage as App
from tests.support.stage import settings, staged
from voice_tui.audio.decibels import from_dbfs
from voice_tui.messages.agreed import SessionAgreed
from voice_tui.messages.intents import ChangeSetting, Request, SelectPreset
from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, Question, change
from voice_tui.messages.noise import NoiseChanged, SetNoise
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Ack, LevelMeasured, Row, RowChanged, SettingsChanged
from voice_tui.messages.turns import EchoMeasured, FrontEndChanged
from voice_tui.settings.tuned import KnobSet, TunedFile, read
from voice_tui.ui.common.slider import LABEL_CELLS, MARK_CELLS, choice_parts
from voice_tui.ui.common.wording import wrap
from voice_tui.ui.console.deciders import decider, remark
from voice_tui.ui.console.gauge import LABEL_CELLS as GAUGE_LABEL
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


# ---- choices


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
        said = str(voice.help.render())
        assert said.startswith("? Higher: fewer noises cut it off, voices later.")
        assert said.endswith("1.0 to 12.0 (was 6.0)")
        await stage.pilot.press("delete")
        assert str(voice.help.render()).endswith("1.0 to 12.0")
        assert stage.sent() == [ChangeSetting("sureness", 6.5), ChangeSetting("sureness", 6.0)]


async def test_where_the_panel_is_low_the_range_stands_in_its_border() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        await stage.pilot.press("tab", "right")
        assert str(voice.border_title) == "Ears · sureness 1.0 to 12.0 (was 6.0)"
        assert str(voice.help.render()) == "? Higher: fewer noises cut it off, voices later."
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
                said = str(voice.help.render())
                assert len(wrap(said, voice.help.content_size.width)) <= 2, said
                assert slider.was in said


async def test_pointing_at_a_knob_says_the_same_below_and_not_over_the_others() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        await stage.pilot.hover(voice.sliders["duck_gain"])
        assert "stays louder" in str(voice.help.render())
        assert voice.sliders["duck_gain"].tooltip is None


async def test_what_the_endpoint_lacks_is_struck_through_with_the_reason_on_focus() -> None:
    async with staged() as stage:
        preset, why = PRESETS["natural"], "this endpoint answers by itself"
        await stage.say(SettingsChanged("natural", preset.settings, preset.knobs, lacking={"acknowledge": why}))
        voice = stage.app.console_screen.voice
        slider = voice.sliders["acknowledge"]
        assert any(segment.style and segment.style.strike for segment in slider.render_line(0))
        slider.focus()
        await stage.pilot.pause()
        assert str(voice.help.render()) == "? This endpoint answers by itself."


# ---- the evidence


async def test_the_evidence_has_its_threshold_and_holds_its_peak() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        bar = stage.app.console_screen.voice.sureness
        await stage.say(LevelMeasured(-20, -20, 0.1, 1.0, sure=5.1))
        line = bar.render_line(0).text
        assert "5.1 of 6.0 to cut" in line
        assert "╎" in line
        assert "┃" not in line
        stage.seconds = 1.0
        await stage.say(LevelMeasured(-20, -20, 0.1, 1.1, sure=7.2))
        assert "7.2 of 6.0 to cut" in bar.render_line(0).text
        assert "┃" in bar.render_line(0).text
        stage.seconds = 2.0
        await stage.say(LevelMeasured(-20, -20, 0.1, 2.0, sure=0.0))
        assert "7.2 of 6.0 to cut" in bar.render_line(0).text, "it can be read after the cut"
        stage.seconds = 4.0
        bar.rest()
        assert "0.0 of 6.0 to cut" in bar.render_line(0).text


async def test_dragging_the_mark_of_the_evidence_is_moving_its_slider() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        bins = voice.sureness.bins
        await stage.pilot.mouse_down(voice.sureness, offset=(GAUGE_LABEL + bins.column(6.0), 0))
        await stage.pilot.hover(voice.sureness, offset=(GAUGE_LABEL + bins.column(9.0), 0))
        await stage.pilot.mouse_up(voice.sureness, offset=(GAUGE_LABEL + bins.column(9.0), 0))
        sent = [request for request in stage.sent() if isinstance(request, ChangeSetting)]
        assert {request.name for request in sent} == {"sureness"}
        assert sent[-1].value == voice.sliders["sureness"].value == pytest.approx(9.0, abs=0.5)


async def test_the_number_of_a_level_is_the_peak_that_is_held() -> None:
    async with staged() as stage:
        meter = stage.app.console_screen.voice.meter
        await stage.say(LevelMeasured(-15, -90, from_dbfs(-15), 0.0))
        stage.seconds = 0.1
        await stage.say(LevelMeasured(-15, -30, from_dbfs(-15), 0.1))
        assert "-30 dBFS" in meter.render_line(1).text, "the first sound of either is told at once"
        stage.seconds = 0.5
        await stage.say(LevelMeasured(-50, -90, from_dbfs(-50), 0.5))
        line = meter.render_line(0).text
        assert "-15 dBFS" in line
        assert line[GAUGE_LABEL + meter.bins.column(-15)] == "▏"


async def test_where_the_panel_is_low_the_echo_stands_in_its_border() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(settings("natural"), FrontEndChanged(echo_cancellation=True), EchoMeasured(38.0, 62.0))
        assert str(stage.app.console_screen.voice.border_subtitle) == "echo removed 38 dB,  62 ms"


def test_every_knob_has_a_question_and_a_sentence_that_fits_the_panel() -> None:
    for knob in KNOBS.values():
        assert knob.question in Question
        assert knob.help.count(".") == 1
        assert len(knob.label) < LABEL_CELLS


# ---- what is done with all knobs


async def obey(stage: App, preset: str = "natural") -> list[Request]:
    """Let the voice side do what was asked, one request after the other."""
    sent = stage.sent()
    told = stage.app.state.last(SettingsChanged)
    now = told.settings if told.preset == preset else PRESETS[preset].settings
    for request in sent:
        if isinstance(request, ChangeSetting):
            now = change(now, request.name, request.value)
            await stage.say(SettingsChanged(preset, now, PRESETS[preset].knobs))
    return sent


async def test_a_move_is_undone_and_redone_by_key_while_typing_and_by_mouse() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        sureness = stage.app.console_screen.voice.sliders["sureness"]
        sureness.focus()
        await stage.pilot.press("right")
        await obey(stage)
        await stage.pilot.press("u")
        assert await obey(stage) == [ChangeSetting("sureness", 6.0)]
        await stage.pilot.press("U")
        assert await obey(stage) == [ChangeSetting("sureness", 6.5)]
        await stage.pilot.press("escape", "enter", "ctrl+z")
        assert await obey(stage) == [ChangeSetting("sureness", 6.0)]
        line = stage.app.console_screen.voice.deed_line
        await stage.pilot.click(line, offset=(line.render().plain.index("U redo"), 0))
        assert await obey(stage) == [ChangeSetting("sureness", 6.5)]


async def test_one_key_changes_between_two_sets_and_the_line_says_which() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        line = stage.app.console_screen.voice.deed_line
        assert "B A/B" in line.render().plain
        await stage.pilot.press("escape", "B")
        assert "A [B]" in line.render().plain
        stage.app.console_screen.voice.sliders["sureness"].focus()
        await stage.pilot.press("right")
        await obey(stage)
        await stage.pilot.press("B")
        assert await obey(stage) == [ChangeSetting("sureness", 6.0)]
        assert "[A] B" in line.render().plain


async def test_what_is_saved_is_written_and_is_where_the_knob_was(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    async with staged(tuned_file=file) as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        voice.sliders["sureness"].focus()
        await stage.pilot.press("right")
        await obey(stage)
        assert str(voice.help.render()).endswith("(was 6.0)")
        await stage.pilot.press("s")
        assert str(voice.help.render()).endswith("1.0 to 12.0")
    again, problems = read(tmp_path / "tuned.toml")
    assert problems == []
    assert again.knobs["natural"].sureness == 6.5
    assert again.start == {"preset": "natural", "theme": "studio"}


async def test_all_knobs_are_put_back_at_once() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        for name in ("sureness", "confirm"):
            voice.sliders[name].focus()
            await stage.pilot.press("right")
        await obey(stage)
        await stage.pilot.press("0")
        assert await obey(stage) == [ChangeSetting("confirm", 0), ChangeSetting("sureness", 6.0)]


async def test_with_a_knob_in_hand_y_copies_what_the_server_has_taken() -> None:
    update = '{"type": "session.update", "session": {"type": "realtime", "audio": {}}}'
    async with staged() as stage:
        await stage.say(settings("natural"), RowChanged(Row("a", "user", "You", "hello"), None))
        voice = stage.app.console_screen.voice
        voice.sliders["sureness"].focus()
        await stage.pilot.press("y")
        assert stage.app.clipboard == "hello", "the server has taken nothing yet"
        await stage.say(SessionAgreed(update))
        await stage.pilot.press("y")
        assert json.loads(stage.app.clipboard) == json.loads(update)
        await stage.app.run_action("screen.knobs('copy-python')")
        assert "AsyncOpenAI" in stage.app.clipboard
        assert "sureness 6.0" in stage.app.clipboard
        await stage.app.run_action("screen.knobs('copy-javascript')")
        assert "OpenAIRealtimeWS" in stage.app.clipboard
        await stage.pilot.press("escape", "y")
        assert stage.app.clipboard == "hello"


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


async def test_what_the_last_sweep_recommends_is_applied_and_saved_by_one_key(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    file.recommend(KnobSet("server-vad", change(PRESETS["server-vad"].settings, "silence_duration_ms", 300)))
    async with staged(tuned_file=file) as stage:
        await stage.say(settings("natural"))
        await stage.pilot.press("escape", "A")
        sent = stage.sent()
        assert sent[0] == SelectPreset("server-vad")
        assert ChangeSetting("silence_duration_ms", 300) in sent
        saved, problems = read(tmp_path / "tuned.toml")
        assert (saved.start["preset"], saved.knobs["server-vad"].silence_duration_ms, problems) == (
            "server-vad",
            300,
            [],
        )


async def test_what_stands_still_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await stage.say(settings("natural"), FrontEndChanged(echo_cancellation=True), NoiseChanged("hiss", None))
        voice = stage.app.console_screen.voice
        drawn: list[str] = []
        for widget in voice.walk_children():
            name = widget.id or type(widget).__name__
            monkeypatch.setattr(widget, "refresh", lambda *_, name=name, **__: drawn.append(name))
        for number in range(60):  # two seconds of a silent room
            stage.seconds += 1 / 30
            await stage.say(LevelMeasured(-90, -90, 0.0, number / 30))
            if number % 8 == 0:
                voice.rest()
        await stage.say(settings("natural"), FrontEndChanged(echo_cancellation=True))
        assert drawn == []


async def test_the_numbers_change_no_faster_than_they_can_be_read() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        levels, sums = set(), set()
        for number in range(30):  # a second in which everything rises
            stage.seconds = number / 30
            await stage.say(
                LevelMeasured(-40 + number, -45 + number, from_dbfs(-40 + number), number / 30, sure=number / 5)
            )
            levels.add(voice.meter.look.mic_db)
            sums.add(voice.sureness.look.peak)
        assert len(levels) <= 5
        assert len(sums) <= 11
