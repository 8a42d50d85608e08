"""Function calls in one session without a socket: the order of the wire, choices, limits, and what is wrong."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from tests.support.server_fakes import Client, Gate, ScriptedBrain, ScriptedEars, open_session, silence
from tests.support.server_session import ANSWERED, CLOSED, LONG, SPOKEN, TURN, detect, say, status
from voice_tui.messages.tokens import estimate
from voice_tui.server.brains.demo.brain import think
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn, Result, Tool

WEATHER = Call("weather", '{"city": "São Paulo", "days": [1, 2]}')
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = {"type": "function", "name": "weather", "description": "Look it up.", "parameters": SCHEMA}
CALLED = [
    "response.output_item.added",
    "conversation.item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "conversation.item.done",
    "response.output_item.done",
]
NOW = datetime(2026, 11, 23, 9, 5)


async def configure(client: Client, **session: Any) -> None:
    await client.send("session.update", session={"type": "realtime", **session})


async def test_a_call_in_the_order_of_the_wire() -> None:
    brain = ScriptedBrain(WEATHER)
    async with open_session(brain) as client:
        await configure(client, tools=[TOOL])
        await client.send("response.create")
        done = await client.until("response.done")
        assert client.types[2:] == ["response.created", *CALLED, "response.done"]
        assert status(done) == ("completed", None)
        (item,) = done["response"]["output"]
        assert (item["type"], item["status"], item["name"]) == ("function_call", "completed", "weather")
        assert item["call_id"].startswith("call_")
        assert json.loads(item["arguments"]) == json.loads(WEATHER.arguments)
        started = client.of("response.output_item.added")[0]["item"]
        assert started == {**item, "status": "in_progress", "arguments": ""}
        finished = client.of("response.function_call_arguments.done")[0]
        assert (finished["name"], finished["call_id"]) == ("weather", item["call_id"])
        deltas = [e["delta"] for e in client.of("response.function_call_arguments.delta")]
        assert "".join(deltas) == finished["arguments"] == WEATHER.arguments
        assert len(deltas) > 8
        assert "São" in deltas
    assert brain.asked[0].tools == (Tool("weather", "Look it up.", SCHEMA),)


async def test_the_result_reaches_the_brain_with_its_call() -> None:
    brain = ScriptedBrain(WEATHER)
    async with open_session(brain) as client:
        await client.send("response.create")
        item = (await client.until("response.done"))["response"]["output"][0]
        output = {"type": "function_call_output", "call_id": item["call_id"], "output": "rain"}
        await client.send("conversation.item.create", item=output)
        assert client.last["previous_item_id"] == item["id"]
        await client.send("response.create")
        await client.until("response.done", 2)
    call = Call("weather", WEATHER.arguments, item["call_id"])
    assert brain.asked[1].events == (call, Result(item["call_id"], "rain"))
    assert brain.asked[1].fresh_results == ((call, Result(item["call_id"], "rain")),)


async def test_several_calls_and_a_message_before_them() -> None:
    async with open_session(ScriptedBrain("One moment. ", WEATHER, Call("clock", "{}"))) as client:
        await client.send("response.create")
        done = await client.until("response.done")
        kinds = [kind for kind in client.types if kind not in SPOKEN]
        assert kinds[1:] == [*ANSWERED, *CLOSED[:-1], *CALLED, *CALLED, "response.done"]
        output = done["response"]["output"]
        assert [item["type"] for item in output] == ["message", "function_call", "function_call"]
        assert output[0]["content"][0]["transcript"] == "One moment."
        assert output[1]["call_id"] != output[2]["call_id"]
        for i, item in enumerate(output):
            places = {
                e["output_index"]
                for e in client.events
                if e.get("item_id", e.get("item", {}).get("id")) == item["id"] and "output_index" in e
            }
            assert places == {i}
        used = done["response"]["usage"]["output_token_details"]
        words = ["One moment.", "weather", WEATHER.arguments, "clock", "{}"]
        assert used["text_tokens"] == sum(map(estimate, words))
        assert used["audio_tokens"] == 11  # letters of 50 ms


async def test_words_after_a_call_are_another_message() -> None:
    async with open_session(ScriptedBrain("One. ", WEATHER, "Two.")) as client:
        await client.send("response.create")
        output = (await client.until("response.done"))["response"]["output"]
        assert [item["type"] for item in output] == ["message", "function_call", "message"]
        cut = {"item_id": output[2]["id"], "content_index": 0, "audio_end_ms": 200}
        await client.send("conversation.item.truncate", **cut)
        assert client.last["type"] == "conversation.item.truncated"


async def test_a_cancelled_call_is_closed_and_never_told_to_the_brain() -> None:
    gate, brain = Gate(open_for=3), ScriptedBrain(WEATHER)
    async with open_session(brain, gate=gate) as client:
        await client.send("response.create")
        await client.until("response.function_call_arguments.delta", 3)
        await client.send("response.cancel")
        assert client.types[-4:] == [*CALLED[3:], "response.done"]
        assert status(client.last) == ("cancelled", {"type": "cancelled", "reason": "client_cancelled"})
        item = client.last["response"]["output"][0]
        assert item["status"] == "incomplete"
        assert WEATHER.arguments.startswith(item["arguments"])
        assert item["arguments"] != WEATHER.arguments
        gate.opened.set()
        await client.send("response.create")
        await client.until("response.done", 2)
    assert brain.asked[1].events == ()


async def test_a_voice_cuts_a_call_off() -> None:
    gate = Gate(open_for=2)
    async with open_session(ScriptedBrain(WEATHER), ScriptedEars("Wait."), gate) as client:
        await client.send("response.create")
        await client.until("response.function_call_arguments.delta", 2)
        await client.speak(*TURN)
        assert status(client.of("response.done")[0])[1]["reason"] == "turn_detected"
        gate.opened.set()
        await client.until("response.done", 2)


async def test_the_token_limit_ends_a_call() -> None:
    async with open_session(ScriptedBrain(WEATHER)) as client:
        await client.send("response.create", response={"max_output_tokens": 5})
        done = await client.until("response.done")
        assert status(done) == ("incomplete", {"type": "incomplete", "reason": "max_output_tokens"})
        assert done["response"]["output"][0]["status"] == "incomplete"
        assert done["response"]["usage"]["output_tokens"] == 5


async def test_a_call_out_of_band_stays_out_of_the_conversation() -> None:
    brain = ScriptedBrain(WEATHER)
    async with open_session(brain) as client:
        await client.send("response.create", response={"conversation": "none", "tools": [TOOL]})
        done = await client.until("response.done")
        assert done["response"]["output"][0]["type"] == "function_call"
        assert not [kind for kind in client.types if kind.startswith("conversation.item.")]
        await client.send("response.create")
        await client.until("response.done", 2)
    assert brain.asked[0].out_of_band
    assert brain.asked[1].events == ()


async def test_tools_are_read_by_an_answer_and_counted() -> None:
    async with open_session() as client:
        await client.send("response.create", response={"instructions": "Go."})
        plain = (await client.until("response.done"))["response"]["usage"]["input_tokens"]
        await client.send("response.create", response={"instructions": "Go.", "input": [], "tools": [TOOL]})
        offered = (await client.until("response.done", 2))["response"]["usage"]["input_tokens"]
        assert offered - plain == estimate(json.dumps([TOOL], separators=(",", ":")))


@pytest.mark.parametrize(
    ("session", "response", "choice", "forced", "names"),
    [
        ({}, {}, "auto", "", []),
        ({"tools": [TOOL]}, {}, "auto", "", ["weather"]),
        ({"tools": [TOOL], "tool_choice": "none"}, {}, "none", "", ["weather"]),
        ({"tools": [TOOL], "tool_choice": "none"}, {"tool_choice": "required"}, "required", "", ["weather"]),
        (
            {"tools": [TOOL]},
            {"tool_choice": {"type": "function", "name": "weather"}},
            "required",
            "weather",
            ["weather"],
        ),
        ({"tools": [TOOL], "tool_choice": "required"}, {"tools": []}, "auto", "", []),
        ({}, {"tools": [TOOL]}, "auto", "", ["weather"]),
    ],
)
async def test_an_answer_may_have_its_own_tools_and_choice(
    session: dict[str, Any], response: dict[str, Any], choice: str, forced: str, names: list[str]
) -> None:
    brain = ScriptedBrain("Well.")
    async with open_session(brain) as client:
        await configure(client, **session)
        await client.send("response.create", response=response)
        await client.until("response.done")
    (asked,) = brain.asked
    assert (asked.tool_choice, asked.forced, [tool.name for tool in asked.tools]) == (choice, forced, names)


BAD_TOOLS: list[tuple[Any, str, str]] = [
    ([{"type": "mcp"}], "invalid_value", "tools[0].type"),
    ([{"type": "function"}], "missing_required_parameter", "tools[0].name"),
    ([{**TOOL, "name": "two words"}], "invalid_value", "tools[0].name"),
    ([TOOL, TOOL], "invalid_value", "tools[1].name"),
    ([{**TOOL, "strict": True}], "unknown_parameter", "tools[0].strict"),
    ([{**TOOL, "parameters": "none"}], "invalid_type", "tools[0].parameters"),
    ([{**TOOL, "description": 1}], "invalid_type", "tools[0].description"),
]
BAD_CHOICES: list[tuple[Any, str, str]] = [
    ("always", "invalid_value", "tool_choice"),
    ({"type": "mcp", "name": "weather"}, "invalid_value", "tool_choice.type"),
    ({"type": "function"}, "missing_required_parameter", "tool_choice.name"),
    ({"type": "function", "name": "weather", "x": 1}, "unknown_parameter", "tool_choice.x"),
]
BAD_ANSWERS: list[tuple[dict[str, Any], str, str]] = [
    ({"tool_choice": {"type": "function", "name": "clock"}}, "invalid_value", "response.tool_choice.name"),
    ({"tools": [], "tool_choice": "required"}, "invalid_value", "response.tool_choice"),
    ({"input": [{"type": "message", "role": "user", "text": "x"}]}, "unknown_parameter", "response.input[0].text"),
]


@pytest.mark.parametrize("where", ["session", "response"])
@pytest.mark.parametrize(
    ("field", "value", "code", "param"),
    [("tools", *bad) for bad in BAD_TOOLS] + [("tool_choice", *bad) for bad in BAD_CHOICES],
)
async def test_what_cannot_be_a_tool_is_refused(where: str, field: str, value: Any, code: str, param: str) -> None:
    async with open_session() as client:
        body = {field: value, **({"type": "realtime"} if where == "session" else {})}
        await client.send("session.update" if where == "session" else "response.create", **{where: body})
        assert client.types == ["session.created", "error"]
        assert (client.last["error"]["code"], client.last["error"]["param"]) == (code, f"{where}.{param}")


@pytest.mark.parametrize(("response", "code", "param"), BAD_ANSWERS)
async def test_calls_that_cannot_be_demanded(response: dict[str, Any], code: str, param: str) -> None:
    async with open_session() as client:
        await configure(client, tools=[TOOL])
        await client.send("response.create", event_id="mine", response=response)
        error = client.last["error"]
        assert (error["code"], error["param"], error["event_id"]) == (code, param, "mine")


async def test_a_summary_at_the_root_takes_the_place_of_what_was_said() -> None:
    brain = ScriptedBrain("Fine.")
    async with open_session(brain) as client:
        for i in range(4):
            await say(client, f"Number {i}.", id=f"old{i}")
        note = {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "Four numbers."}]}
        await client.send("conversation.item.create", item={**note, "id": "note"}, previous_item_id="root")
        assert client.of("conversation.item.added")[-1]["previous_item_id"] is None
        for i in range(3):
            await client.send("conversation.item.delete", item_id=f"old{i}")
        await client.send("response.create")
        item = (await client.until("response.done"))["response"]["output"][0]
        assert client.of("conversation.item.added")[-1]["previous_item_id"] == "old3"
        await client.send("conversation.item.delete", item_id="old3")
        await say(client, "Next.")
        assert client.last["previous_item_id"] == item["id"]
    assert brain.asked[0].turns == (DialogueTurn("system", "Four numbers."), DialogueTurn("user", "Number 3."))


async def test_an_answer_out_of_band_does_not_restart_the_idle_timeout() -> None:
    async with open_session(ScriptedBrain("Hello."), ScriptedEars("")) as client:
        await detect(client, idle_timeout_ms=5_000)
        await client.send("response.create")
        await client.until("response.done")
        await client.speak(silence(4_000))
        await client.send("response.create", response={"conversation": "none"})
        await client.until("response.done", 2)
        await client.speak(silence(1_500))
        await client.until("input_audio_buffer.timeout_triggered")
        await client.until("response.done", 3)


async def test_an_answer_beside_a_spoken_one_leaves_it_alone() -> None:
    gate = Gate(open_for=2)
    async with open_session(ScriptedBrain(LONG), ScriptedEars("Wait."), gate) as client:
        await client.send("response.create", response={"conversation": "none", "output_modalities": ["text"]})
        aside = (await client.until("response.created"))["response"]["id"]
        await client.send("response.create")
        await client.until("response.created", 2)
        await client.speak(silence(200), *TURN)  # the voice cuts off the spoken one only
        assert [status(e)[0] for e in client.of("response.done")] == ["cancelled"]
        assert client.of("response.done")[0]["response"]["id"] != aside
        await client.send("response.cancel", response_id=aside)
        assert client.last["response"]["id"] == aside
        gate.opened.set()
        await client.until("response.done", 3)


def test_the_demo_brain_asks_for_results_only_once() -> None:
    memory = Tool("recall", "", {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]})
    asked = Dialogue("", (DialogueTurn("user", "What is my name?"),), tools=(memory,))
    (call,) = think(asked, NOW)
    assert call == Call("recall", '{"query": "name"}')
    events = (*asked.events, Call("recall", '{"query": "name"}', "c"), Result("c", "[]"))
    assert think(Dialogue("", events, tools=(memory,)), NOW) == ["I don't know that yet."]
