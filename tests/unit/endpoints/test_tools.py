"""Function calls: carried out, answered together, and never left open in the server's history."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.context_story import WEATHER, Talk
from tests.support.tool_story import LONDON, finish, outputs, story
from voice_tui.conversation.transcript import Transcript
from voice_tui.endpoints.realtime.floor import Floor
from voice_tui.endpoints.realtime.session_parts import function_tool, session_of
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
from voice_tui.messages.talk import Interrupt, Phase, Row, SendText
from voice_tui.messages.tools import TIMEOUT_S, CallTool, ToolCalled


def test_the_session_is_told_the_tools() -> None:
    talk = Talk(tools=(WEATHER,))
    talk.say(se.SessionCreated(session=session_of()))
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


def test_turns_are_counted_anew_only_when_the_transcript_has_changed() -> None:
    """Somebody may think about a call for minutes, and at every tick it is asked whether the user has gone on."""
    looks = 0

    class Counting(Transcript):
        def __iter__(self) -> Iterator[Row]:
            nonlocal looks
            looks += 1
            return super().__iter__()

    talk = story()
    shared = talk.shared
    transcript = shared.transcript = Counting(shared.outbox)
    floor = Floor(shared, talk.session.answers, talk.session.turns)
    transcript.open("u1", "user")
    assert [floor.turn for _ in range(50)] == [1] * 50
    transcript.open("a1", "assistant")
    transcript.open("u2", "user")
    assert [floor.turn for _ in range(50)] == [2] * 50
    transcript.remove("u1")
    assert floor.turn == 1
    assert looks == 3
