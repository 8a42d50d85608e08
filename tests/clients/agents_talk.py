"""A talk by openai-agents for Python: typed, spoken with a tool, and a story that is cut off.

Called with the address of the server and two files of raw speech: a question, and a wish for a story.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

PIECE = 960  # bytes: 20 ms
TIMEOUT_S = 60.0

told: dict[str, Any] = {"tools": [], "errors": [], "events": {}, "spoken": []}


def get_weather(city: str) -> str:
    """Get the weather in a city."""
    told["tools"].append(city)
    return "rainy"


async def main(url: str, question: bytes, wish: bytes) -> None:
    """Hold the talk, and print what became of it."""
    agent = RealtimeAgent(name="guide", instructions="Be brief.", tools=[function_tool(get_weather)])
    runner = RealtimeRunner(agent, config={"model_settings": {"model_name": "gpt-realtime"}})
    session = await runner.run(model_config={"url": f"{url}?model=gpt-realtime", "api_key": "any"})
    happened = asyncio.Condition()

    async def listen() -> None:
        async for event in session:
            async with happened:
                told["events"][event.type] = told["events"].get(event.type, 0) + 1
                if event.type == "error":
                    told["errors"].append(str(event.error))
                if event.type == "raw_model_event" and event.data.type == "raw_server_event":
                    data = event.data.data
                    if data["type"] == "response.output_audio_transcript.done":
                        told["spoken"].append(data["transcript"])
                happened.notify_all()

    async def until(type: str, count: int) -> None:
        async with happened, asyncio.timeout(TIMEOUT_S):
            await happened.wait_for(lambda: told["events"].get(type, 0) >= count)

    async def speak(raw: bytes) -> None:
        for at in range(0, len(raw), PIECE):
            await session.send_audio(raw[at : at + PIECE])
            await asyncio.sleep(0.002)

    async with session:
        listening = asyncio.create_task(listen())
        await session.send_message("What is two plus two?")
        await until("agent_end", 1)
        await speak(question)
        await until("agent_end", 3)  # the call, and what is said of its result
        await speak(wish)
        heard = told["events"].get("audio", 0)
        await until("audio", heard + 5)
        await speak(question)
        await until("agent_end", 6)
        listening.cancel()
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *(Path(name).read_bytes() for name in sys.argv[2:4])))
