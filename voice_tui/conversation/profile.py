"""Who the assistant is, and what its endpoint can do."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_INSTRUCTIONS = "You are a helpful voice assistant. Be brief and engaging."


@dataclass(frozen=True, slots=True)
class Profile:
    """What a session is configured with besides turn-taking.

    Attributes:
        instructions: System prompt.
        voice: Name of the voice.
        transcription_model: Recogniser that writes down the user's words; "" for none.
        greeting: Sent as a text turn when the first session is live; "" for none.
    """

    instructions: str = DEFAULT_INSTRUCTIONS
    voice: str = "alloy"
    transcription_model: str = "whisper-1"
    greeting: str = "Hello"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an endpoint can do. The engine asks this, never a provider's name.

    Attributes:
        cancel: ``response.cancel`` stops an answer.
        truncate: ``conversation.item.truncate`` works.
        delete: ``conversation.item.delete`` works.
        seed_history: Items can be created to restore a conversation.
        auto_truncates: The server truncates by itself on an interruption.
    """

    cancel: bool = True
    truncate: bool = True
    delete: bool = True
    seed_history: bool = True
    auto_truncates: bool = False
