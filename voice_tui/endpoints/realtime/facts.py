"""Looking for facts: the model reads, beside the conversation, what was said since the last time."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Annotated

import msgspec

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.speakers.roster import lasting
from voice_tui.endpoints.realtime.context import texts
from voice_tui.endpoints.realtime.out_of_band import OutOfBand
from voice_tui.messages.context import ContextItem, Kind
from voice_tui.messages.memory import FactsFound, FoundFact
from voice_tui.messages.profile import Capabilities
from voice_tui.plain_text import one_line

PURPOSE = "facts"
INSTRUCTIONS = (
    "Extract the facts worth remembering for later conversations from the transcript below, and answer with JSON only: "
    '{"facts": [{"subject": "user", "text": "The user lives in Lisbon.", "speaker": "user"}], "topic": "moving"}. '
    "A fact is something lasting that a user said about themselves, their people, things, plans or preferences: one "
    "short sentence in the third person that can be understood alone. Keep names, numbers and dates. Nothing that the "
    "assistant said, no questions, nothing that was not said. The topic names what was talked about in at most eight "
    "words. An empty list is a good answer."
)
MAX_FACTS = 40
LONGEST_FACT = 500  # characters
MAX_OUTPUT_TOKENS = 2_048
SPOKEN = (Kind.SPOKEN, Kind.TYPED)


class _Fact(msgspec.Struct):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_FACT)]
    subject: Annotated[str, msgspec.Meta(max_length=80)] = "user"
    speaker: Annotated[str, msgspec.Meta(max_length=80)] = ""


class _Answer(msgspec.Struct):
    facts: Annotated[list[_Fact], msgspec.Meta(max_length=MAX_FACTS)]
    topic: Annotated[str, msgspec.Meta(max_length=200)] = ""


class FactExtraction:
    """Finds facts, and tells them as `FactsFound`; storing them is somebody else's business.

    Args:
        outbox: Of the conversation.
        out_of_band: Asks the model.
        items: The conversation as it stands.
        capabilities: What the endpoint can do.
    """

    def __init__(
        self,
        outbox: Outbox,
        out_of_band: OutOfBand,
        items: Callable[[], Sequence[ContextItem]],
        capabilities: Capabilities,
    ) -> None:
        self._outbox, self._out_of_band, self._items = outbox, out_of_band, items
        self._capabilities = capabilities
        self._read: set[str] = set()

    def begin(self, skip: Set[str] = frozenset()) -> None:
        """Look through what is new, but for some items; without any words of the user there is nothing to ask."""
        known = self._read | skip
        new = [i for i in self._items() if i.kind in SPOKEN and i.text.strip() and i.item_id not in known]
        if not any(i.role == "user" for i in new):
            self._outbox.notify(FactsFound())
        elif not self._capabilities.out_of_band:
            self._outbox.notify(FactsFound(reason="this endpoint can't look for facts"))
        else:
            ids = {i.item_id for i in new}
            self._read |= ids
            question = texts.question(new)
            self._out_of_band.ask(
                PURPOSE, INSTRUCTIONS, question, lambda t, r: self._done(ids, t, r), MAX_OUTPUT_TOKENS
            )

    def _done(self, ids: set[str], text: str, reason: str) -> None:
        found = FactsFound(reason=f"looking for facts: {reason}") if reason else read(text)
        if found.reason:
            self._read -= ids
        self._outbox.notify(found)


def read(text: str) -> FactsFound:
    """What the model wrote, checked; models like to wrap JSON in other text."""
    start, end = text.find("{"), text.rfind("}")
    try:
        answer = msgspec.json.decode(text[start : end + 1] if 0 <= start < end else text, type=_Answer)
    except msgspec.DecodeError as error:
        return FactsFound(reason=f"looking for facts: the model's answer is of no use: {one_line(error)}")
    facts = (
        FoundFact(one_line(f.subject) or "user", one_line(f.text, LONGEST_FACT), lasting(one_line(f.speaker)))
        for f in answer.facts
    )
    return FactsFound(tuple(fact for fact in facts if fact.text), one_line(answer.topic))
