"""A talk in which functions are called."""

from __future__ import annotations

from tests.support.context_story import CLOCK, WEATHER, Talk
from voice_tui.messages.tools import ToolFinished

LONDON = ("weather", '{"city": "London"}')


def story(**how: object) -> Talk:
    return Talk(tools=(WEATHER, CLOCK), **how).connect()  # type: ignore[arg-type]  # as the story takes them


def finish(talk: Talk, call_id: str, output: str = "fog") -> None:
    talk.engine.receive(ToolFinished(call_id, output))
    talk.drain()


def outputs(talk: Talk) -> dict[str, str]:
    return {str(h.item.call_id): str(h.item.output) for h in talk.held if h.item.type == "function_call_output"}


def kinds(talk: Talk) -> list[str]:
    """What the server holds, in order: m(essage), c(all), o(utput)."""
    short = {"message": "m", "function_call": "c", "function_call_output": "o"}
    return [short[held.item.type] for held in talk.held]


def settle(talk: Talk) -> None:
    """The floor is free for long enough."""
    talk.wait(2_000)
