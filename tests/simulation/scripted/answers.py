"""What is in an answer besides the voice of one message: rules, in the words of the GA dialect."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import numpy as np

from tests.simulation.scripted.deviations import ADDED, CREATED, DONE, ITEM_ADDED, SOUND, TRANSCRIPT
from tests.simulation.scripted.rules import PASSED, Event, Heard, Rule
from voice_tui.audio.stream.pcm import RATE

PREAMBLE = "Let me think."
PREAMBLE_MS = 600


@dataclass
class WritesBeside(Rule):
    """Each answer is written as well as spoken: a part of text behind the voice, in one item."""

    text: str

    def said(self, event: Event) -> list[Event]:
        part = {"type": "output_text", "text": self.text}
        item = event.get("item", {})
        made = [item] if item.get("status") == "completed" else event.get("response", {}).get("output", [])
        for each in made:
            if each.get("role") == "assistant":
                each["content"].append(part)
        if event["type"] != "response.content_part.done":
            return [event]
        where = {name: event[name] for name in ("response_id", "item_id", "output_index")} | {"content_index": 1}
        return [
            event,
            {"type": "response.content_part.added", **where, "part": part | {"text": ""}},
            {"type": "response.output_text.delta", **where, "delta": self.text},
            {"type": "response.output_text.done", **where, "text": self.text},
            {"type": "response.content_part.done", **where, "part": part},
        ]


@dataclass
class Preamble(Rule):
    """The answer's message is the second of a response: a thought and a few words come before it."""

    thinks: bool = True
    count: int = 0
    items: list[Event] = field(default_factory=list)
    begun: bool = False
    last: str | None = None

    def said(self, event: Event) -> list[Event]:
        kind = event["type"]
        if kind == ADDED:
            if self.begun and event["previous_item_id"] not in (None, self.last):
                event["previous_item_id"] = self.last
            self.last = event["item"]["id"]
        if kind == CREATED:
            self.items, self.begun = [], False
            return [event]
        before: list[Event] = []
        if kind == ITEM_ADDED and not self.begun:
            self.begun = True
            before = self._before(event["response_id"])
        if "output_index" in event:
            event["output_index"] += len(self.items)
        if kind == DONE and self.begun:
            event["response"]["output"] = self.items + event["response"]["output"]
        return [*before, event]

    def heard(self, event: Event) -> Heard:
        if str(event.get("item_id", "")).startswith("preamble"):
            ends = {"conversation.item.truncate": "truncated", "conversation.item.delete": "deleted"}
            answer = {"type": f"conversation.item.{ends[event['type']]}", "event_id": "event_preamble"}
            return [answer | {n: v for n, v in event.items() if n not in ("type", "event_id")}], False
        return PASSED

    def _before(self, response_id: str) -> list[Event]:
        self.count += 1
        out: list[Event] = []
        if self.thinks:
            thought = {"id": f"thought_{self.count}", "type": "reasoning", "status": "completed", "summary": []}
            out += self._item(response_id, thought, [])
        item_id = f"preamble_{self.count}"
        where = {"response_id": response_id, "item_id": item_id, "output_index": len(self.items), "content_index": 0}
        pcm = np.full(PREAMBLE_MS * RATE // 1000, 1_000, np.int16).tobytes()
        part = {"type": "output_audio", "transcript": PREAMBLE}
        pieces: list[Event] = [
            {"type": "response.content_part.added", **where, "part": {"type": "output_audio", "transcript": ""}},
            {"type": f"{TRANSCRIPT}.delta", **where, "delta": PREAMBLE},
            {"type": f"{SOUND}.delta", **where, "delta": base64.b64encode(pcm).decode()},
            {"type": f"{SOUND}.done", **where},
            {"type": f"{TRANSCRIPT}.done", **where, "transcript": PREAMBLE},
            {"type": "response.content_part.done", **where, "part": part},
        ]
        message = {"id": item_id, "type": "message", "role": "assistant", "status": "completed", "content": [part]}
        return out + self._item(response_id, message, pieces)

    def _item(self, response_id: str, item: Event, pieces: list[Event]) -> list[Event]:
        where = {"response_id": response_id, "output_index": len(self.items)}
        self.items.append(item)
        begun = item | {"status": "in_progress"} | ({"content": []} if "content" in item else {})
        before, self.last = self.last, item["id"]
        return [
            {"type": ITEM_ADDED, **where, "item": begun},
            {"type": ADDED, "item": begun, "previous_item_id": before},
            *pieces,
            {"type": "conversation.item.done", "item": item, "previous_item_id": before},
            {"type": "response.output_item.done", **where, "item": item},
        ]
