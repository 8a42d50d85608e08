"""Settings as they were tuned here, for somebody's own program: JSON, or code for the official SDKs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pprint import pformat

from voice_tui.endpoints.providers import DEFAULT_MODEL
from voice_tui.plain_text import one_line

WIDTH = 100

_PYTHON = '''"""A Realtime session as it was tuned in voice-tui."""

import asyncio

from openai import AsyncOpenAI
from openai.types.realtime import RealtimeSessionCreateRequestParam

MODEL = {model}
{remarks}SESSION: RealtimeSessionCreateRequestParam = {session}


async def main() -> None:
    async with AsyncOpenAI().realtime.connect(model=MODEL) as connection:
        await connection.session.update(session=SESSION)
        async for event in connection:
            print(event.type)


if __name__ == "__main__":
    asyncio.run(main())
'''
_JAVASCRIPT = """// A Realtime session as it was tuned in voice-tui. It needs: npm install openai ws
import {{ OpenAIRealtimeWS }} from "openai/realtime/ws";

const model = {model};
{remarks}const session = {session};

const realtime = new OpenAIRealtimeWS({{ model }});
realtime.socket.on("open", () => realtime.send({{ type: "session.update", session }}));
realtime.on("event", (event) => console.log(event.type));
realtime.on("error", (error) => console.error(error.message));
"""


def as_json(update: str, model: str, remarks: Sequence[str]) -> str:
    """The event alone; there is no place for remarks in it."""
    return json.dumps(json.loads(update), indent=2) + "\n"


def as_python(update: str, model: str, remarks: Sequence[str]) -> str:
    """A program for the official Python package."""
    said = "".join(f"# {one_line(remark)}\n" for remark in remarks)
    session = pformat(json.loads(update)["session"], indent=1, width=WIDTH, sort_dicts=False)
    return _PYTHON.format(model=json.dumps(model or DEFAULT_MODEL), remarks=said, session=session)


def as_javascript(update: str, model: str, remarks: Sequence[str]) -> str:
    """A module for the official JavaScript package."""
    said = "".join(f"// {one_line(remark)}\n" for remark in remarks)
    session = json.dumps(json.loads(update)["session"], indent=2)
    return _JAVASCRIPT.format(model=json.dumps(model or DEFAULT_MODEL), remarks=said, session=session)


FORMATS: dict[str, Callable[[str, str, Sequence[str]], str]] = {
    "json": as_json,
    "python": as_python,
    "js": as_javascript,
}
"""By name: from the event's JSON, the model and what is to be remarked to a text that ends with a line's end."""
