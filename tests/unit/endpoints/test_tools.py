"""Function calls: carried out, answered together, and never left open in the server's history."""

from __future__ import annotations

import json

import pytest

from tests.support.context_story import CLOCK, WEATHER, Talk
from voice_tui.endpoints.realtime.settings import function_tool
from voice_tui.endpoints.realtime.tools import MAX_ROUNDS
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemDelete,
    ResponseCancel,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.endpoints.realtime.wire.items import Item, Response
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush
from voice_tui.messages.context import Kind
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Interrupt, Phase, SendText
from voice_tui.messages.tools import TIMEOUT_S, CallTool, ToolCalled, ToolFinished

LONDON = ("weather", '{"city": "London"}')


def story(**how: object) -> Talk:
    return Talk(tools=(WEATHER, CLOCK), **how).connect()  # type: ignore[arg-type]  # as the story takes them


def finish(talk: Talk, call_id: str, output: str = "fog") -> None:
    talk.engine.receive(ToolFinished(call_id, output))
    talk.drain()


def outputs(talk: Talk) -> dict[str, str]:
    return {str(h.item.call_id): str(h.item.output) for h in talk.held if h.item.type == "function_call_output"}


def test_the_session_is_told_the_tools() -> None:
    talk = Talk(tools=(WEATHER,))
    talk.say(se.SessionCreated(session=talk.session.settings._turn_part()))
    update = talk.expect(SessionUpdate)
    assert update.session.tools == [function_tool(WEATHER)]
    assert update.session.tool_choice == "auto"


def test_round_trip() -> None:
    talk = story()
    talk.user("How is the weather in London?")
    [call] = talk.call(LONDON)
    assert talk.calls == [CallTool(call, *LONDON)]
    assert talk.doing() is Phase.THINKING
    assert talk.phase.why == "calling weather"
    assert not talk.engine.idle
    talk.tick(700)
    talk.expect()
    finish(talk, call)
    create, request = talk.out
    assert isinstance(create, ConversationItemCreate)
    assert (create.item.type, create.item.call_id, create.item.output) == ("function_call_output", call, "fog")
    assert isinstance(request, ResponseCreate)
    talk.serve()
    answer = talk.answer("It is foggy.")
    assert [row.text for row in talk.rows] == ["How is the weather in London?", "It is foggy."]
    assert talk.engine.idle
    assert [x for x in talk.notices if isinstance(x, ToolCalled)] == [ToolCalled(call, *LONDON, "fog", 700)]
    items = [(i.kind, i.speaker, i.text) for i in talk.context.items]
    assert items[1:3] == [(Kind.CALL, "weather", LONDON[1]), (Kind.OUTPUT, "weather", "fog")]
    assert talk.context.items[-1].item_id == answer


def test_all_calls_of_a_response_are_answered_before_one_request() -> None:
    talk = story()
    talk.user("Weather and time?")
    first, second = talk.call(LONDON, ("clock", "{}"))
    assert [c.name for c in talk.calls] == ["weather", "clock"]
    finish(talk, second, "noon")
    talk.expect(ConversationItemCreate)
    finish(talk, first)
    talk.expect(ConversationItemCreate, ResponseCreate)


def test_a_call_that_is_only_in_the_last_event_counts_too() -> None:
    talk = story()
    talk.user("Weather?")
    talk.server.response_created("R9")
    talk.server.active = None
    item = Item("function_call", id="C9", call_id="c9", name="clock", arguments="", status="completed")
    talk.say(se.ResponseDone(response=Response("R9", "completed", output=[item])))
    assert talk.calls == [CallTool("c9", "clock", "{}")]


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("stocks", "{}", "there is no tool 'stocks', there are: weather, clock"),
        ("weather", '{"city": ', "the arguments are not JSON: Expecting value: line 1 column 10 (char 9)"),
        ("weather", '["London"]', "the arguments are not a JSON object"),
        ("weather", '{"city": 3}', "wrong arguments: city: 3 is no string"),
    ],
)
def test_a_call_that_cannot_be_is_answered_with_an_error(name: str, arguments: str, error: str) -> None:
    talk = story()
    talk.user("Well?")
    [call] = talk.call((name, arguments))
    assert talk.calls == []
    assert json.loads(outputs(talk)[call]) == {"error": error}
    assert len(talk.due) == 1
    [told] = [x for x in talk.notices if isinstance(x, ToolCalled)]
    assert told.failed


def test_a_bad_call_beside_a_good_one_waits_for_it() -> None:
    talk = story()
    talk.user("Well?")
    _, good = talk.call(("stocks", "{}"), LONDON)
    assert talk.due == []
    finish(talk, good)
    talk.serve()
    assert len(talk.due) == 1


def test_a_tool_that_does_not_finish_is_answered_with_an_error_and_its_late_output_is_ignored() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.tick(TIMEOUT_S * 1000 - 100)
    talk.expect()
    talk.tick(200)
    talk.serve()
    assert json.loads(outputs(talk)[call]) == {"error": "no result within 20 s"}
    assert len(talk.due) == 1
    finish(talk, call)
    talk.expect()


def test_a_new_turn_gets_the_outputs_and_the_asking() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.user("Never mind, what time is it?")
    answer = talk.begin("It is")
    finish(talk, call)
    talk.expect(ConversationItemCreate)
    talk.finish(answer)
    talk.play(1_000)
    talk.expect()
    assert talk.engine.idle


def test_a_typed_turn_meanwhile_asks_by_itself_and_once() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.want(SendText("Leave it."))
    finish(talk, call)
    talk.expect(ConversationItemCreate, ResponseCreate, ConversationItemCreate)
    talk.tick(2_000)
    talk.expect()


def test_a_voice_that_makes_no_turn_gives_the_floor_back() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.server.speech_started("U9")
    finish(talk, call)
    talk.expect(ConversationItemCreate)
    talk.server.cleared()
    talk.tick(100)
    talk.expect()
    talk.tick(300)
    talk.tick(300)
    talk.expect(ResponseCreate)


def test_the_calls_of_an_interrupted_answer_are_not_carried_out_and_leave_the_history() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON, finish=False)
    talk.want(Interrupt())
    talk.expect(ResponseCancel, Flush)
    talk.play(100)
    talk.finish(call, status="cancelled")
    assert talk.calls == []
    deletion = talk.expect(ConversationItemDelete)
    assert deletion.item_id == call
    talk.server.deleted(call)
    assert talk.engine.idle


def test_where_nothing_can_be_deleted_they_get_an_output() -> None:
    talk = story(capabilities=Capabilities(delete=False))
    talk.user("Weather?")
    [call] = talk.call(LONDON, finish=False)
    talk.want(Interrupt())
    talk.finish(call, status="cancelled")
    talk.serve()
    assert json.loads(outputs(talk)[call]) == {"error": "the user interrupted: it was not carried out"}
    assert talk.due == []


def test_an_interruption_while_the_tool_runs_makes_no_answer() -> None:
    talk = story()
    talk.user("Weather?")
    [call] = talk.call(LONDON)
    talk.want(Interrupt())
    finish(talk, call)
    talk.expect(ConversationItemCreate)
    talk.tick(2_000)
    talk.expect()
    assert talk.engine.idle


def test_words_before_the_call_do_not_keep_the_request_waiting() -> None:
    talk = story()
    talk.user("Weather?")
    talk.due.clear()
    said = talk.begin("Let me see.", 2_000)
    call = talk.name("C")
    item = Item("function_call", id=call, call_id=call, name="clock", arguments="{}", status="completed")
    assert talk.server.active
    talk.say(se.OutputItemDone(response_id=talk.server.active, item=item))
    talk.finish(said)
    finish(talk, call, "noon")
    talk.expect(ConversationItemCreate, ResponseCreate)
    assert talk.doing() is Phase.ASSISTANT_SPEAKING


def test_a_model_that_goes_in_circles_is_stopped() -> None:
    talk = story()
    talk.user("Weather?")
    for _ in range(MAX_ROUNDS):
        [call] = talk.call(LONDON)
        finish(talk, call)
        talk.serve()
    talk.call(LONDON)
    assert talk.calls[MAX_ROUNDS:] == []
    assert talk.due == []
    [alarm] = talk.told(n.Announced)
    assert "without an answer" in alarm.text


def kinds(talk: Talk) -> list[str]:
    """What the server holds, in order: m(essage), c(all), o(utput)."""
    short = {"message": "m", "function_call": "c", "function_call_output": "o"}
    return [short[held.item.type] for held in talk.held]


def settle(talk: Talk) -> None:
    """The floor is free for long enough."""
    talk.wait(2_000)


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
