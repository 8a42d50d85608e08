"""What a brain is told: who said what, as far as it was really heard, and which tools it may call."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

from voice_tui.audio.stream.pcm import Pcm, to_pcm


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """One contribution.

    Attributes:
        role: Who.
        text: What was said; of an interrupted answer only what the listener heard. "" where the user was not
            understood.
        interrupted: Whether the assistant was cut off here.
        images: How many pictures came with it; nobody here can see them.
    """

    role: Literal["user", "assistant", "system"]
    text: str
    interrupted: bool = False
    images: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the brain wants used.

    Attributes:
        name: Which tool.
        arguments: A JSON text.
        call_id: What its result will name; "" until the server has given it one.
    """

    name: str
    arguments: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of an answer that is a sound already.

    Attributes:
        text: What is written for it.
        pcm: 24 kHz mono.
    """

    text: str
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class Result:
    """What a call came to, in the client's words (often JSON)."""

    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the client offers; ``parameters`` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Everything an answer is made from.

    Attributes:
        instructions: What the session tells the assistant to be.
        events: Turns, calls and their results, oldest first.
        response_instructions: What this one answer is told instead, "" where nothing.
        tools: What may be called.
        tool_choice: ``auto``, ``none`` or ``required``.
        forced: The tool that must be called, "" where none must.
        out_of_band: Whether the answer stands beside the conversation, for a program rather than for the listener.
        heard: The user's newest turn as it sounded, empty where it was written.
    """

    instructions: str
    events: tuple[DialogueTurn | Call | Result, ...]
    response_instructions: str = ""
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    forced: str = ""
    out_of_band: bool = False
    heard: Pcm = field(default_factory=lambda: to_pcm(b""), compare=False, repr=False)

    @property
    def turns(self) -> tuple[DialogueTurn, ...]:
        """What was said, without calls and results."""
        return tuple(event for event in self.events if isinstance(event, DialogueTurn))

    @property
    def shows_images(self) -> bool:
        """Whether the user has shown pictures since the assistant last spoke."""
        unanswered = takewhile(lambda turn: turn.role != "assistant", reversed(self.turns))
        return any(turn.images for turn in unanswered)

    @property
    def last_user_text(self) -> str:
        """The user's newest words, "" where there are none."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

    @property
    def fresh_results(self) -> tuple[tuple[Call, Result], ...]:
        """The results that came after the user's newest words, each with its call."""
        calls = {event.call_id: event for event in self.events if isinstance(event, Call)}
        fresh: list[tuple[Call, Result]] = []
        for event in reversed(self.events):
            if isinstance(event, DialogueTurn) and event.role != "system":
                break
            if isinstance(event, Result):
                fresh.append((calls.get(event.call_id, Call("", "{}", event.call_id)), event))
        return tuple(reversed(fresh))
