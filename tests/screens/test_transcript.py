"""The conversation pane: what stands beside the turns, what is copied, searched and pointed at."""

from __future__ import annotations

import pytest

from tests.support.stage import Stage, lines, staged
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.talk import Ack, Cut, LevelMeasured, Row, RowChanged, RowRemoved, SendText, SpeechStarted
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.messages.turns import Stage as At
from voice_tui.ui.console.unsent import WAITS
from voice_tui.ui.themes import load_themes, packaged_folder
from voice_tui.ui.why.screen import WhyScreen

CUT = Row("a1", "assistant", "AI", "On a black rock", " at the edge", cut=Cut(6510, 25_320, Ack.ACKNOWLEDGED))
TIMED = InterruptionTimed(1, "a1", ((At.ONSET, 0), (At.CONFIRM, 120), (At.QUIET, 135)), by="local", at_ms=4_000)


def shown(stage: Stage) -> list[str]:
    transcript = stage.app.console_screen.transcript
    return [transcript.render_line(y).text.strip() for y in range(transcript.rows.height)]


async def test_a_turn_says_when_it_began_and_an_answer_how_long_it_took() -> None:
    async with staged() as stage:
        await stage.say(LinkChanged(Link.LIVE))
        stage.seconds = 7.0
        await stage.say(LevelMeasured(-20, -90, 0.1, 7.0), SpeechStarted("local", 4_200))
        await stage.say(RowChanged(Row("local_1", "user", "You", pending=True), None))
        stage.seconds = 9.0
        await stage.say(RowRemoved("local_1"), RowChanged(Row("u1", "user", "You", "Tell me a story."), None))
        await stage.say(RowChanged(Row("a1", "assistant", "AI", "All right"), "u1"))
        turn, answer = (line for line in shown(stage) if line)
        assert turn.endswith(" 00:04")
        assert answer == "AI         All right"
        await stage.say(TurnTimed(1, "a1", Origin.VOICE, 4_900, ((Moment.ENDED, 0), (Moment.AUDIBLE, 490)), "local"))
        assert [line for line in shown(stage) if line][1].endswith(" 0.49 s")
        stage.seconds = 61.0
        await stage.say(RowChanged(Row("t1", "user", "You", "typed", spoken=False, interrupting=True), "a1"))
        typed = [line for line in shown(stage) if line][2]
        assert typed.startswith("You ↯")
        assert typed.endswith(" 01:01")


async def test_what_is_typed_before_anybody_is_there_stands_in_the_conversation_at_once_and_once() -> None:
    async with staged() as stage:
        for text in ("hello", "hello", "bye"):
            await stage.pilot.press(*text, "enter")
        assert stage.sent() == [SendText("hello"), SendText("hello"), SendText("bye")]
        said = [line.removeprefix("You").strip() for line in shown(stage) if line]
        assert said == ["hello", WAITS, "hello", WAITS, "bye", WAITS]
        await stage.say(LinkChanged(Link.LIVE))
        greeting = Row("typed_0001", "user", "You", "Hello", spoken=False, greeting=True)
        heard = Row("u1", "user", "You", "bye")
        await stage.say(RowChanged(greeting, None), RowChanged(heard, "typed_0001"))
        assert len([line for line in shown(stage) if line.endswith(WAITS)]) == 3, (
            "a greeting and a voice were not typed"
        )
        for number, text in enumerate(("hello", "hello", "bye"), 2):
            row = Row(f"typed_000{number}", "user", "You", text, spoken=False)
            await stage.say(RowChanged(row, "u1" if number == 2 else f"typed_000{number - 1}"))
            assert shown(stage).count(WAITS) == 4 - number
        transcript = stage.app.console_screen.transcript
        assert transcript.rows.order == ["typed_0001", "u1", "typed_0002", "typed_0003", "typed_0004"]
        await stage.pilot.press(*"more", "enter")
        assert transcript.rows.order[-1] == "typed_0004", "somebody is there: the turn comes by itself"


async def test_the_last_cut_says_when_it_was_silent_and_leads_to_its_story() -> None:
    async with staged((200, 60)) as stage:
        await stage.say(RowChanged(CUT, None), TIMED)
        said = "heard 6.5 of 25.3 s · ✓ the server forgot the rest · quiet 135 ms after you · F5 why"
        (line,) = (y for y, text in enumerate(shown(stage)) if text.endswith(said))
        transcript = stage.app.console_screen.transcript
        x = transcript.render_line(line).text.index("F5 why")
        gutter = transcript.gutter
        assert await stage.pilot.click(transcript, offset=(x + gutter.left, line + gutter.top))
        await stage.pilot.pause()
        assert isinstance(stage.app.screen, WhyScreen)
        await stage.pilot.press("escape")
        await stage.say(RowChanged(Row("a2", "assistant", "AI", "x", cut=Cut(100, 900)), "a1"))
        await stage.say(InterruptionTimed(2, "a2", ((At.ONSET, 0), (At.QUIET, 30)), by="key", origin=Origin.KEY))
        first, second = (text for text in shown(stage) if "✂" in text)
        assert "why" not in first
        assert second.endswith("quiet 30 ms after the key · F5 why")
        slow = ((Moment.ENDED, 0), (Moment.AUDIBLE, 2_500))
        await stage.say(TurnTimed(1, "a2", Origin.VOICE, 0, slow, "local"))
        assert any(text.endswith("F5 why") for text in shown(stage)), "a late answer is another story: F5 shows the cut"


@pytest.mark.parametrize("theme", load_themes((packaged_folder(),)).themes)
async def test_what_is_selected_can_be_read_in_every_theme(theme: str) -> None:
    async with staged() as stage:
        stage.app.theme = theme
        await stage.say(*lines(2))
        transcript = stage.app.console_screen.transcript
        await stage.pilot.mouse_down(transcript, offset=(14, 1))
        await stage.pilot.hover(transcript, offset=(17, 1))
        segments = [each for each in transcript.render_line(0) if each.text.strip() == "line"]
        assert len(segments) == 1
        style = segments[0].style
        assert style is not None
        assert style.color is not None
        assert style.bgcolor is not None
        front, back = (sum(colour.get_truecolor()) for colour in (style.color, style.bgcolor))
        assert style.reverse, "also where there are no colours"
        assert abs(front - back) > 300
        await stage.pilot.mouse_up(transcript, offset=(17, 1))
        await stage.pilot.press("ctrl+c")
        assert stage.app.clipboard == "line"


async def test_a_double_click_selects_the_turn_and_its_words_are_copied() -> None:
    async with staged((60, 24)) as stage:
        words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        await stage.say(RowChanged(Row("u", "user", "You", words), None), *lines(2)[1:])
        transcript = stage.app.console_screen.transcript
        await stage.pilot.click(transcript, offset=(20, 2), times=2)
        await stage.pilot.press("ctrl+c")
        assert stage.app.clipboard == words


async def test_a_cursor_goes_from_turn_to_turn_and_what_it_points_at_is_copied() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(*lines(40), RowChanged(Row("n", "system", "", note="a remark"), "i39"))
        transcript = stage.app.console_screen.transcript
        await stage.pilot.press("escape", *["up"] * 30, "y")
        assert transcript.cursor == "i10"
        assert stage.app.clipboard == "line 10"
        assert any("line 10" in transcript.render_line(y).text for y in range(transcript.size.height))
        await stage.pilot.press("down", "y")
        assert stage.app.clipboard == "line 11"
        await stage.pilot.press("escape", "y")
        assert transcript.cursor is None
        assert stage.app.clipboard == "line 39"


async def test_words_are_searched_and_n_goes_on_from_match_to_match() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(*lines(60))
        console = stage.app.console_screen
        await stage.pilot.press("escape", "slash", *"line 1")
        assert console.search.border_subtitle == "11 of 11"
        await stage.pilot.press("enter", "N", "N")
        assert console.transcript.match is not None
        assert console.transcript.match.item_id == "i17"
        await stage.pilot.press("n", "n", "n")
        assert console.transcript.match.item_id == "i1", "around the end"
        transcript = console.transcript
        assert transcript.render_line(0).text.split()[1:] == ["line", "0", "00:00"]
        await stage.pilot.press("escape")
        assert not console.transcript.needle
        await stage.pilot.press("slash", *"nowhere")
        assert console.search.border_subtitle == "not found"
        await stage.pilot.press("escape")
        assert not console.search.display


async def test_the_last_cut_and_the_conversation_are_copied_by_commands() -> None:
    async with staged() as stage:
        await stage.say(RowChanged(CUT, None), TIMED)
        await stage.app.screen.run_action("copy_cut")
        assert stage.app.clipboard.startswith("You spoke over it; it stopped after 120 ms. Decided here")
        await stage.app.screen.run_action("copy_transcript")
        assert stage.app.clipboard == "AI: On a black rock [not heard: at the edge]"


async def test_y_copies_the_last_turn() -> None:
    async with staged() as stage:
        await stage.pilot.press("escape", "y")
        assert stage.news() == ["There is nothing to copy yet."]
        await stage.say(*lines(2), RowChanged(Row("a", "assistant", "AI", "heard ", "unheard"), "i1"))
        await stage.say(RowChanged(Row("n", "system", "", note="a remark"), "a"))
        await stage.pilot.press("y")
        assert stage.app.clipboard == "heard unheard"


async def test_y_copies_the_turn_that_was_found() -> None:
    async with staged() as stage:
        await stage.say(*lines(12))
        await stage.pilot.press("escape", "slash", *"line 3", "enter", "y")
        assert stage.app.clipboard == "line 3"
        await stage.pilot.press("escape", "y")
        assert stage.app.clipboard == "line 11", "nothing is looked for any more"


async def test_the_transcript_follows_at_the_end_and_stays_with_a_reader() -> None:
    async with staged((80, 24)) as stage:
        transcript = stage.app.console_screen.transcript
        await stage.say(*lines(60))
        assert transcript.scroll_offset.y == transcript.max_scroll_y > 0
        await stage.pilot.press("pageup")
        assert not transcript.following
        reading = transcript.rows.at(transcript.scroll_offset.y)
        await stage.say(RowChanged(Row("new", "assistant", "AI", "later"), "i59"))
        assert "1 new" in str(transcript.border_subtitle)
        await stage.say(RowChanged(Row("early", "user", "You", "moved in above " * 30), None), RowRemoved("i3"))
        assert transcript.rows.at(transcript.scroll_offset.y) == reading
        await stage.pilot.press("end")
        await stage.pilot.pause()
        assert transcript.following
        assert not transcript.border_subtitle
        await stage.say(RowChanged(Row("new", "assistant", "AI", "later and longer " * 20), "i59"))
        assert transcript.scroll_offset.y == transcript.max_scroll_y


async def test_another_width_keeps_the_readers_place() -> None:
    async with staged((120, 36)) as stage:
        transcript = stage.app.console_screen.transcript
        await stage.say(*(RowChanged(Row(f"i{i}", "user", "You", f"{i} words " * 20), f"i{i - 1}") for i in range(40)))
        await stage.pilot.press("pageup")
        before = transcript.rows.at(transcript.scroll_offset.y)
        await stage.pilot.resize_terminal(80, 30)
        await stage.pilot.pause()
        after = transcript.rows.at(transcript.scroll_offset.y)
        assert before is not None
        assert after is not None
        assert after[0] is before[0]


async def test_selected_text_can_be_copied() -> None:
    async with staged() as stage:
        await stage.say(*lines(3))
        transcript = stage.app.console_screen.transcript
        await stage.pilot.mouse_down(transcript, offset=(2 + 11, 1))
        await stage.pilot.hover(transcript, offset=(2 + 11 + 6, 1))
        await stage.pilot.mouse_up(transcript, offset=(2 + 11 + 6, 1))
        await stage.pilot.press("ctrl+c", "ctrl+c")
        assert stage.app.clipboard.startswith("line 0"[:5])
        assert stage.app.is_running
