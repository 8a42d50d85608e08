"""How turn notices are said and drawn, and what their keys ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tests.support.stage import Stage as App
from tests.support.stage import settings, staged
from voice_tui.audio.decibels import from_dbfs
from voice_tui.messages.link import DevicesChanged, Link, LinkChanged
from voice_tui.messages.measures import Origin
from voice_tui.messages.talk import (
    Ack,
    LevelMeasured,
    SpeechStarted,
    SwitchesChanged,
    Truncated,
)
from voice_tui.messages.turns import (
    DetectorsCompared,
    EchoMeasured,
    FrontEndChanged,
    InterruptionTimed,
    LedgerChanged,
    Stage,
    StageReached,
    SwitchFrontEnd,
)
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.console.ledger import ledger_bar
from voice_tui.ui.console.turn_wording import (
    detector_words,
    echo_words,
    engine_words,
    ledger_words,
)
from voice_tui.ui.why.screen import WhyScreen

CUT = (
    (Stage.ONSET, 0),
    (Stage.DUCK, 34),
    (Stage.CUT, 182),
    (Stage.QUIET, 201),
    (Stage.SERVER, 240),
    (Stage.CANCELLED, 262),
    (Stage.TRUNCATED, 290),
)


@given(
    st.lists(st.integers(0, 120_000), min_size=4, max_size=4), st.none() | st.integers(0, 130_000), st.integers(0, 90)
)
def test_the_ledgers_bar_fills_its_cells_in_order(ms: list[int], cut: int | None, cells: int) -> None:
    heard, handed, queued, received = sorted(ms)
    bar = ledger_bar(LedgerChanged("a", received, queued, handed, heard, cut), cells)
    assert len(bar) == cells
    order = ["▓▒░·╌".find(sign) for sign in bar]
    assert order == sorted(order)


def test_the_ledger_shows_heard_handed_queued_received_and_dropped() -> None:
    assert ledger_bar(LedgerChanged("a", 1000, 700, 500, 400), 10) == "▓▓▓▓▒░░···"
    assert ledger_bar(LedgerChanged("a", 1000, 500, 500, 500, 500), 10) == "▓▓▓▓▓╌╌╌╌╌"
    assert ledger_bar(LedgerChanged("a", 0, 0, 0, 0), 3) == "   "


@pytest.mark.parametrize("cells", [40, 60])
def test_the_ledgers_numbers_keep_their_places(cells: int) -> None:
    said = [ledger_words(LedgerChanged("a", ms, ms, ms, ms), cells) for ms in (0, 999, 9_999, 99_990)]
    assert len({len(words) for words in said}) == 1
    assert len(said[0]) <= cells


def test_the_front_end_says_what_is_on_and_dashes_for_what_is_unknown() -> None:
    on = FrontEndChanged("energy", echo_cancellation=True)
    assert echo_words(FrontEndChanged(), EchoMeasured(20, 60), 40) == "echo is not removed: it may hear itself"
    assert echo_words(on, None, 40) == "echo is removed; none was heard yet"
    assert echo_words(on, EchoMeasured(27.3, None), 40) == "echo removed 27 dB, arrives after   – ms"
    assert echo_words(on, EchoMeasured(27.3, 362.4), 40) == "echo removed 27 dB, arrives after 362 ms"
    assert echo_words(on, EchoMeasured(27.3, 62.4), 30) == "echo removed 27 dB,  62 ms"
    jumped = EchoMeasured(27.3, 62.4, 3)
    assert echo_words(on, jumped, 52) == "echo removed 27 dB, arrives after  62 ms, jumped 3×"
    assert echo_words(on, jumped, 40) == "echo removed 27 dB,  62 ms, jumped 3×"
    assert echo_words(on, EchoMeasured(-7.6, 62), 40) == "echo removed  0 dB, arrives after  62 ms", "nothing was added"
    assert engine_words(FrontEndChanged(), 33) == "energy"
    assert engine_words(FrontEndChanged("silero", noise_suppression=2), 33) == "silero · noise suppression 2"
    long = engine_words(FrontEndChanged("a-long-name-of-an-engine", high_pass=True), 20)
    assert long == "a-long-name-o… · HPF"


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        (140, "heard here 140 ms before the server · 2 of 31 by one only"),
        (-60, "heard by the server 60 ms before here · 2 of 31 by one only"),
        (0, "heard here and by the server at once · 2 of 31 by one only"),
        (None, "never heard here and by the server yet · 2 of 31 by one only"),
    ],
)
def test_detectors_are_compared_in_one_line(lead: int | None, words: str) -> None:
    assert detector_words(DetectorsCompared(lead, 29, 2), 62) == words


@given(st.none() | st.integers(-9999, 9999), st.integers(0, 9999), st.integers(0, 9999))
def test_the_comparison_fits_its_panel(lead: int | None, pairs: int, odd: int) -> None:
    assert len(detector_words(DetectorsCompared(lead, pairs, odd), 40)) <= 40


def test_switches_ask_for_the_opposite_of_what_is() -> None:
    off, on = FrontEndChanged(), FrontEndChanged("fused", True, True, 3)
    assert COMMANDS["aec"].wanted(off) == SwitchFrontEnd(echo_cancellation=True)
    assert COMMANDS["aec"].wanted(on) == SwitchFrontEnd(echo_cancellation=False)
    assert COMMANDS["high-pass"].wanted(on) == SwitchFrontEnd(high_pass=False)
    assert COMMANDS["suppression"].wanted(off) == SwitchFrontEnd(noise_suppression=1)
    assert COMMANDS["suppression"].wanted(on) == SwitchFrontEnd(noise_suppression=0)
    assert COMMANDS["engine"].wanted(off) == SwitchFrontEnd(engine="next")


async def test_the_front_end_is_switched_from_where_it_stands() -> None:
    async with staged() as stage:
        for command in ("aec", "engine"):
            await stage.app.run_action(f"obey('{command}')")
        assert stage.sent() == [SwitchFrontEnd(echo_cancellation=True), SwitchFrontEnd(engine="next")]
        await stage.say(FrontEndChanged("fused", echo_cancellation=True))
        for command in ("aec", "suppression"):
            await stage.app.run_action(f"obey('{command}')")
        assert stage.sent() == [SwitchFrontEnd(echo_cancellation=False), SwitchFrontEnd(noise_suppression=1)]


async def test_lines_appear_with_their_first_notice_where_there_is_room() -> None:
    async with staged((200, 60)) as stage:
        voice = stage.app.console_screen.voice
        await stage.say(settings("natural"))
        assert not voice.echo.display
        assert not voice.detectors.display
        assert not voice.ledger.display
        await stage.say(DetectorsCompared(None, 0, 1))
        assert voice.detectors.size.height == 1
        await stage.say(FrontEndChanged(echo_cancellation=True), EchoMeasured(26.6, 60.0))
        assert (voice.echo.size.height, voice.detectors.size.height) == (1, 2)
        assert "echo removed 27 dB" in voice.echo.render().plain
        await stage.say(LevelMeasured(-20, -90, 0.1, 1.0, speech=0.72))
        assert "███████··· energy" in voice.detectors.render().plain
        await stage.say(LedgerChanged("a1", 5200, 1840, 1840, 1840, 1840), Truncated("a1", 1840, 5200, Ack.PENDING))
        assert voice.ledger.size.height == 2
        assert "✂ 1.84 s …" in voice.ledger.render().plain
        await stage.say(Truncated("a1", 1840, 5200, Ack.ACKNOWLEDGED))
        assert "✂ 1.84 s ✓" in voice.ledger.render().plain
        await stage.say(LedgerChanged("a2", 100, 0, 0, 0))
        assert "✂" not in voice.ledger.render().plain


async def test_what_only_one_preset_knows_goes_with_it() -> None:
    async with staged() as stage:
        voice = stage.app.console_screen.voice
        front = FrontEndChanged(echo_cancellation=True)
        await stage.say(front, settings("natural"), EchoMeasured(26.6, 60.0), DetectorsCompared(None, 0, 1))
        assert voice.echo.display
        assert voice.sureness.display
        await stage.say(settings("server-vad"))
        assert not voice.echo.display
        assert not voice.sureness.display
        await stage.say(settings("natural"), front)
        assert "none was heard yet" in voice.echo.render().plain


@pytest.mark.parametrize(("size", "own_place"), [((120, 36), True), ((200, 60), True), ((80, 24), False)])
async def test_the_scope_is_shown_where_there_is_room_and_called_where_not(
    size: tuple[int, int], own_place: bool
) -> None:
    async with staged(size) as stage:
        console = stage.app.console_screen
        assert console.scope.display is own_place
        await stage.pilot.press("f8")
        assert console.scope.display is not own_place
        assert console.query_one("#side").display is own_place
        await stage.pilot.press("escape")
        assert not console.scope.display
        assert console.query_one("#side").display
        assert console.prompt.has_focus is not own_place  # where nothing was called, Escape leaves the line
        await stage.pilot.press("ctrl+l")
        assert console.scope.display


def plain(title: object) -> str:
    """What stands in a border."""
    assert isinstance(title, str)
    return Content.from_markup(title).plain


def row(stage: App, y: int) -> str:
    return stage.app.console_screen.scope.render_line(y).text


async def test_the_scope_draws_levels_speech_and_marks() -> None:
    async with staged() as stage:
        for i in range(20):
            await stage.say(LevelMeasured(-30, -20 if i > 9 else -90, from_dbfs(-32), i / 10))
        await stage.say(SpeechStarted("local", 1000), StageReached(Stage.CUT, 1500), StageReached(Stage.QUIET, 1600))
        assert row(stage, 0).split() == ["0:00"]
        assert row(stage, 1).split() == ["you", "▅" * 8]
        assert row(stage, 2).rstrip() == "here        ├───"
        assert row(stage, 3).split() == ["server"]
        assert row(stage, 4).split() == ["AI", "▆▆▆╳▆"]


async def test_the_scope_is_zoomed_frozen_and_scrolled_by_keys_and_the_cursor_tells_the_values() -> None:
    async with staged() as stage:
        scope = stage.app.console_screen.scope
        await stage.say(LinkChanged(Link.LIVE))
        for i in range(200):
            stage.seconds = i / 10
            await stage.say(LevelMeasured(-30 if i < 190 else -12, -20, from_dbfs(-32), i / 10))
        await stage.say(SpeechStarted("local", 19_000), StageReached(Stage.DUCK, 19_820))
        await stage.pilot.press("escape", "plus")
        assert scope.view.column_ms == 100
        assert "freeze" in plain(scope.border_subtitle)
        await stage.pilot.press("space")
        start = scope.view.start_ms
        await stage.say(LevelMeasured(-30, -20, 0.1, 20.0))
        assert scope.view.start_ms == start
        assert "stands still" in plain(scope.border_title)
        await stage.pilot.press("left", "left")
        assert plain(scope.border_subtitle) == "0:19.80 · you -12 dBFS · AI -20 dBFS · here hears you · ▾ duck"
        await stage.pilot.press("minus", "minus")
        assert scope.view.column_ms == 500
        assert plain(scope.border_subtitle).startswith("0:19.50 · you -12 dBFS")
        await stage.pilot.press("escape")
        assert not scope.position.frozen
        assert scope.position.cursor_ms is None
        assert not stage.sent()


async def test_the_scope_is_used_by_mouse() -> None:
    async with staged() as stage:
        scope = stage.app.console_screen.scope
        for i in range(200):
            await stage.say(LevelMeasured(-30, -20, from_dbfs(-32), i / 10))
        await stage.pilot.click(scope, offset=(scope.gutter.left + 8 + 10, 2))
        assert scope.position.cursor_ms == 2_500
        assert "you -30 dBFS" in plain(scope.border_subtitle)
        await stage.pilot.press("escape")
        assert scope.position.cursor_ms is None


async def test_a_hidden_scope_keeps_what_it_is_told_and_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged((80, 24)) as stage:
        scope = stage.app.console_screen.scope
        drawn: list[object] = []
        monkeypatch.setattr(scope, "refresh", lambda *regions, **_: drawn.append(regions))
        for i in range(60):
            stage.seconds = i / 30
            scope.show(LevelMeasured(-30, -20, 0.01, i / 30))
        assert not drawn
        assert scope.trace.last_ms == 1_960


async def test_the_last_cut_stands_on_a_card_and_arrows_go_back() -> None:
    async with staged() as stage:
        card = stage.app.console_screen.last_cut
        assert card.render().plain.startswith("Nothing was cut yet.")
        stage.seconds = 12.0
        await stage.say(LinkChanged(Link.LIVE), LevelMeasured(-30, -20, 0.01, 12.0))
        stage.seconds = 20.0
        await stage.say(LevelMeasured(-30, -20, 0.01, 20.0))
        await stage.say(
            InterruptionTimed(1, "a", CUT[:2], at_ms=14_000), InterruptionTimed(1, "a", CUT, by="local", at_ms=14_000)
        )
        await stage.say(
            InterruptionTimed(2, "b", ((Stage.ONSET, 0), (Stage.CUT, 4)), by="key", origin=Origin.KEY, at_ms=18_500)
        )
        axis, words = card.render().plain.splitlines()
        assert axis.startswith("key 0 ├")
        assert axis.endswith("‹ 2 of 2 ›")
        assert words.startswith("You pressed the key.")
        assert words.endswith("F5 the whole story")
        assert plain(card.border_title).startswith("Last cut 00:06.5, decided by your key ─")
        await stage.pilot.press("escape", "less_than_sign")
        assert "1 of 2" in card.render().plain
        assert "duck 34" in card.render().plain
        assert plain(card.border_title).endswith("ms from the first sound of your voice")
        await stage.pilot.press("f5")
        await stage.pilot.pause()
        assert isinstance(stage.app.screen, WhyScreen)
        assert stage.app.screen.story is not None
        assert stage.app.screen.story.timed.number == 1
        await stage.pilot.press("escape", "greater_than_sign")
        assert "2 of 2" in card.render().plain
        card.focus()
        await stage.pilot.press("left", "enter")
        await stage.pilot.pause()
        assert isinstance(stage.app.screen, WhyScreen)
        assert stage.app.screen.story is not None
        assert stage.app.screen.story.timed.number == 1


async def test_on_a_small_screen_the_last_cut_is_one_line() -> None:
    async with staged((80, 24)) as stage:
        card = stage.app.console_screen.last_cut
        await stage.say(InterruptionTimed(1, "a", CUT, by="local"))
        assert card.size.height == 1
        assert card.render().plain.startswith("cut  voice 0 ─ duck 34 ─ cut 182 ─ quiet 201")
        assert card.render().plain.endswith("F5 why")


async def test_the_scope_draws_at_most_eight_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        scope = stage.app.console_screen.scope
        drawn: list[object] = []
        monkeypatch.setattr(scope, "refresh", lambda *regions, **_: drawn.append(regions))
        for i in range(300):
            stage.seconds = i / 30
            scope.show(LevelMeasured(-60 + i % 60, -90, 0.01, i / 30))
        assert 10 <= len(drawn) <= 85
        drawn.clear()
        for i in range(300, 330):
            stage.seconds = i / 30
            scope.show(LevelMeasured(-90, -90, 0.0, i / 30))
        assert len(drawn) <= 6  # a quiet second changes only when a column begins


async def test_while_the_demo_caller_is_on_the_line_the_meter_stays_and_nobody_misses_a_microphone() -> None:
    async with staged((120, 36)) as stage:
        meter, status = stage.app.console_screen.voice.meter, stage.app.console_screen.status
        await stage.say(DevicesChanged("", "Headphones", mic_problem="there is none"))
        assert "no microphone" in meter.render_line(0).text
        await stage.say(SwitchesChanged(demo=True))
        assert "no microphone" not in meter.render_line(0).text, "also while the caller is silent"
        assert "demo caller" in str(status.render().plain)
        await stage.say(SwitchesChanged(demo=False))
        assert "no microphone" in meter.render_line(0).text
