"""A brain elsewhere: any OpenAI-compatible chat completions endpoint, streamed and cut into sentences."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from voice_tui.endpoints.address import loopback, shown
from voice_tui.server.brains.brain import BrainError
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn, Result
from voice_tui.server.sentences import SentenceSplitter
from voice_tui.speech import packages

SILENCE = "(The user said nothing that could be understood.)"
INTERRUPTED = " … (the user interrupted here)"
UNSEEN = "(The user sent a picture here. You cannot see it: say so if it matters.)"
Message = dict[str, Any]


def messages(conversation: Dialogue) -> list[Message]:
    """The conversation as chat messages; an interrupted answer is marked as such.

    Endpoints insist that the results of calls stand right behind them. So calls made together are one message, their
    results follow whatever was said meanwhile, and a call without a result (or the other way round) is told as a note.
    """
    told = conversation.response_instructions or conversation.instructions
    out: list[Message] = [{"role": "system", "content": told}] if told else []
    results = {event.call_id: event for event in conversation.events if isinstance(event, Result)}
    called = {event.call_id for event in conversation.events if isinstance(event, Call)}
    together: list[Call] = []
    for event in conversation.events:
        if isinstance(event, Call) and event.call_id in results:
            together.append(event)
            continue
        out += _exchange(together, results)
        together = []
        if isinstance(event, DialogueTurn):
            out.append(_said(event))
        elif isinstance(event, Call):
            out.append({"role": "system", "content": f"(The function {event.name} was called; it gave no result.)"})
        elif event.call_id not in called:
            out.append({"role": "system", "content": f"The function returned: {event.output}"})
    return out + _exchange(together, results)


def offer(conversation: Dialogue) -> dict[str, Any]:
    """``tools`` and ``tool_choice`` of a request; nothing where there are no tools."""
    if not conversation.tools:
        return {}
    choice: Any = conversation.tool_choice
    if conversation.forced:
        choice = {"type": "function", "function": {"name": conversation.forced}}
    functions = (
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters or {"type": "object"}}
        for tool in conversation.tools
    )
    return {"tools": [{"type": "function", "function": one} for one in functions], "tool_choice": choice}


class CallAssembler:
    """Puts calls together from ``delta.tool_calls``; a name and an id come first, arguments in pieces."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._arguments: dict[int, str] = {}

    def feed(self, pieces: list[dict[str, Any]]) -> None:
        """Take the pieces of one chunk. Where a server leaves the index out, every name begins another call.

        Raises:
            TypeError, AttributeError: They are no pieces of calls.
        """
        for piece in pieces:
            function = piece.get("function") or {}
            name, arguments = function.get("name") or "", function.get("arguments") or ""
            index = piece.get("index")
            if not isinstance(index, int):
                index = len(self._names) if name else max(len(self._names) - 1, 0)
            text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
            self._names[index] = self._names.get(index, "") or name
            self._arguments[index] = self._arguments.get(index, "") + text

    def finish(self) -> list[Call]:
        """The calls, in their order; one without a name is none."""
        return [Call(name, self._arguments[i] or "{}") for i, name in sorted(self._names.items()) if name]


def _said(turn: DialogueTurn) -> Message:
    said = [turn.text, *[UNSEEN] * turn.images]
    empty = SILENCE if turn.role == "user" else ""
    text = "\n".join(filter(None, said)) or empty
    return {"role": turn.role, "content": text + (INTERRUPTED if turn.interrupted else "")}


def _exchange(calls: list[Call], results: dict[str, Result]) -> list[Message]:
    """Calls made together and what each came to."""
    if not calls:
        return []
    made = [
        {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]
    came = [{"role": "tool", "tool_call_id": call.call_id, "content": results[call.call_id].output} for call in calls]
    return [{"role": "assistant", "content": None, "tool_calls": made}, *came]


COMPLETIONS = "/chat/completions"
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 60.0  # between two pieces; a cold model may think that long before its first
DONE = "[DONE]"

# What an HTTP status means, and what to do about it.
STATUS: dict[int, tuple[str, str]] = {
    401: ("brain_unauthorized", "it wants an API key, or another one"),
    403: ("brain_unauthorized", "the API key may not use it"),
    404: ("brain_not_found", "there is no such endpoint or model; check the URL and the model's name"),
    429: ("brain_rate_limited", "too many requests; wait a little"),
}


def completions_url(url: str) -> str:
    """The endpoint of a base URL (``http://host/v1``), or of a whole one (``…/chat/completions``)."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=path if path.endswith(COMPLETIONS) else path + COMPLETIONS, fragment=""))


class ChatBrain:
    """Asks a chat endpoint.

    Args:
        url: Its base URL, or that of its ``chat/completions``.
        model: The model's name; None sends "default", which servers with one model ignore.
        key: API key, sent as a bearer token; never logged.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """

    def __init__(self, url: str, model: str | None = None, key: str | None = None) -> None:
        self._url = completions_url(url)
        self._model = model or "default"
        self._http = packages.load("httpx2", "httpx2")
        timeout = self._http.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # This machine is reached directly, whatever proxy the environment names.
        self._client = self._http.AsyncClient(timeout=timeout, headers=headers, trust_env=not loopback(self._url))

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call, None]:
        """The answer, sentence by sentence as they are complete; then the calls, once the stream is over.

        Raises:
            BrainError: The endpoint is down, refuses, or speaks another language.
        """
        splitter, calls = SentenceSplitter(), CallAssembler()
        async with aclosing(self._deltas(conversation, calls)) as deltas:
            async for delta in deltas:
                for sentence in splitter.feed(delta):
                    yield sentence
        for sentence in splitter.finish():
            yield sentence
        for call in calls.finish():
            yield call

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _deltas(self, conversation: Dialogue, calls: CallAssembler) -> AsyncGenerator[str, None]:
        told = messages(conversation)
        body = {"model": self._model, "messages": told, "stream": True, **offer(conversation)}
        where = shown(self._url)
        try:
            async with self._client.stream("POST", self._url, json=body) as response:
                if response.status_code != 200:
                    raise await self._refusal(response)
                async for data in _events(response.aiter_lines()):
                    yield self._delta(data, calls)
        except self._http.ConnectError as error:
            raise BrainError("brain_unreachable", f"No chat endpoint answers at {where}: is it running?") from error
        except self._http.TimeoutException as error:
            raise BrainError("brain_timeout", f"The chat endpoint at {where} does not answer in time.") from error
        except (self._http.HTTPError, self._http.InvalidURL) as error:
            reason = f"The connection to the chat endpoint at {where} failed: {type(error).__name__}."
            raise BrainError("brain_connection_failed", reason) from error

    async def _refusal(self, response: Any) -> BrainError:
        code, advice = STATUS.get(response.status_code, ("brain_failed", "see its own log"))
        await response.aread()
        return BrainError(code, f"The chat endpoint at {shown(self._url)} answered {response.status_code}: {advice}.")

    def _delta(self, data: str, calls: CallAssembler) -> str:
        """The words in one chunk; chunks without any (roles, calls, usage) are ""."""
        try:
            chunk = json.loads(data)
            if "error" in chunk:
                raise BrainError("brain_failed", f"The chat endpoint at {shown(self._url)} reported an error.")
            choices = chunk["choices"]
            delta = (choices[0].get("delta") or {}) if choices else {}
            content = delta.get("content")
            calls.feed(delta.get("tool_calls") or [])
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            reason = f"{shown(self._url)} does not stream chat completions: check the URL."
            raise BrainError("brain_bad_answer", reason) from error
        return content if isinstance(content, str) else ""


async def _events(lines: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """The data of server-sent events, until the stream says that it is done."""
    seen = False
    async for line in lines:
        if line.startswith("data:"):
            data = line[5:].strip()
            if data == DONE:
                return
            seen = True
            yield data
        elif line.strip() and not line.startswith((":", "event:", "id:", "retry:")):
            yield line  # not an event stream: the reader of the chunk says so
            return
    if not seen:
        yield ""  # nothing at all came: not an event stream either
