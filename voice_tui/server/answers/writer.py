"""The events of one answer, in the order of the wire, whatever happens to it.

Nothing here waits: every method emits at once, so a cancellation ends an answer between two events, and after
``response.done`` nothing can follow.
"""

from __future__ import annotations

from voice_tui.endpoints.realtime.wire import server_events as wire
from voice_tui.endpoints.realtime.wire.items import Failure, Item, OutputTokens, Response, StatusDetails, Usage
from voice_tui.server.answers.items import CallItem, Emit, MessageItem
from voice_tui.server.answers.plan import ResponsePlan
from voice_tui.server.answers.usage import added, input_tokens, usage
from voice_tui.server.checks import new_id
from voice_tui.server.history import History


class ResponseWriter:
    """Writes one answer to the client and into the conversation.

    Args:
        plan: What the answer is to be.
        conversation_id: The session's conversation.
        history: Where the answer's items go, unless it is out of band.
        emit: Takes every event, in order.
    """

    def __init__(self, plan: ResponsePlan, conversation_id: str, history: History, emit: Emit) -> None:
        self.id = new_id("resp")
        self.plan = plan
        self.closed = False
        self._conversation_id = None if plan.out_of_band else conversation_id
        self._history = history
        self._emit = emit
        self._output: list[Item] = []  # the items that are complete
        self._spent = OutputTokens()  # by them
        self._open: MessageItem | CallItem | None = None
        emit(wire.ResponseCreated(response=self._response("in_progress")))

    # -- while it grows --

    @property
    def over_limit(self) -> bool:
        """Whether ``max_output_tokens`` are used up."""
        used = self._used
        return used.text_tokens + used.audio_tokens >= self.plan.token_limit

    @property
    def samples(self) -> int:
        """Samples of speech in the message that is being written."""
        return self._open.samples if isinstance(self._open, MessageItem) else 0

    def word(self, word: str, end: int) -> None:
        """Write a word (with the white space before it) whose sound ends at sample ``end`` of the message."""
        self._message().word(word, end)

    def sound(self, pcm: bytes) -> None:
        """Write speech (16-bit mono 24 kHz)."""
        self._message().sound(pcm)

    def call(self, name: str) -> None:
        """Begin a function call; whatever was being written is complete."""
        self._finish("completed")
        self._open = CallItem(name, len(self._output), self.id, self.plan, self._history, self._emit)

    def argue(self, piece: str) -> None:
        """Write a piece of the arguments of the call that was begun."""
        if isinstance(self._open, CallItem):
            self._open.argue(piece)

    def _message(self) -> MessageItem:
        """The message being written; it appears with the first thing there is to write."""
        if not isinstance(self._open, MessageItem):
            self._finish("completed")
            self._open = MessageItem(len(self._output), self.id, self.plan, self._history, self._emit)
        return self._open

    def _finish(self, status: str) -> None:
        if self._open is None:
            return
        self._spent = self._used
        last, self._open = self._open, None
        self._output.append(last.close(status))

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
        self._finish("completed" if status == "completed" else "incomplete")
        self._emit(wire.ResponseDone(response=self._response(status, details)))

    def _response(self, status: str, details: StatusDetails | None = None) -> Response:
        return Response(
            id=self.id,
            status=status,
            object="realtime.response",
            status_details=details,
            output=self._output,
            conversation_id=self._conversation_id,
            output_modalities=self.plan.modalities,
            max_output_tokens=self.plan.max_output_tokens,
            audio=self.plan.audio_config,
            usage=None if status == "in_progress" else self._usage(status),
            metadata=self.plan.metadata,
            temperature=self.plan.temperature,
        )

    @property
    def _used(self) -> OutputTokens:
        return added(self._spent, self._open.tokens) if self._open else self._spent

    def _usage(self, status: str) -> Usage | None:
        if not self._output and status != "completed":
            return None  # nothing was generated, so nothing is charged
        plan = self.plan
        read = input_tokens(plan.response_instructions or plan.instructions, plan.context, plan.tools)
        return usage(read, self._used)
