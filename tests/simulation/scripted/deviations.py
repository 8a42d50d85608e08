"""Each way in which servers leave the order of the wire: what they do, and the event that the client names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.scripted.rules import Event, Holds, LeavesOut, Refuses, Renumbers, Rule, Says, Without

WORDS = "conversation.item.input_audio_transcription"
HEARD, ENDED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
COMMITTED, ADDED = "input_audio_buffer.committed", "conversation.item.added"
CREATED, DONE = "response.created", "response.done"
ITEM_ADDED, ITEM_DONE = "response.output_item.added", "response.output_item.done"
SOUND, TRANSCRIPT = "response.output_audio", "response.output_audio_transcript"
PIECES = (
    *(f"{SOUND}.delta", f"{SOUND}.done", f"{TRANSCRIPT}.delta", f"{TRANSCRIPT}.done"),
    *("response.content_part.added", "response.content_part.done"),
)


@dataclass
class CancelledFirst(Rule):
    """The end of an answer that was cut comes before the voice that cut it."""

    active: bool = False
    held: list[Event] = field(default_factory=list)

    def said(self, event: Event) -> list[Event]:
        if event["type"] == DONE:
            self.active, held, self.held = False, self.held, []
            return [event, *held]
        self.active |= event["type"] == CREATED
        if event["type"] == HEARD and self.active:
            self.held.append(event)
            return []
        return [event]


@dataclass
class NamesAgain(Rule):
    """The items of all answers have the same few names."""

    names: dict[str, str] = field(default_factory=dict)

    def said(self, event: Event) -> list[Event]:
        item = event.get("item", {})
        if event["type"] == ITEM_ADDED:
            self.names[item["id"]] = "answer"
        for at, name in ((event, "item_id"), (event, "previous_item_id"), (item, "id")):
            if at.get(name) in self.names:
                at[name] = self.names[at[name]]
        for made in event.get("response", {}).get("output", []):
            made["id"] = self.names.get(made["id"], made["id"])
        return [event]

    def heard(self, event: Event) -> tuple[list[Event], bool]:
        if event.get("item_id") == "answer":
            event["item_id"] = list(self.names)[-1]
        return [], True


@dataclass
class NamesOurs(Rule):
    """Items of the client have names that the server gave them."""

    def said(self, event: Event) -> list[Event]:
        for at, name in ((event, "item_id"), (event, "previous_item_id"), (event.get("item", {}), "id")):
            if str(at.get(name)).startswith("typed_"):
                at[name] = f"their_{at[name]}"
        return [event]

    def heard(self, event: Event) -> tuple[list[Event], bool]:
        for name in ("item_id", "previous_item_id"):
            if name in event:
                event[name] = str(event[name]).removeprefix("their_")
        return [], True


@dataclass
class Retyped(Rule):
    """Items of answers have a type that nobody knows, or one that is no text.

    Attributes:
        kind: The type.
        role: They keep their role.
    """

    kind: Any
    role: bool

    def said(self, event: Event) -> list[Event]:
        items = [event.get("item", {}), *event.get("response", {}).get("output", [])]
        for item in items:
            if item.get("role") == "assistant":
                item["type"] = self.kind
                if not self.role:
                    del item["role"]
        return [event]


@dataclass
class SentenceBySentence(Rule):
    """No pieces of the words: each piece is said to be final."""

    def said(self, event: Event) -> list[Event]:
        if event["type"] == f"{TRANSCRIPT}.done":
            return []
        if event["type"] != f"{TRANSCRIPT}.delta":
            return [event]
        text = event.pop("delta")
        return [event | {"type": f"{TRANSCRIPT}.done", "transcript": text.strip()}]


def early(event: Event) -> list[Event]:
    """The first words of a turn, while it is being heard."""
    delta = {"type": f"{WORDS}.delta", "event_id": "early", "item_id": event["item_id"], "content_index": 0}
    return [event, delta | {"delta": "Wait"}]


@dataclass(frozen=True)
class Deviation:
    """A way to deviate.

    Attributes:
        rules: What the server does.
        names: Events that the client must name, in some line; none where nothing is missed.
        splits: It can be told which words of an answer that is cut were heard.
    """

    rules: Sequence[Rule]
    names: tuple[str, ...] = ()
    splits: bool = True


def _without_names(*kinds: str) -> list[Rule]:
    return [Without(kind, "item_id") for kind in kinds]


DEVIATIONS: dict[str, Deviation] = {
    "no response.created": Deviation([LeavesOut(CREATED)], (CREATED,)),
    "no response.created and no item": Deviation([LeavesOut(CREATED), LeavesOut(ITEM_ADDED)], (CREATED, ITEM_ADDED)),
    "no output_item.added": Deviation([LeavesOut(ITEM_ADDED)], (ITEM_ADDED,)),
    "audio before its item": Deviation([Holds(ITEM_ADDED, f"{SOUND}.delta")], (ITEM_ADDED,)),
    "pieces under another response": Deviation(
        [Renumbers(PIECES, "response_id", lambda _: "other")], ("response.content_part.added",)
    ),
    "pieces without a response": Deviation(
        [Without(name, "response_id") for name in PIECES], ("response.content_part.added",)
    ),
    "pieces under another item": Deviation(
        [Renumbers(PIECES, "item_id", lambda item: f"other_{item}")], ("response.content_part.added",)
    ),
    "output_item.done of another item": Deviation(
        [Renumbers((ITEM_DONE,), "item.id", lambda item: f"other_{item}")], (ITEM_DONE,)
    ),
    "pieces without a name of their item": Deviation(
        [Renumbers(PIECES, "item_id", lambda _: "")], ("response.content_part.added",)
    ),
    "response.created by another id": Deviation(
        [Renumbers((CREATED,), "response.id", lambda _: "other")], (ITEM_ADDED,)
    ),
    "response.done by another id": Deviation([Renumbers((DONE,), "response.id", lambda _: "other")], (DONE,)),
    "item ids used again": Deviation([NamesAgain()], (ITEM_ADDED,)),
    "names of its own for our items": Deviation([NamesOurs()], (ADDED,)),
    "output_item.added without a name": Deviation([Without(ITEM_ADDED, "item.id")], (ITEM_ADDED,)),
    "words of a turn under another name": Deviation(
        [Renumbers((f"{WORDS}.completed",), "item_id", lambda item: f"other_{item}")], (f"{WORDS}.completed",)
    ),
    "items of an unknown type": Deviation([Retyped("utterance", role=True)], (ITEM_ADDED,)),
    "items of an unknown type without a role": Deviation([Retyped("utterance", role=False)], (SOUND,)),
    "items whose type is no text": Deviation([Retyped([], role=True)], (ITEM_ADDED,)),
    "items that say nothing of what they are": Deviation([Retyped(None, role=False)], (ITEM_ADDED,)),
    "no content parts": Deviation([LeavesOut("response.content_part.*")]),
    "no response.done": Deviation([LeavesOut(DONE)], (DONE,)),
    "no output_item.done": Deviation([LeavesOut(ITEM_DONE)], (ITEM_DONE,)),
    "words in output_item.done alone": Deviation([LeavesOut(f"{TRANSCRIPT}.*")], splits=False),
    "words sentence by sentence": Deviation([SentenceBySentence()]),
    "no speech_started": Deviation([LeavesOut(HEARD)], (HEARD,)),
    "no speech_stopped": Deviation([LeavesOut(ENDED)], (ENDED,)),
    "no committed": Deviation([LeavesOut(COMMITTED)], (COMMITTED,)),
    "only the item of a turn": Deviation([LeavesOut("input_audio_buffer.*")], (HEARD, COMMITTED)),
    "only committed": Deviation([LeavesOut(HEARD), LeavesOut(ENDED)], (HEARD,)),
    "only speech_started": Deviation([LeavesOut(ENDED), LeavesOut(COMMITTED)], (COMMITTED,)),
    "turns without names": Deviation(_without_names(HEARD, ENDED, COMMITTED), (HEARD,)),
    "speech_started without a name": Deviation(_without_names(HEARD), (HEARD,)),
    "committed without a name": Deviation(_without_names(COMMITTED), (COMMITTED,)),
    "no item.added": Deviation([LeavesOut(ADDED)], (ADDED,)),
    "item.added late": Deviation([Holds(ADDED, CREATED)], (ADDED,)),
    "cancelled before speech_started": Deviation([CancelledFirst()]),
    "words before committed": Deviation([Says(HEARD, early)]),
    "committed behind the words": Deviation([Holds(COMMITTED, f"{WORDS}.completed")], (COMMITTED,)),
    "no session.updated": Deviation([LeavesOut("session.updated")], ("session.updated",)),
    "no session.created": Deviation([LeavesOut("session.created")], ("session.created",)),
    "an error and an update": Deviation([Refuses("session.update", applied=True)], ("error",)),
    "no truncated": Deviation([LeavesOut("conversation.item.truncated")], ("conversation.item.truncated",)),
    "truncate refused": Deviation([Refuses("conversation.item.truncate")]),
    "truncate refused without a name": Deviation([Refuses("conversation.item.truncate", named=False)]),
}
