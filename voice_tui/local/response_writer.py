"""The events of one answer, in the order of the wire, whatever happens to it.

Nothing here waits: every method emits at once, so a cancellation ends an answer between two events, and after
``response.done`` nothing can follow.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from voice_tui.audio.pcm import BYTES_PER_SAMPLE
from voice_tui.local.history import Entry, History
from voice_tui.local.ids import new_id
from voice_tui.local.response_plan import ResponsePlan
from voice_tui.local.usage import input_tokens, output_tokens, usage
from voice_tui.protocol import server_events as wire
from voice_tui.protocol.items import ContentPart, Failure, Item, Response, StatusDetails, Usage
from voice_tui.protocol.server_events import ServerEvent

Emit = Callable[[ServerEvent], None]


class ResponseWriter:
    """Writes one answer to the client and into the conversation.

    Args:
        plan: What the answer is to be.
        conversation_id: The session's conversation.
        history: Where the answer becomes an item, unless it is out of band.
        emit: Takes every event, in order.
    """

    def __init__(self, plan: ResponsePlan, conversation_id: str, history: History, emit: Emit) -> None:
        self.id = new_id("resp")
        self.plan = plan
        self.closed = False
        self._conversation_id = None if plan.out_of_band else conversation_id
        self._history = history
        self._emit = emit
        self._entry: Entry | None = None
        self._text = ""
        self._samples = 0
        self._words: list[tuple[str, int]] = []
        emit(wire.ResponseCreated(response=self._response("in_progress")))

    # -- while it grows --

    @property
    def over_limit(self) -> bool:
        """Whether ``max_output_tokens`` are used up."""
        used = output_tokens(self._text, self._samples)
        return used.text_tokens + used.audio_tokens >= self.plan.token_limit

    @property
    def samples(self) -> int:
        """Samples of speech written so far."""
        return self._samples

    def word(self, word: str, end: int) -> None:
        """Write a word (with the white space before it) whose sound ends at sample ``end`` of the answer."""
        item = self._open()
        self._text += word
        self._words.append((word, end))
        delta = wire.OutputAudioTranscriptDelta if self.plan.audio else wire.OutputTextDelta
        self._emit(delta(response_id=self.id, item_id=item.id, delta=word))

    def sound(self, pcm: bytes) -> None:
        """Write speech (16-bit mono 24 kHz)."""
        entry = self._open()
        self._samples += len(pcm) // BYTES_PER_SAMPLE
        if not entry.truncated:
            entry.audio += pcm
        self._emit(wire.OutputAudioDelta(response_id=self.id, item_id=entry.id, delta=pcm))

    def _open(self) -> Entry:
        """The answer's item; it appears with the first thing there is to write."""
        if self._entry is not None:
            return self._entry
        item = Item("message", id=new_id("item"), status="in_progress", role="assistant", content=[])
        self._entry = Entry(item, spoken=self._words)
        self._emit(wire.OutputItemAdded(response_id=self.id, item=item))
        if not self.plan.out_of_band:
            previous = self._history.add(self._entry)
            self._emit(wire.ConversationItemAdded(item=item, previous_item_id=previous))
        self._emit(wire.ContentPartAdded(response_id=self.id, item_id=self._entry.id, part=self._part("")))
        return self._entry

    def _part(self, text: str) -> ContentPart:
        return ContentPart("audio", transcript=text) if self.plan.audio else ContentPart("text", text=text)

    # -- the end, one of these --

    def complete(self) -> None:
        """It is all there."""
        self._close("completed", None)

    def cancel(self, reason: str) -> None:
        """Stop here: ``turn_detected`` or ``client_cancelled``."""
        self._close("cancelled", StatusDetails("cancelled", reason=reason))

    def exhaust(self) -> None:
        """``max_output_tokens`` are used up."""
        self._close("incomplete", StatusDetails("incomplete", reason="max_output_tokens"))

    def fail(self, code: str, message: str) -> None:
        """There is no (more of the) answer."""
        self._close("failed", StatusDetails("failed", error=Failure(message, "server_error", code)))

    def _close(self, status: str, details: StatusDetails | None) -> None:
        if self.closed:
            return
        self.closed = True
        output = [self._close_item(self._entry, status)] if self._entry else []
        self._emit(wire.ResponseDone(response=self._response(status, details, output)))

    def _close_item(self, entry: Entry, status: str) -> Item:
        here, item_id = self.id, entry.id
        if self.plan.audio:
            self._emit(wire.OutputAudioDone(response_id=here, item_id=item_id))
            self._emit(wire.OutputAudioTranscriptDone(response_id=here, item_id=item_id, transcript=self._text))
            part = ContentPart("output_audio", transcript=self._text)
        else:
            self._emit(wire.OutputTextDone(response_id=here, item_id=item_id, text=self._text))
            part = ContentPart("output_text", text=self._text)
        self._emit(wire.ContentPartDone(response_id=here, item_id=item_id, part=self._part(self._text)))
        item_status = "completed" if status == "completed" else "incomplete"
        item = msgspec.structs.replace(entry.item, status=item_status, content=[part])
        # What a client truncated meanwhile stays forgotten in the conversation.
        entry.item = msgspec.structs.replace(entry.item, status=item_status) if entry.truncated else item
        if self._history.get(entry.id):
            previous = self._history.previous_id(entry.id)
            self._emit(wire.ConversationItemDone(item=item, previous_item_id=previous))
        self._emit(wire.OutputItemDone(response_id=self.id, item=item))
        return item

    def _response(
        self, status: str, details: StatusDetails | None = None, output: list[Item] | None = None
    ) -> Response:
        return Response(
            id=self.id,
            status=status,
            object="realtime.response",
            status_details=details,
            output=output or [],
            conversation_id=self._conversation_id,
            output_modalities=self.plan.modalities,
            max_output_tokens=self.plan.max_output_tokens,
            audio=self.plan.audio_config,
            usage=None if status == "in_progress" else self._usage(status),
            metadata=self.plan.metadata,
        )

    def _usage(self, status: str) -> Usage | None:
        if self._entry is None and status != "completed":
            return None  # nothing was generated, so nothing is charged
        plan = self.plan
        read = input_tokens(plan.response_instructions or plan.instructions, plan.context)
        return usage(read, output_tokens(self._text, self._samples))
