"""Who the assistant is, and what its endpoint can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from voice_tui.messages.context_settings import ContextSettings
from voice_tui.messages.observed import Observed
from voice_tui.messages.tools import Approval, ToolSpec
from voice_tui.messages.usage import Billing

DEFAULT_INSTRUCTIONS = "You are a helpful voice assistant. Be brief and engaging."


@dataclass(frozen=True, slots=True)
class Profile:
    """What a session is configured with besides turn-taking.

    Attributes:
        instructions: System prompt; ``{placeholders}`` are filled from ``details``.
        voice: Name of the voice.
        transcription_model: Recogniser that writes down the user's words; "" for none.
        greeting: Sent as a text turn when the first session is live; "" for none.
        details: Placeholder → value ("user_name" → "Alice").
        extra_instructions: Lines that stand below the system prompt, such as known facts.
        tools: What the model may call.
        found: The same of servers of tools, by server: it stays when the assistant becomes somebody else.
        approval: What of it was agreed to beforehand.
        context: Where the settings of context management begin.
    """

    instructions: str = DEFAULT_INSTRUCTIONS
    voice: str = "alloy"
    transcription_model: str = "gpt-transcribe"
    greeting: str = "Hello"
    details: Mapping[str, str] = field(default_factory=dict)
    extra_instructions: tuple[str, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    found: Mapping[str, tuple[ToolSpec, ...]] = field(default_factory=dict)
    approval: Approval = field(default_factory=Approval)
    context: ContextSettings = field(default_factory=ContextSettings)

    @property
    def offered(self) -> tuple[ToolSpec, ...]:
        """All that the model may call."""
        return (*self.tools, *(tool for found in self.found.values() for tool in found))


@dataclass(slots=True)
class Capabilities:
    """What an endpoint can do. The engine asks this, never a provider's name.

    A session keeps one of its own, which becomes another when the conversation moves to another endpoint.

    Attributes:
        cancel: An answer that is being made can be stopped.
        truncate: The endpoint can be told where the listener stopped hearing.
        delete: It can be told to forget something.
        seed_history: It can be told what was said before, to restore a conversation.
        auto_truncates: It truncates by itself on an interruption.
        out_of_band: The model can be asked something beside the conversation.
        speaks_first: It says something when the connection is open; else the client does.
        window: Tokens that the model can hold; None: what is known of the model that the session names.
        interrupt_response: It can be kept from interrupting an answer by itself.
        create_response: It can be kept from answering a turn by itself.
        semantic_vad: It can find the end of a turn by what was said.
        manual_turns: Its detection of turns can be switched off.
        transcription: It writes down what the user says.
        clear: It can be told to forget audio that no turn has taken yet.
        retrieve: It can be asked for an item.
        tools: The model can call functions.
        billing: Whether it costs money, and by what.
        warm_up_s: How long it may take until it says its first word, s.
        observed: Knob → what a probe saw of its effect.
    """

    cancel: bool = True
    truncate: bool = True
    delete: bool = True
    seed_history: bool = True
    auto_truncates: bool = False
    out_of_band: bool = True
    speaks_first: bool = True
    window: int | None = None
    interrupt_response: bool = True
    create_response: bool = True
    semantic_vad: bool = True
    manual_turns: bool = True
    transcription: bool = True
    clear: bool = True
    retrieve: bool = True
    tools: bool = True
    billing: Billing = Billing.TOKENS
    warm_up_s: float = 10.0
    observed: Mapping[str, Observed] = field(default_factory=dict)

    def become(self, other: Capabilities) -> None:
        """Be what another endpoint can do."""
        for each in fields(self):
            setattr(self, each.name, getattr(other, each.name))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held: what may be another when it moves.

    Attributes:
        capabilities: What the endpoint can do.
        voice, transcription_model: As in `Profile`.
        name: What tells it from others; nobody looks inside.
    """

    capabilities: Capabilities = field(default_factory=Capabilities)
    voice: str = "alloy"
    transcription_model: str = "gpt-transcribe"
    name: str = ""
