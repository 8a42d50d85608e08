"""Who the assistant is, as far as the server has agreed to it, and what of it was asked for and not answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.prompt import instructions
from voice_tui.messages.profile import Place, Profile
from voice_tui.messages.talk import Ack, InstructionsChanged
from voice_tui.messages.tools import ToolSpec


def _prompt(profile: Profile) -> str:
    return instructions(profile.instructions, profile.details, profile.extra_instructions)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that was asked for: the fields that change, and the prompt as it was sent."""

    fields: dict[str, Any]
    prompt: str

    @property
    def about_prompt(self) -> bool:
        return "instructions" in self.fields


class Persona:
    """The profile, and its changes by the id of the event that asks for each.

    Args:
        outbox: Takes what is told about the prompt.
        profile: Who the assistant is at first.
    """

    def __init__(self, outbox: Outbox, profile: Profile) -> None:
        self._outbox = outbox
        self._held, self._held_prompt = profile, _prompt(profile)  # what the server agreed to, or will be told first
        self._changes: dict[str, _Change] = {}  # oldest first

    @property
    def profile(self) -> Profile:
        """Who the assistant is, with everything that was asked for and not refused."""
        profile = self._held
        for change in self._changes.values():
            profile = replace(profile, **change.fields)
        return profile

    @property
    def instructions(self) -> str:
        """The system prompt, as it was sent last."""
        return [self._held_prompt, *(change.prompt for change in self._changes.values())][-1]

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """What the model may call."""
        return self.profile.offered

    @property
    def changing(self) -> bool:
        """Something was asked for that has not been answered."""
        return bool(self._changes)

    def asks_for(self, event_id: str) -> bool:
        """Whether this event asks for a change."""
        return event_id in self._changes

    def holds(self, name: str, value: object) -> bool:
        """Whether the server surely has this value: it agreed to it, and nothing that is under way touches it."""
        under_way = any(name in change.fields for change in self._changes.values())
        return not under_way and getattr(self._held, name) == value

    def at(self, place: Place | None) -> Profile:
        """The profile at a place; a recogniser that was switched off stays off."""
        profile = self.profile
        if place is None:
            return profile
        recogniser = place.transcription_model if profile.transcription_model else ""
        return replace(profile, voice=place.voice, transcription_model=recogniser)

    def settle(self, place: Place) -> None:
        """Voice and recogniser of another endpoint: the next session begins with them."""
        there = self.at(place)
        self._held = replace(self._held, voice=there.voice, transcription_model=there.transcription_model)

    # ---- changes

    def become(self, fields: dict[str, Any]) -> None:
        """Change it before there is a session: the first one begins with it."""
        self._held = replace(self.profile, **fields)
        self._held_prompt = _prompt(self._held)
        if "instructions" in fields:
            self._outbox.notify(InstructionsChanged(self._held_prompt, Ack.NONE))

    def prompt_with(self, fields: dict[str, Any]) -> str:
        """The prompt once these fields have changed."""
        return _prompt(replace(self.profile, **fields))

    def ask(self, event_id: str, fields: dict[str, Any]) -> None:
        """These changes were asked for by this event."""
        prompt = self.prompt_with(fields)
        self._changes[event_id] = change = _Change(fields, prompt)
        self._tell(change, Ack.PENDING)

    def accepted(self, event_id: str) -> None:
        """The server took what an event asked for."""
        change = self._changes.pop(event_id, None)
        if change is not None:
            self._held, self._held_prompt = replace(self._held, **change.fields), change.prompt
            self._tell(change, Ack.ACKNOWLEDGED)

    def rejected(self, event_id: str, why: str) -> None:
        """The server refused what an event asked for: that change is undone, the others have their own fate."""
        change = self._changes.pop(event_id, None)
        if change is not None:
            self._tell(change, Ack.REJECTED, why, self.instructions)

    def connection_lost(self) -> None:
        """The next session begins with everything that was asked for."""
        waited = sum(change.about_prompt for change in self._changes.values())
        self._held, self._held_prompt = self.profile, self.instructions
        self._changes.clear()
        for _ in range(waited):
            self._outbox.notify(InstructionsChanged(self._held_prompt, Ack.NONE))

    def _tell(self, change: _Change, ack: Ack, reason: str = "", holds: str = "") -> None:
        if change.about_prompt:
            self._outbox.notify(InstructionsChanged(change.prompt, ack, reason, holds))
