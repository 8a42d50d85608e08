"""Memory over real sockets: calls and their results, work out of band, and a summary in place of old turns."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.wire_client import WireClient, client_of
from tests.support.server_fakes import LetterVoice, ScriptedEars
from tests.support.sessions import BY_HAND, recorded
from tests.wire import read
from voice_tui.server.brains.demo.brain import DemoBrain
from voice_tui.server.serve import running_server

pytestmark = pytest.mark.wall_clock

TEXT = {"type": "string"}
PACE = 40  # times real time: an answer lasts long enough to do something beside it


def function(name: str, *needs: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict.fromkeys(needs, TEXT), "required": list(needs)}
    return {"type": "function", "name": name, "description": f"To {name}.", "parameters": schema}


MEMORY = [function("remember", "fact", "subject"), function("recall", "query"), function("forget", "query")]
TOOL_ROUNDS = [
    path for path in (*BY_HAND, *recorded()) if path.stem.startswith(("openai_tool", "test_openai_ws__test_tool"))
]
SUMMARY = {
    "conversation": "none",
    "output_modalities": ["text"],
    "instructions": "Summarise the conversation in at most 40 words.\nPinned: The door code is 4711.",
    "tools": [],
    "metadata": {"purpose": "summary"},
}


@pytest.fixture
async def client() -> AsyncIterator[WireClient]:
    serving = running_server(brain=DemoBrain(), ears=ScriptedEars(), voice=LetterVoice(), pace=PACE)
    async with serving as url, client_of(url) as client:
        yield client


async def respond(client: WireClient, **response: Any) -> dict[str, Any]:
    """The next answer, complete."""
    done = len(client.of("response.done"))
    await client.send("response.create", response=response)
    answer: dict[str, Any] = (await client.until("response.done", done + 1))["response"]
    return answer


def calls(response: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(i["name"], json.loads(i["arguments"])) for i in response["output"] if i["type"] == "function_call"]


async def give(client: WireClient, response: dict[str, Any], *outputs: Any) -> None:
    """Answer the calls of a response."""
    for item, output in zip(response["output"], outputs, strict=True):
        result = {"type": "function_call_output", "call_id": item["call_id"], "output": json.dumps(output)}
        await client.send("conversation.item.create", item=result)


def spoken(response: dict[str, Any]) -> str:
    (item,) = response["output"]
    part = item["content"][0]
    return str(part.get("transcript") or part.get("text"))


async def test_what_is_told_is_remembered_and_confirmed_in_speech(client: WireClient) -> None:
    await client.configure(tools=MEMORY)
    await client.say("My name is Alice and I live in Lisbon.")
    asked = await respond(client)
    assert calls(asked) == [
        ("remember", {"fact": "The user's name is Alice.", "subject": "user"}),
        ("remember", {"fact": "The user lives in Lisbon.", "subject": "user"}),
    ]
    assert not client.of("response.content_part.added")
    await give(client, asked, {"ok": True}, {"ok": True})
    answer = await respond(client)
    assert spoken(answer) == "I will remember that your name is Alice. I will remember that you live in Lisbon."
    assert len(client.audio_of(answer["output"][0]["id"])) > 0
    assert answer["usage"]["input_tokens"] > asked["usage"]["input_tokens"] > 0


async def test_arguments_stream_as_the_recorded_services_do(client: WireClient) -> None:
    await client.configure(tools=MEMORY)
    await client.say("I like jazz.")
    response = await respond(client)
    item = response["output"][0]
    own = [e for e in client.events if e.get("item_id") == item["id"]]
    assert {e["type"] for e in own} == {
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
    }
    assert "".join(e["delta"] for e in own[:-1]) == own[-1]["arguments"] == item["arguments"]
    assert {e["call_id"] for e in own} == {item["call_id"]}
    order = [e["type"] for e in client.events if e["type"] != "rate_limits.updated"]
    assert order[-3:] == ["conversation.item.done", "response.output_item.done", "response.done"]


async def test_what_is_not_in_the_conversation_is_recalled(client: WireClient) -> None:
    await client.configure(tools=MEMORY)
    await client.say("What is my sister called?")
    asked = await respond(client)
    assert calls(asked) == [("recall", {"query": "sister"})]
    await give(client, asked, {"facts": [{"text": "The user's sister is called Ana.", "subject": "user"}]})
    assert spoken(await respond(client)) == "You told me that your sister is called Ana."
    await client.say("What did we talk about yesterday?")
    asked = await respond(client)
    await give(client, asked, [])
    assert spoken(await respond(client)) == "I don't know that yet."
    await client.say("Forget my sister.")
    asked = await respond(client)
    assert calls(asked) == [("forget", {"query": "my sister"})]
    await give(client, asked, {"forgotten": 1})
    assert spoken(await respond(client)) == "I have forgotten that."


async def test_the_choice_of_the_session_and_of_one_answer(client: WireClient) -> None:
    await client.configure(tools=MEMORY, tool_choice="none")
    await client.say("I like jazz.")
    assert calls(await respond(client)) == []
    assert calls(await respond(client, tool_choice="auto")) != []
    forced = await respond(client, tool_choice={"type": "function", "name": "recall"})
    assert calls(forced) == [("recall", {"query": "I like jazz."})]
    assert len(calls(await respond(client, tool_choice="required"))) == 1
    unknown = {"type": "function", "name": "nobody"}
    await client.send("response.create", wrong=True, response={"tool_choice": unknown}, event_id="mine")
    error = (await client.until("error"))["error"]
    assert (error["code"], error["param"], error["event_id"]) == ("invalid_value", "response.tool_choice.name", "mine")


async def test_work_beside_an_answer_does_not_disturb_it_nor_the_conversation(client: WireClient) -> None:
    await client.say("My name is Alice.")
    await client.say("Tell me a long story.")
    await client.send("response.create")
    story = (await client.until("response.created"))["response"]["id"]
    await client.until("response.output_audio.delta", 5)
    await client.send("response.create", response=SUMMARY)
    await client.send("response.create", wrong=True, event_id="second")
    refused = (await client.until("error"))["error"]
    assert (refused["code"], refused["event_id"]) == ("conversation_already_has_active_response", "second")
    summary = (await client.until("response.done"))["response"]
    assert summary["metadata"] == {"purpose": "summary"}
    assert (summary["conversation_id"], summary["status"]) == (None, "completed")
    assert summary["output"][0]["content"][0]["text"].startswith("The door code is 4711.\nUser: My name is Alice.")
    before = len(client.of("response.output_audio.delta"))
    await client.until("response.output_audio.delta", before + 5)  # the story goes on
    await client.send("response.cancel")
    told = (await client.until("response.done", 2))["response"]
    assert (told["id"], told["status"]) == (story, "cancelled")
    aside = summary["output"][0]["id"]
    assert aside not in [e["item"]["id"] for e in client.events if e["type"].startswith("conversation.item.")]
    await client.send("conversation.item.retrieve", wrong=True, item_id=aside)
    assert (await client.until("error", 2))["error"]["code"] == "item_retrieve_invalid_item_id"


async def test_an_answer_beside_work_out_of_band(client: WireClient) -> None:
    await client.say("Tell me a long story.")
    await client.send("response.create", response={"conversation": "none", "metadata": {"purpose": "aside"}})
    aside = (await client.until("response.created"))["response"]["id"]
    await client.until("response.output_audio.delta", 3)
    await client.say("What is two plus two?")
    answer = await respond(client)
    assert spoken(answer) == "That is 4."
    assert aside not in [e["response"]["id"] for e in client.of("response.done")]
    await client.send("response.cancel", wrong=True)  # nothing of the conversation is being made
    assert (await client.until("error"))["error"]["code"] == "response_cancel_not_active"
    await client.send("response.cancel", response_id=aside)
    assert (await client.until("response.done", 2))["response"]["id"] == aside


async def test_facts_are_extracted_from_what_is_given(client: WireClient) -> None:
    await client.say(
        "My secret is out.",
    )
    talk = "User (Alice): I live in Lisbon.\nAssistant: I like it too.\nUser (Bob): I am allergic to nuts."
    given = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": talk}]}
    told = {"instructions": "Extract the facts as JSON.", "output_modalities": ["text"], "conversation": "none"}
    facts = json.loads(spoken(await respond(client, **told, input=[given])))
    assert facts == {
        "facts": [
            {"subject": "Alice", "text": "Alice lives in Lisbon.", "speaker": "Alice"},
            {"subject": "Bob", "text": "Bob is allergic to nuts.", "speaker": "Bob"},
        ]
    }
    first = client.of("conversation.item.added")[0]["item"]["id"]
    referred = await respond(client, **told, input=[{"type": "item_reference", "id": first}])
    assert json.loads(spoken(referred))["facts"][0]["text"] == "The user's secret is out."
    assert json.loads(spoken(await respond(client, **told, input=[]))) == {"facts": []}


async def test_sixty_turns_become_one_summary_at_the_root(client: WireClient) -> None:
    await client.configure(output_modalities=["text"])
    for i in range(30):
        await client.say({3: "My name is Alice.", 11: "I live in Lisbon."}.get(i, f"Let us talk about the number {i}."))
        await respond(client)
    items = [e["item"]["id"] for e in client.of("conversation.item.added")]
    assert len(items) == 60
    made = await respond(client, **SUMMARY)
    text = spoken(made)
    assert len(text.split()) <= 40
    note = {"type": "message", "role": "system", "content": [{"type": "input_text", "text": text}]}
    await client.send("conversation.item.create", item=note, previous_item_id="root")
    for item_id in items:
        await client.send("conversation.item.delete", item_id=item_id)
    await client.until("conversation.item.deleted", 60)
    assert client.of("conversation.item.added")[-1]["previous_item_id"] is None
    answers = []
    for question in ("What is my name?", "What is the door code?", "Where do I live?"):
        await client.say(question)
        answer = await respond(client)
        answers.append(spoken(answer))
    assert answers == [
        "Your name is Alice.",
        "The door code is 4711.",
        "You told me that you live in Lisbon.",
    ]
    assert answer["usage"]["input_tokens"] < made["usage"]["input_tokens"] / 3


def shape(value: Any) -> Any:
    """Which fields there are, at any depth; padding against traffic analysis does not count."""
    if isinstance(value, dict):
        return {name: shape(child) for name, child in value.items() if name != "obfuscation"}
    return [shape(child) for child in value] if isinstance(value, list) else None


def shapes(events: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """The order and fields of a session's events, repeated deltas once, settings left out."""
    seen = [(event["type"], shape(event)) for event in events if not event["type"].startswith("session.")]
    kept = [one for i, one in enumerate(seen) if not (i and one == seen[i - 1] and one[0].endswith(".delta"))]
    return [one for one in kept if one[0] != "rate_limits.updated"]


@pytest.mark.parametrize("path", TOOL_ROUNDS, ids=lambda path: path.stem)
async def test_a_tool_round_has_the_order_and_the_fields_of_the_services(client: WireClient, path: Path) -> None:
    session = read(path)
    sent = [record["event"] for record in session if record["dir"] == "client"]
    (update,) = (event for event in sent if event["type"] == "session.update")
    question, result = (event["item"] for event in sent if event["type"] == "conversation.item.create")
    await client.configure(**update["session"])
    await client.send("conversation.item.create", item=question)
    asked = await respond(client)
    (called,) = (r["event"] for r in session if r["event"]["type"] == "response.function_call_arguments.done")
    assert calls(asked) == [(called["name"], json.loads(called["arguments"]))]
    await client.send("conversation.item.create", item={**result, "call_id": asked["output"][0]["call_id"]})
    assert spoken(await respond(client)) == result["output"]
    assert shapes(client.events) == shapes([record["event"] for record in session if record["dir"] == "server"])
