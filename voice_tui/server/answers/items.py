"""The items of an answer, each with its events in the order of the wire: a message, or a function call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE
from voice_tui.endpoints.realtime.wire import server_events as wire
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item, OutputTokens
from voice_tui.endpoints.realtime.wire.server_events import ServerEvent
from voice_tui.server.answers.plan import ResponsePlan
from voice_tui.server.answers.usage import call_tokens, output_tokens
from voice_tui.server.checks import new_id
from voice_tui.server.history import History, HistoryItem

Emit = Callable[[ServerEvent], None]


class OutputItem:
    """One item of an answer from its first event to its last.

    Args:
        item: As it begins.
        index: Its place in the answer.
        response_id: The answer.
        plan: What the answer is to be.
        history: Where the item stands, unless the answer is out of band.
        emit: Takes every event, in order.
    """

    def __init__(
        self, item: Item, index: int, response_id: str, plan: ResponsePlan, history: History, emit: Emit
    ) -> None:
        self.entry = HistoryItem(item)
        self._index, self._response_id = index, response_id
        self._plan, self._history, self._emit = plan, history, emit
        emit(wire.OutputItemAdded(response_id=response_id, output_index=index, item=item))
        if not plan.out_of_band:
            previous = history.add(self.entry)
            emit(wire.ConversationItemAdded(item=item, previous_item_id=previous))

    def _finish(self, final: Item, kept: Item) -> Item:
        """Close it: ``final`` is told, ``kept`` stays in the conversation."""
        self.entry.item = kept
        if self._history.get(self.entry.id):
            previous = self._history.previous_id(self.entry.id)
            self._emit(wire.ConversationItemDone(item=final, previous_item_id=previous))
        self._emit(wire.OutputItemDone(response_id=self._response_id, output_index=self._index, item=final))
        return final


class MessageItem(OutputItem):
    """What the assistant says or writes."""

    def __init__(self, index: int, response_id: str, plan: ResponsePlan, history: History, emit: Emit) -> None:
        item = Item("message", id=new_id("item"), status="in_progress", role="assistant", content=[])
        super().__init__(item, index, response_id, plan, history, emit)
        self._text = ""
        self.samples = 0
        self._part: dict[str, Any] = {"response_id": response_id, "item_id": self.entry.id, "output_index": index}
        emit(wire.ContentPartAdded(**self._part, part=self._part_of("")))

    @property
    def tokens(self) -> OutputTokens:
        """What it cost so far."""
        return output_tokens(self._text, self.samples)

    def word(self, word: str, end: int) -> None:
        """Write a word (with the white space before it) whose sound ends at sample ``end`` of the item."""
        self._text += word
        self.entry.spoken.append(word, end)
        delta = wire.OutputAudioTranscriptDelta if self._plan.audio else wire.OutputTextDelta
        self._emit(delta(**self._part, delta=word))

    def sound(self, pcm: bytes) -> None:
        """Write speech (16-bit mono 24 kHz)."""
        self.samples += len(pcm) // BYTES_PER_SAMPLE
        if not self.entry.truncated:
            self.entry.audio += pcm
        self._emit(wire.OutputAudioDelta(**self._part, delta=pcm))

    def close(self, status: str) -> Item:
        """End it, ``completed`` or ``incomplete``."""
        if self._plan.audio:
            self._emit(wire.OutputAudioDone(**self._part))
            self._emit(wire.OutputAudioTranscriptDone(**self._part, transcript=self._text))
            part = ContentPart("output_audio", transcript=self._text)
        else:
            self._emit(wire.OutputTextDone(**self._part, text=self._text))
            part = ContentPart("output_text", text=self._text)
        self._emit(wire.ContentPartDone(**self._part, part=self._part_of(self._text)))
        entry = self.entry
        item = msgspec.structs.replace(entry.item, status=status, content=[part])
        # What a client truncated meanwhile stays forgotten in the conversation.
        return self._finish(item, msgspec.structs.replace(entry.item, status=status) if entry.truncated else item)

    def _part_of(self, text: str) -> ContentPart:
        return ContentPart("audio", transcript=text) if self._plan.audio else ContentPart("text", text=text)


class CallItem(OutputItem):
    """A function call; the client answers it with a ``function_call_output`` of the same call id."""

    def __init__(
        self, name: str, index: int, response_id: str, plan: ResponsePlan, history: History, emit: Emit
    ) -> None:
        self._call_id, self._name, self._arguments = new_id("call"), name, ""
        item = Item(
            "function_call", id=new_id("item"), status="in_progress", name=name, call_id=self._call_id, arguments=""
        )
        super().__init__(item, index, response_id, plan, history, emit)
        self._call: dict[str, Any] = {
            "response_id": response_id,
            "item_id": self.entry.id,
            "output_index": index,
            "call_id": self._call_id,
        }

    @property
    def tokens(self) -> OutputTokens:
        """What it cost so far."""
        return OutputTokens(text_tokens=call_tokens(self._name, self._arguments))

    def argue(self, piece: str) -> None:
        """Write a piece of the arguments."""
        self._arguments += piece
        self._emit(wire.FunctionCallArgumentsDelta(**self._call, delta=piece))

    def close(self, status: str) -> Item:
        """End it, ``completed`` or ``incomplete``: then the arguments are cut off."""
        self._emit(wire.FunctionCallArgumentsDone(**self._call, name=self._name, arguments=self._arguments))
        item = msgspec.structs.replace(self.entry.item, status=status, arguments=self._arguments)
        return self._finish(item, item)
