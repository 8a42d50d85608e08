"""Function calls that are at work when a connection is lost: each is told once, and answered once."""

from __future__ import annotations

import json

import pytest

from tests.support.tool_story import LONDON, finish, kinds, outputs, settle, story
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ResponseCreate,
)
from voice_tui.endpoints.realtime.wire.items import Item, Response
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Interrupt, SendText
from voice_tui.messages.tools import TIMEOUT_S


def test_a_call_that_runs_is_told_to_the_next_session_which_gets_its_output_and_is_asked_once() -> None:
    talk = story()
    talk.user("Weather?")
    [whole] = talk.call(LONDON)
    finish(talk, whole)
    talk.serve()
    talk.answer("Foggy.")
    talk.user("And now?")
    [running] = talk.call(LONDON)
    talk.lose_connection()
    talk.connect()
    assert kinds(talk) == ["m", "c", "o", "m", "m", "c"]
    settle(talk)
    assert talk.due == [], "the answer needs the output"
    finish(talk, running, "rain")
    talk.serve()
    assert outputs(talk) == {whole: "fog", running: "rain"}
    settle(talk)
    assert len(talk.due) == 1
    assert [call.call_id for call in talk.calls] == [whole, running], "each was carried out once"


def test_an_output_that_comes_while_there_is_no_session_is_told_to_the_next_one() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.lose_connection()
    finish(talk, call)
    talk.expect()
    settle(talk)
    talk.connect()
    assert kinds(talk) == ["m", "c", "o"]
    settle(talk)
    assert (len(talk.due), len(talk.calls)) == (1, 1)


def test_an_output_that_was_sent_and_never_arrived_is_told_again() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.silent = lambda event: isinstance(event, ConversationItemCreate | ResponseCreate)
    finish(talk, call)
    talk.serve()
    assert kinds(talk) == ["m", "c"]
    talk.silent = lambda event: False
    talk.lose_connection()
    talk.connect()
    settle(talk)
    assert kinds(talk) == ["m", "c", "o"]
    assert (len(talk.due), len(talk.calls)) == (1, 1)


def test_of_two_calls_each_has_its_own_fate_and_their_answer_waits_for_both() -> None:
    talk = story()
    talk.user("Weather and time?")
    done, running = talk.call(LONDON, ("clock", "{}"))
    finish(talk, done)
    talk.serve()
    talk.lose_connection()
    talk.connect()
    assert kinds(talk) == ["m", "c", "c", "o"]
    settle(talk)
    assert talk.due == []
    finish(talk, running, "noon")
    talk.serve()
    settle(talk)
    assert outputs(talk) == {done: "fog", running: "noon"}
    assert (len(talk.due), len(talk.calls)) == (1, 2)


def test_what_is_said_meanwhile_is_answered_and_the_output_makes_no_second_answer() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.lose_connection()
    talk.want(SendText("Never mind, hello?"))
    talk.connect()
    settle(talk)
    assert len(talk.due) == 1
    talk.answer("Hello.")
    finish(talk, call)
    talk.serve()
    settle(talk)
    assert outputs(talk) == {call: "fog"}
    assert talk.due == []


def test_who_gave_up_gets_no_answer_in_the_next_session_either() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.lose_connection()
    talk.want(Interrupt())
    talk.connect()
    finish(talk, call)
    talk.serve()
    settle(talk)
    assert outputs(talk) == {call: "fog"}
    assert talk.due == []
    assert talk.engine.idle


def test_an_output_that_never_comes_is_an_error_in_the_next_session() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.lose_connection()
    talk.tick(TIMEOUT_S * 1_000)
    talk.connect()
    assert "no result" in json.loads(outputs(talk)[call])["error"]
    settle(talk)
    assert len(talk.due) == 1


def test_a_call_that_was_not_whole_is_not_carried_out_and_the_question_is_asked_again() -> None:
    talk = story()
    talk.user("Weather?")
    talk.call(LONDON, finish=False)
    talk.lose_connection()
    talk.connect()
    assert kinds(talk) == ["m"]
    settle(talk)
    assert (len(talk.due), talk.calls) == (1, [])


def test_a_session_that_can_be_told_nothing_is_told_no_output_either() -> None:
    talk = story(capabilities=Capabilities(seed_history=False))
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.lose_connection()
    talk.connect()
    finish(talk, call)
    talk.serve()
    settle(talk)
    assert talk.held == []
    assert talk.engine.idle


def test_a_call_that_a_server_never_announced_as_an_item_is_told_all_the_same() -> None:
    talk = story()
    talk.user("Weather?")
    talk.server.response_created("R9")
    item = Item("function_call", id="c9", call_id="k9", name="weather", arguments=LONDON[1], status="completed")
    talk.say(se.OutputItemDone(response_id="R9", item=item))
    talk.server.response_done()
    talk.lose_connection()
    finish(talk, "k9")
    talk.connect()
    assert [(held.item.type, held.item.call_id) for held in talk.held[1:]] == [
        ("function_call", "k9"),
        ("function_call_output", "k9"),
    ]


@pytest.mark.parametrize("done", [True, False], ids=["done", "running"])
def test_a_call_that_is_made_again_by_the_same_item_is_not_carried_out_again(done: bool) -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    if done:
        finish(talk, call)
        talk.serve()
        talk.answer("Foggy.")
    item = Item("function_call", id=call, call_id=call, name="weather", arguments=LONDON[1], status="completed")
    talk.server.response_created("again")
    talk.server.active = None
    talk.say(se.ResponseDone(response=Response("again", "completed", output=[item])))
    if not done:
        finish(talk, call)
    talk.serve()
    settle(talk)
    assert len(talk.calls) == 1
    assert len([held for held in talk.held if held.item.type == "function_call_output"]) == 1 + done
    assert len(talk.due) == 1
