"""What services really said, and sessions written after it, to a client that talks: it ends with all the words."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.scripted.talk import errors, told
from tests.simulation.world import World, simulate
from tests.support.sessions import BY_HAND, recorded
from voice_tui.messages.talk import RULE
from voice_tui.server.sender import ClientLink

PAUSE_S = 0.02
ENTERS = ("conversation.item.added", "conversation.item.created")

SOUND = ("response.output_audio.delta", "response.audio.delta")
KINDS = (
    "no deployment of the recogniser's name",
    "half a sample at its end",  # the sound of recordings was shortened: it is also slow, and often silent
    "comes more slowly than it is spoken",
    "without 10 ms of it that can be heard",
    "is no time to come by the clock of this machine",  # they were recorded before: their sessions are over
    "names another item than the one that was sent",  # what came back is what another client had sent
    "cannot be switched off",  # they were told to answer and to interrupt by themselves
)
"""What may be said of them."""


def events_of(path: Path) -> list[dict[str, Any]]:
    """What the server said, in order."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [line["event"] for line in lines if line["dir"] == "server"]


def playing(events: list[dict[str, Any]]) -> Callable[[World], Callable[[ClientLink], Awaitable[None]]]:
    """A server that says this, whatever it is told."""

    async def connection(link: ClientLink) -> None:
        async def listen() -> None:
            async for _ in link:
                pass

        listening = asyncio.create_task(listen())
        for event in events:
            await link.send(json.dumps(event).encode(), text=True)
            await asyncio.sleep(PAUSE_S)
        await listening

    return lambda world: connection


def words_of(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(role, words) of what was said: what was written or told, what the recogniser heard, and the finished answers."""
    out: list[tuple[str, str]] = []
    for event in events:
        if event["type"] == "conversation.item.input_audio_transcription.completed":
            out.append(("user", event["transcript"].strip()))
        if event["type"] in ENTERS and event["item"].get("role") in ("user", "assistant"):
            texts = [part["text"] for part in event["item"]["content"] if part.get("text")]
            out += [(event["item"]["role"], " ".join(texts))] if texts else []
        for item in event.get("response", {}).get("output", []) if event["type"] == "response.done" else []:
            parts = [part.get("transcript") or part.get("text") or "" for part in item.get("content", [])]
            out += [("assistant", " ".join(parts).strip())] if any(parts) else []
    return out


@pytest.mark.parametrize("preset", ["server-vad", "natural"])
@pytest.mark.parametrize("path", [*BY_HAND, *recorded()], ids=lambda path: path.stem)
def test_a_session_is_followed_to_its_end(path: Path, preset: str) -> None:
    events = events_of(path)

    async def scene(world: World) -> None:
        await world.live()
        await world.until(lambda: len(world.received("response.done")) == ends, "all has been said")
        await world.quiet(2.0)

    ends = sum(event["type"] == "response.done" for event in events)
    world = simulate(scene, 3, preset, serve=playing(events))
    assert world.logged == []
    assert not any(row.pending for row in world.rows)
    assert not any(row.role == RULE for row in world.rows)
    assert sorted(words_of(events)) == sorted(said for said in world.said if said[1])
    assert errors(world) == []
    lines = told(world)
    assert len(lines) == len(set(lines))
    assert [line for line in lines if not any(kind in line for kind in KINDS)] == []
    failed = {event["error"]["code"] for event in events if event["type"].endswith("transcription.failed")}
    assert any("no deployment" in line for line in lines) == ("DeploymentNotFound" in failed)
    halves = [event for event in events if event["type"] in SOUND and len(base64.b64decode(event["delta"])) % 2]
    assert any("half a sample" in line for line in lines) == bool(halves)
