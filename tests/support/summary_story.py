"""Conversations that are summarised, and what was told of it."""

from __future__ import annotations

from tests.support.context_story import Talk
from voice_tui.messages.context import ContextFailed, SummariseNow
from voice_tui.messages.context_settings import ContextSettings, Mode

OFF = ContextSettings(mode=Mode.OFF, keep_turns=2)


def told(talk: Talk, kind: type) -> list[object]:
    return [x for x in talk.notices if isinstance(x, kind)]


def failures(talk: Talk) -> list[tuple[str, str]]:
    return [(x.what, x.reason) for x in talk.notices if isinstance(x, ContextFailed)]


def conversation(turns: int = 4, settings: ContextSettings = OFF, **how: object) -> Talk:
    talk = Talk(settings, **how).connect()  # type: ignore[arg-type]  # as the story takes them
    for number in range(1, turns + 1):
        talk.turn(f"Question {number}.", f"Answer {number}.")
    return talk


def summarised(turns: int = 4, text: str = "They talked.", **how: object) -> Talk:
    talk = conversation(turns, **how)  # type: ignore[arg-type]
    talk.want(SummariseNow())
    talk.wait(100)
    talk.write(text)
    talk.wait(100)
    return talk
