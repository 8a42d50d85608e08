"""The console while the model acts: rows of calls, the line that asks, and the end that the model brings about."""

from __future__ import annotations

import logging
import sys

import pytest

from tests.support.stage import Stage, staged
from voice_tui.messages.link import Stopped
from voice_tui.messages.talk import Row, RowChanged, SendText
from voice_tui.messages.tools import Answer, AnswerCall, DeadAir, ToolBegan, ToolCalled

ASKED = ToolBegan("c1", "open_door", '{"which": "front"}', asks=True)
OTHER = ToolBegan("c2", "open_door", '{"which": "back"}', asks=True)
RUNS = ToolBegan("c3", "weather", '{"city": "London"}')
SAID = RowChanged(Row("u1", "user", "You", "What is the weather?"), None)


def row_of(stage: Stage, sign: str) -> list[str]:
    """The lines of the conversation with this sign, from there on."""
    shown = stage.app.console_screen.transcript.rows.text().splitlines()
    return [line[line.index(sign) :].rstrip() for line in shown if sign in line]


def asks(stage: Stage) -> str:
    """The line that asks."""
    return str(stage.app.console_screen.ask.render())


async def test_a_call_is_a_row_that_says_how_long_it_runs_and_what_came_of_it() -> None:
    async with staged() as stage:
        await stage.say(SAID, RUNS)
        assert row_of(stage, "◌") == ["◌ weather(city: London) · 0 s"]
        stage.seconds = 3.4
        stage.app.console_screen.rest()
        await stage.say(DeadAir("weather", 0.0, False, 0.0, 1))
        assert row_of(stage, "◌") == ["◌ weather(city: London) · 3 s · dead air: nobody speaks"]
        await stage.say(DeadAir("weather", 1.4, True, 1.4, 1))
        await stage.say(RowChanged(Row("a1", "assistant", "AI", "It is foggy."), "u1"))
        await stage.say(ToolCalled("c3", "weather", '{"city": "London"}', '{"sky": "foggy"}', 3_400))
        assert row_of(stage, "→") == ["→ weather(city: London) · 3.4 s · sky: foggy"]
        assert stage.app.console_screen.transcript.rows.order == ["u1", "remark:c3", "a1"]


async def test_a_call_that_fails_says_why_and_wipes_no_screen() -> None:
    async with staged() as stage:
        await stage.say(SAID, ToolCalled("c4", "w\x1b[2J", "{}", '{"error": "no \\u001b[2Jcity"}', 0, failed=True))
        assert row_of(stage, "✗") == ["✗ w() · no city"]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["alt+a"], Answer.YES),
        (["alt+x"], Answer.NO),
        (["alt+z"], Answer.ALWAYS),
        (["escape", "4"], Answer.YES),
        (["escape", "5"], Answer.NO),
        (["escape", "6"], Answer.ALWAYS),
        (["y", "enter"], Answer.YES),
        (["n", "o", "enter"], Answer.NO),
        (["A", "l", "w", "a", "y", "s", "enter"], Answer.ALWAYS),
    ],
)
async def test_a_tool_that_asks_is_answered_by_keys_or_a_word(keys: list[str], answer: Answer) -> None:
    async with staged() as stage:
        assert not stage.app.console_screen.ask.display
        await stage.say(ASKED, OTHER)
        assert "? open_door(which: front) and 1 more: may it be called?" in asks(stage)
        await stage.pilot.press(*keys)
        assert stage.sent() == [AnswerCall("c1", answer)]
        assert stage.app.console_screen.prompt.value == ""


async def test_what_asks_steals_no_key_from_who_is_typing() -> None:
    async with staged() as stage:
        await stage.pilot.press("y", "e")
        await stage.say(ASKED)
        await stage.pilot.press("a", "h", "enter")
        assert stage.sent() == [SendText("yeah")]


async def test_the_line_goes_with_the_question_and_keys_mean_nothing_then() -> None:
    async with staged() as stage:
        await stage.say(ASKED, OTHER)
        await stage.say(ToolBegan("c1", "open_door", "{}"))
        assert "which: back" in asks(stage)
        await stage.say(ToolCalled("c2", "open_door", "{}", "refused", 0, failed=True))
        assert not stage.app.console_screen.ask.display
        await stage.pilot.press("alt+a", "y", "enter")
        assert stage.sent() == [SendText("y")]


async def test_the_end_of_the_talk_settles_it() -> None:
    async with staged() as stage:
        await stage.say(SAID, ASKED, Stopped("the line is cut"))
        assert not stage.app.console_screen.ask.display


async def test_the_line_fits_where_there_is_little_room() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(ToolBegan("c1", "send_mail", '{"to": "everybody", "text": "' + "x" * 200 + '"}', asks=True))
        line = asks(stage)
        assert "send_mail(to: everyb" in line
        assert line.endswith("always")
        assert len(line) <= 80
        assert stage.app.console_screen.transcript.rows.text().count("x") >= 200, "what one agrees to is seen whole"


async def test_on_another_screen_a_question_is_said() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+k")
        await stage.say(ASKED)
        [said] = stage.news()
        assert said == "open_door(which: front) waits for your yes, in the conversation."


async def test_what_is_printed_while_the_console_runs_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with staged():
        with caplog.at_level(logging.INFO):
            print("hello")
            print("oh", file=sys.stderr)
    assert [line for line in caplog.messages if "printed" in line] == ["printed: hello", "printed: oh"]
