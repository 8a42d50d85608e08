"""A session that never was: a log in which everything is as it should be, another one for each seed."""

from __future__ import annotations

from collections.abc import Callable

from tests.wire.schema import Record
from tests.wire.story_pieces import APPEND_MS, Pieces

WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "Look it up.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


class Story(Pieces):
    """Writes the log of a session, scene by scene.

    Args:
        seed: Decides also on the scenes.
    """

    def whole(self) -> list[Record]:
        """The log of every scene once, in some order, and some of them twice."""
        self.connect()
        scenes: list[Callable[[], None]] = [
            self.spoken_turn,
            self.turn_by_hand,
            self.written_turn,
            self.interruption,
            self.tool_round,
            self.work_aside,
            self.editing,
            self.mistake,
        ]
        scenes += self.rng.choices(scenes, k=3)
        self.rng.shuffle(scenes)
        for scene in scenes:
            scene()
        return self.log

    # ---- scenes

    def connect(self) -> None:
        """Greeting and settings."""
        self.server("session.created", session=self.session("alloy"))
        self.client("session.update", session={"type": "realtime", "audio": {"output": {"voice": "marin"}}})
        self.server("session.updated", session=self.session("marin"))

    def spoken_turn(self) -> None:
        """A turn that the server finds, and its answer."""
        self.answer(self.turn())

    def turn_by_hand(self) -> None:
        """Something is thrown away, then a turn is committed by the client."""
        self.speak(200)
        self.client("input_audio_buffer.clear")
        self.server("input_audio_buffer.cleared")
        self.speak(self.rng.randrange(120, 800, APPEND_MS))
        self.client("input_audio_buffer.commit")
        item = self.id("item")
        self.server("input_audio_buffer.committed", previous_item_id=self.last, item_id=item)
        self.spoken_item(item)
        self.client("response.create", response={"instructions": "Be brief."})
        self.answer(item)

    def written_turn(self) -> None:
        """A typed turn."""
        self.write()
        self.client("response.create")
        self.answer(None)

    def interruption(self) -> None:
        """The user speaks over an answer, which is cancelled and truncated at what was heard."""
        self.write()
        self.client("response.create")
        response, item, sent_ms = self.begin_answer()
        turn = self.hear()
        self.end_answer(response, item, "cancelled", {"type": "cancelled", "reason": "turn_detected"})
        heard_ms = self.rng.randrange(1, sent_ms)
        where = {"item_id": item["id"], "content_index": 0, "audio_end_ms": heard_ms}
        self.client("conversation.item.truncate", **where)
        self.server("conversation.item.truncated", **where)
        self.commit(turn)
        self.answer(turn)

    def tool_round(self) -> None:
        """The assistant calls, gets a result, and speaks."""
        self.write()
        self.client("response.create", response={"tools": [WEATHER], "tool_choice": "required"})
        response = self.id("resp")
        call = {
            "type": "function_call",
            "id": self.id("item"),
            "call_id": self.id("call"),
            "name": "weather",
            "arguments": "",
        }
        place = {"response_id": response, "item_id": call["id"], "output_index": 0, "call_id": call["call_id"]}
        self.server("response.created", response=self.response(response, "in_progress", []))
        self.output("added", response, {**call, "status": "in_progress"})
        self.enter({**call, "status": "in_progress"})
        pieces = ['{"city"', ": ", '"Lisbon"}']
        for piece in pieces:
            self.server("response.function_call_arguments.delta", **place, delta=piece)
        made = {**call, "arguments": "".join(pieces), "status": "completed"}
        self.server("response.function_call_arguments.done", **place, name="weather", arguments=made["arguments"])
        self.server("conversation.item.done", previous_item_id=None, item=made)
        self.output("done", response, made)
        self.server("response.done", response=self.response(response, "completed", [made]))
        result = {"type": "function_call_output", "call_id": call["call_id"], "output": "fog"}
        self.client("conversation.item.create", item=result)
        self.enter({"id": self.id("item"), **result}, done=True)
        self.client("response.create")
        self.answer(None)

    def work_aside(self) -> None:
        """A written answer beside the conversation, made while one of the conversation is."""
        self.write()
        self.client("response.create")
        response, item, _ = self.begin_answer()
        given = [{"type": "item_reference", "id": self.last}]
        self.client("response.create", response={"conversation": "none", "output_modalities": ["text"], "input": given})
        aside, note, words = self.id("resp"), self.message("assistant", "output_text"), self.some_words()
        place = {"response_id": aside, "item_id": note["id"], "output_index": 0, "content_index": 0}
        self.server("response.created", response=self.response(aside, "in_progress", [], aside=True))
        self.output("added", aside, {**note, "content": [], "status": "in_progress"})
        self.server("response.content_part.added", **place, part={"type": "text", "text": ""})
        for word in words:
            self.server("response.output_text.delta", **place, delta=word)
        text = "".join(words)
        note = {**note, "content": [{"type": "output_text", "text": text}], "status": "completed"}
        self.server("response.output_text.done", **place, text=text)
        self.server("response.content_part.done", **place, part={"type": "text", "text": text})
        self.output("done", aside, note)
        self.server("response.done", response=self.response(aside, "completed", [note], aside=True))
        self.end_answer(response, item, "completed", None)

    def editing(self) -> None:
        """An item of the client's own at the root, looked at and deleted."""
        item = {**self.message("system", "input_text", "So far: tea."), "status": "completed"}
        self.client("conversation.item.create", item=item, previous_item_id="root")
        self.server("conversation.item.added", previous_item_id=None, item=item)
        self.server("conversation.item.done", previous_item_id=None, item=item)
        self.client("conversation.item.retrieve", item_id=item["id"])
        self.server("conversation.item.retrieved", item=item)
        self.client("conversation.item.delete", item_id=item["id"])
        self.server("conversation.item.deleted", item_id=item["id"])

    def mistake(self) -> None:
        """An event that is wrong on purpose, and its error."""
        event = self.id("mine")
        self.client("conversation.item.delete", wrong=True, event_id=event, item_id="nothing")
        details = {"type": "invalid_request_error", "code": "item_delete_invalid_item_id", "message": "Not found."}
        self.server("error", error={**details, "param": "item_id", "event_id": event})
