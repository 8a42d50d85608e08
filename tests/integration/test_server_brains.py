"""A brain elsewhere: the server beside a chat endpoint on loopback that streams, refuses or talks nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

pytest.importorskip("httpx2", reason="the local extra is not installed")

from tests.integration.wire_client import WireClient, client_of
from tests.support.server_fakes import LetterVoice, ScriptedEars
from voice_tui.server.brains.chat import ChatBrain
from voice_tui.server.serve import running_server

pytestmark = pytest.mark.wall_clock

KEY = "secret-key-of-the-test"


@dataclass
class ChatEndpoint:
    """An HTTP server with one answer; it keeps what it was asked."""

    status: str = "200 OK"
    chunks: tuple[bytes, ...] = ()
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.asked.append((head[0].split()[1], headers, body))
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".encode())
        for chunk in self.chunks:
            writer.write(chunk)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def words(*deltas: str) -> tuple[bytes, ...]:
    role = [{"choices": [{"delta": {"role": "assistant", "content": None}}]}]
    said = [{"choices": [{"delta": {"content": delta}, "index": 0}]} for delta in deltas]
    chunks = [*role, *said, {"choices": [], "usage": {"total_tokens": 3}}]
    return (*(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks), b": comment\n\n", b"data: [DONE]\n\n")


@asynccontextmanager
async def talking_to(url: str) -> AsyncIterator[WireClient]:
    brain = ChatBrain(url, "tiny", KEY)
    serving = running_server(brain=brain, ears=ScriptedEars(), voice=LetterVoice(), pace=1e6)
    async with serving as server, client_of(server) as client:
        yield client


async def ask(client: WireClient, **response: Any) -> dict[str, Any]:
    await client.say("Hello?")
    await client.send("response.create", response=response)
    done: dict[str, Any] = (await client.until("response.done"))["response"]
    return done


async def test_the_endpoint_is_asked_with_the_conversation_and_its_stream_is_spoken_by_sentences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # this machine is reached without it
    monkeypatch.delenv("no_proxy", raising=False)
    endpoint = ChatEndpoint(chunks=words("Hel", "lo Dr", ". Smith. I", " am **fine**.", " Bye"))
    async with endpoint.listening() as url, talking_to(url) as client:
        await client.configure(instructions="Be brief.")
        done = await ask(client)
    assert done["status"] == "completed"
    assert done["output"][0]["content"][0]["transcript"] == "Hello Dr. Smith. I am **fine**. Bye"
    path, headers, body = endpoint.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["stream"]) == ("tiny", True)
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello?"},
    ]


TOOL = {
    "type": "function",
    "name": "weather",
    "description": "Look it up.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def called(*pieces: dict[str, Any]) -> tuple[bytes, ...]:
    """Chunks that stream calls: ``delta.tool_calls``, a piece at a time."""
    chunks = [{"choices": [{"index": 0, "delta": {"tool_calls": [piece]}}]} for piece in pieces]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}
    return (*(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in [*chunks, end]), b"data: [DONE]\n\n")


async def test_calls_of_the_endpoint_reach_the_client_and_its_results_the_endpoint() -> None:
    first = {"index": 0, "id": "x", "type": "function", "function": {"name": "weather", "arguments": ""}}
    rest = [{"index": 0, "function": {"arguments": piece}} for piece in ('{"city"', ': "Oslo"}')]
    endpoint = ChatEndpoint(chunks=called(first, *rest))
    async with endpoint.listening() as url, talking_to(url) as client:
        await client.configure(tools=[TOOL], tool_choice="required")
        done = await ask(client)
        (item,) = done["output"]
        assert (item["name"], json.loads(item["arguments"])) == ("weather", {"city": "Oslo"})
        output = {"type": "function_call_output", "call_id": item["call_id"], "output": "snow"}
        await client.send("conversation.item.create", item=output)
        endpoint.chunks = words("It snows.")
        await client.send("response.create", response={"tool_choice": "auto"})
        answer = (await client.until("response.done", 2))["response"]["output"][0]
    assert answer["content"][0]["transcript"] == "It snows."
    asked, again = (body for _, _, body in endpoint.asked)
    function = {name: TOOL[name] for name in ("name", "description", "parameters")}
    assert asked["tools"] == [{"type": "function", "function": function}]
    assert (asked["tool_choice"], again["tool_choice"]) == ("required", "auto")
    made = {"id": item["call_id"], "type": "function", "function": {"name": "weather", "arguments": item["arguments"]}}
    assert again["messages"][-2:] == [
        {"role": "assistant", "content": None, "tool_calls": [made]},
        {"role": "tool", "tool_call_id": item["call_id"], "content": "snow"},
    ]


async def test_words_before_a_call_are_a_message_of_their_own() -> None:
    piece = {"index": 0, "id": "x", "function": {"name": "weather", "arguments": "{}"}}
    said = f"data: {json.dumps({'choices': [{'delta': {'content': 'Let me look.'}}]})}\n\n".encode()
    endpoint = ChatEndpoint(chunks=(said, *called(piece)))
    async with endpoint.listening() as url, talking_to(url) as client:
        await client.configure(tools=[TOOL])
        done = await ask(client)
    assert [item["type"] for item in done["output"]] == ["message", "function_call"]
    assert done["output"][0]["content"][0]["transcript"] == "Let me look."


FAILURES = [
    (ChatEndpoint(status="404 Not Found"), "brain_not_found", "404"),
    (ChatEndpoint(status="401 Unauthorized"), "brain_unauthorized", "API key"),
    (ChatEndpoint(status="500 Internal Server Error"), "brain_failed", "500"),
    (ChatEndpoint(chunks=(b"<html>welcome</html>",)), "brain_bad_answer", "check the URL"),
    (ChatEndpoint(chunks=(b"data: {broken\n\n",)), "brain_bad_answer", "check the URL"),
    (ChatEndpoint(chunks=(b'data: {"error":{"message":"overloaded"}}\n\n',)), "brain_failed", "reported an error"),
    (
        ChatEndpoint(chunks=(b'data: {"choices":[{"delta":{"tool_calls":["x"]}}]}\n\n',)),
        "brain_bad_answer",
        "check the URL",
    ),
    (ChatEndpoint(), "brain_bad_answer", "check the URL"),
]


@pytest.mark.parametrize(("endpoint", "code", "hint"), FAILURES)
async def test_a_brain_that_fails_is_a_failed_response_that_says_why(
    endpoint: ChatEndpoint, code: str, hint: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with endpoint.listening() as url, talking_to(url) as client:
        done = await ask(client)
    error = done["status_details"]["error"]
    assert (done["status"], error["type"], error["code"]) == ("failed", "server_error", code)
    assert hint in error["message"]
    assert "\n" not in error["message"]
    assert KEY not in json.dumps(done) + caplog.text


async def test_a_brain_that_is_down() -> None:
    async with ChatEndpoint().listening() as url:
        pass  # it was there, and no longer is
    async with talking_to(url) as client:
        done = await ask(client)
    assert done["status_details"]["error"]["code"] == "brain_unreachable"
    assert url in done["status_details"]["error"]["message"]


async def test_what_was_found_before_a_failure_is_still_spoken() -> None:
    endpoint = ChatEndpoint(chunks=(*words("One. Two. ")[:2], b"data: oops\n\n"))
    async with endpoint.listening() as url, talking_to(url) as client:
        done = await ask(client)
    assert done["status"] == "failed"
    assert done["output"][0]["content"][0]["transcript"] == "One."
