"""A conversation in the words of chat completions: messages, tools, and calls that arrive in pieces."""

from __future__ import annotations

import json
from typing import Any

from voice_tui.local.conversation import Call, Conversation, Result, Turn

SILENCE = "(The user said nothing that could be understood.)"
INTERRUPTED = " … (the user interrupted here)"
Message = dict[str, Any]


def messages(conversation: Conversation) -> list[Message]:
    """The conversation as chat messages; an interrupted answer is marked as such.

    Endpoints insist that the results of calls stand right behind them. So calls made together are one message, their
    results follow whatever was said meanwhile, and a call without a result (or the other way round) is told as a note.
    """
    told = conversation.response_instructions or conversation.instructions
    out: list[Message] = [{"role": "system", "content": told}] if told else []
    results = {event.call_id: event for event in conversation.events if isinstance(event, Result)}
    called = {event.call_id for event in conversation.events if isinstance(event, Call)}
    together: list[Call] = []
    for event in conversation.events:
        if isinstance(event, Call) and event.call_id in results:
            together.append(event)
            continue
        out += _exchange(together, results)
        together = []
        if isinstance(event, Turn):
            out.append(_said(event))
        elif isinstance(event, Call):
            out.append({"role": "system", "content": f"(The function {event.name} was called; it gave no result.)"})
        elif event.call_id not in called:
            out.append({"role": "system", "content": f"The function returned: {event.output}"})
    return out + _exchange(together, results)


def offer(conversation: Conversation) -> dict[str, Any]:
    """``tools`` and ``tool_choice`` of a request; nothing where there are no tools."""
    if not conversation.tools:
        return {}
    choice: Any = conversation.tool_choice
    if conversation.forced:
        choice = {"type": "function", "function": {"name": conversation.forced}}
    functions = (
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters or {"type": "object"}}
        for tool in conversation.tools
    )
    return {"tools": [{"type": "function", "function": one} for one in functions], "tool_choice": choice}


class CallAssembler:
    """Puts calls together from ``delta.tool_calls``; a name and an id come first, arguments in pieces."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._arguments: dict[int, str] = {}

    def feed(self, pieces: list[dict[str, Any]]) -> None:
        """Take the pieces of one chunk. Where a server leaves the index out, every name begins another call.

        Raises:
            TypeError, AttributeError: They are no pieces of calls.
        """
        for piece in pieces:
            function = piece.get("function") or {}
            name, arguments = function.get("name") or "", function.get("arguments") or ""
            index = piece.get("index")
            if not isinstance(index, int):
                index = len(self._names) if name else max(len(self._names) - 1, 0)
            text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
            self._names[index] = self._names.get(index, "") or name
            self._arguments[index] = self._arguments.get(index, "") + text

    def finish(self) -> list[Call]:
        """The calls, in their order; one without a name is none."""
        return [Call(name, self._arguments[i] or "{}") for i, name in sorted(self._names.items()) if name]


def _said(turn: Turn) -> Message:
    empty = SILENCE if turn.role == "user" else ""
    return {"role": turn.role, "content": (turn.text or empty) + (INTERRUPTED if turn.interrupted else "")}


def _exchange(calls: list[Call], results: dict[str, Result]) -> list[Message]:
    """Calls made together and what each came to."""
    if not calls:
        return []
    made = [
        {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]
    came = [{"role": "tool", "tool_call_id": call.call_id, "content": results[call.call_id].output} for call in calls]
    return [{"role": "assistant", "content": None, "tool_calls": made}, *came]
