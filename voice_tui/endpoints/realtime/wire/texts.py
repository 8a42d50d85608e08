"""Texts that come in pieces which do not add up by themselves."""

from __future__ import annotations

from typing import Any, TypeAlias

from voice_tui.endpoints.realtime.wire.bounded import newest

DELTAS = frozenset({
    "response.output_text.delta", "response.output_audio_transcript.delta", "response.function_call_arguments.delta",
    "conversation.item.input_audio_transcription.delta",
})  # fmt: skip
"""Events that bring the next piece of a text, by GA name."""

ENDS = (".done", ".completed", ".failed")
"""What brings the whole text, or nothing more of it."""

KEPT = 64
"""Parts that are remembered at most: an answer whose end never comes must not fill the memory."""

_Key: TypeAlias = tuple[str, ...]


def whole_pairs(text: str) -> str:
    """The text with halves of a pair that stand side by side made one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


class Halves:
    """Joins characters that were cut between two pieces (an emoji is two halves in JSON)."""

    def __init__(self) -> None:
        self.held: dict[_Key, str] = {}
        """Halves that wait for their other one: as long as there are any, every piece must be looked at."""

    def join(self, name: str, fields: dict[str, Any]) -> None:
        """An event as it came, completed in place."""
        text = fields.get("delta")
        if name not in DELTAS or not isinstance(text, str):
            if name.endswith(ENDS):
                self._drop(2, str(fields.get("item_id")))
            return
        key = (name, *(str(fields.get(field)) for field in ("response_id", "item_id", "content_index")))
        text = self.held.pop(key, "") + text
        if any("\ud800" <= c <= "\udfff" for c in text):
            text = whole_pairs(text)
            if "\ud800" <= text[-1] <= "\udbff":
                self.held[key], text = text[-1], text[:-1]
                newest(self.held, KEPT)
        fields["delta"] = text

    def response_done(self, response_id: str) -> None:
        """Nothing of this answer follows."""
        self._drop(1, response_id)

    def _drop(self, place: int, value: str) -> None:
        for key in [key for key in self.held if key[place] == value]:
            del self.held[key]
