"""The gauges of the ears: levels, the evidence, and the thresholds that are dragged on them."""

from __future__ import annotations

import pytest

from tests.support.stage import settings, staged
from voice_tui.audio.decibels import from_dbfs
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.noise import NoiseChanged
from voice_tui.messages.talk import LevelMeasured
from voice_tui.messages.turns import FrontEndChanged
from voice_tui.ui.console.gauge import LABEL_CELLS


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
        await stage.pilot.mouse_down(voice.sureness, offset=(LABEL_CELLS + bins.column(6.0), 0))
        await stage.pilot.hover(voice.sureness, offset=(LABEL_CELLS + bins.column(9.0), 0))
        await stage.pilot.mouse_up(voice.sureness, offset=(LABEL_CELLS + bins.column(9.0), 0))
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
        assert line[LABEL_CELLS + meter.bins.column(-15)] == "▏"


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


async def test_dragging_the_mark_on_the_meter_is_moving_the_slider() -> None:
    async with staged() as stage:
        await stage.say(settings("step4-cancel"))
        console = stage.app.console_screen
        meter = console.voice.meter
        column = meter.bins.column(-20.0)
        await stage.pilot.mouse_down(meter, offset=(LABEL_CELLS + meter.bins.column(-34.0), 0))
        await stage.pilot.hover(meter, offset=(LABEL_CELLS + column, 0))
        await stage.pilot.mouse_up(meter, offset=(LABEL_CELLS + column, 0))
        sent = [request for request in stage.sent() if isinstance(request, ChangeSetting)]
        assert sent[-1].name == "interrupt_threshold"
        assert sent[-1].value == console.voice.sliders["interrupt_threshold"].value == pytest.approx(0.1, abs=0.03)
        assert meter.bins.column(meter.marks["interrupt_threshold"]) == column


async def test_server_presets_draw_no_threshold_on_the_decibel_scale() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        meter = stage.app.console_screen.voice.meter
        assert meter.marks == {}
        await stage.pilot.click(meter, offset=(LABEL_CELLS + 3, 0))
        assert stage.sent() == []


async def test_peaks_hold_then_fall_and_a_stalled_microphone_falls_silent() -> None:
    async with staged() as stage:
        meter = stage.app.console_screen.voice.meter
        await stage.say(LevelMeasured(-10, -90, from_dbfs(-10), 0.0))
        assert meter.look.mic_db == -10
        high = meter.look.mic_peak
        stage.seconds = 0.9
        await stage.say(LevelMeasured(-50, -90, from_dbfs(-50), 0.9))
        assert meter.look.mic_peak == high
        stage.seconds = 2.0
        await stage.say(LevelMeasured(-50, -90, from_dbfs(-50), 2.0))
        assert meter.look.mic_peak == meter.bins.column(-30)
        stage.seconds = 3.0
        meter.rest()
        assert meter.look.mic == 0
