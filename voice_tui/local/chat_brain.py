"""A brain elsewhere: any OpenAI-compatible chat completions endpoint, streamed and cut into sentences."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from voice_tui.local import extras
from voice_tui.local.brain import BrainError
from voice_tui.local.chat_messages import CallAssembler, messages, offer
from voice_tui.local.conversation import Call, Conversation
from voice_tui.local.sentences import SentenceSplitter

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


def shown(url: str) -> str:
    """The URL without what may be secret: user, password, query."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


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
        self._http = extras.load("httpx2", "httpx2")
        timeout = self._http.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = self._http.AsyncClient(timeout=timeout, headers=headers)

    async def answer(self, conversation: Conversation) -> AsyncGenerator[str | Call, None]:
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

    async def _deltas(self, conversation: Conversation, calls: CallAssembler) -> AsyncGenerator[str, None]:
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
