"""Whose words they are: those of a turn come under its name, later than the turn, or under a name that no turn has.

Final words that no turn has a name for belong to the turn that waits for its words, where just one does. Pieces stand
alone until it is known: they may be the first of a turn that the server has not named yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.order.names import Names
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.bounded import newest

TRANSCRIBED = "conversation.item.input_audio_transcription.delta"
WORDS = (se.InputTranscriptionDelta, se.InputTranscriptionCompleted, se.InputTranscriptionFailed)
WORDS_S = 30.0  # after a turn; a recogniser that has said nothing by then does not
KEPT = 16  # words that were taken for another turn's, and may show to be one's own
ALONE_S = 12.0  # pieces that stand alone for so long, and of which no more have come, are all that comes


@dataclass(slots=True)
class _Alone:
    """Pieces under a name that no turn has: when the last one came, s, all of them, and who waited for words then."""

    at: float
    words: str
    waiting: set[str]


class TurnWords:
    """Follows which turns wait for their words.

    Args:
        outbox: Of the conversation.
        oddities: Take what is to be said.
        names: Of all items.
        is_turn: Whether an item is a turn, by our name.
    """

    def __init__(self, outbox: Outbox, oddities: Oddities, names: Names, is_turn: Callable[[str], bool]) -> None:
        self._outbox, self._oddities, self._names, self._is_turn = outbox, oddities, names, is_turn
        self._owed: dict[str, float] = {}  # whole turns whose final words have not come → since when, s
        self._last = ""  # the newest whole turn
        self._final = ""  # the last item whose final words have come
        self._alone: dict[str, _Alone] = {}
        self._given: dict[str, Any] = {}  # name that no turn had → its final words, which were taken for another's

    def whole(self, turn: str) -> Iterator[Any]:
        """A turn is whole, and waits for its words; those that were taken for another's are its own."""
        self._last = turn
        yield from self._named()
        if turn != self._final:
            self._owed[turn] = self._outbox.now
        if (words := self._given.pop(turn, None)) is not None:
            yield from self.mend(words, heard="")

    def gone(self, turn: str) -> None:
        """A turn is no part of the conversation any more."""
        self._owed.pop(turn, None)

    def mend(self, event: Any, *, heard: str) -> Iterator[Any]:
        """Words, with the turn that they belong to.

        Args:
            event: By our names.
            heard: The turn that the server hears and has not committed, "" for none.
        """
        yield from self._named()
        name = event.__struct_config__.tag
        final = not isinstance(event, se.InputTranscriptionDelta)
        known = bool(event.item_id) and (event.item_id == heard or self._is_turn(event.item_id))
        if (final or not event.item_id) and not known and (turn := self._only(heard, final=final)):
            what = "an item that no turn has" if event.item_id else "no item"
            self._oddities.tell(name, f"it names {what}: it belongs to the turn that waits for its words")
            yield from self._take_back(event.item_id)
            self._give(event)
            event, known = msgspec.structs.replace(event, item_id=turn), True
        elif not event.item_id and self._last:
            event, known = msgspec.structs.replace(event, item_id=self._last), True
        if not final and not known:
            before = self._alone.get(event.item_id)
            words = (before.words if before is not None else "") + event.delta
            self._alone[event.item_id] = _Alone(self._outbox.now, words, {*self._waiting(), heard} - {""})
        elif final:
            self._owed.pop(event.item_id, None)
            self._alone.pop(event.item_id, None)
            self._final = event.item_id
        yield event
        if isinstance(event, se.InputTranscriptionCompleted):
            for other, alone in list(self._alone.items()):
                if event.item_id in alone.waiting and alone.words.strip() in event.transcript:
                    yield from self._take_back(other)

    def tick(self, heard: str) -> Iterator[Any]:
        """Pieces that do not go on, of a name that no turn has got: more is not waited for."""
        for item, alone in list(self._alone.items()):
            if item == heard or self._is_turn(item):
                del self._alone[item]
            elif self._outbox.now - alone.at >= ALONE_S:
                self._oddities.tell(TRANSCRIBED, "it names an item that no turn has: its words stand alone")
                yield from self.mend(se.InputTranscriptionCompleted(item_id=item, transcript=alone.words), heard=heard)

    def connection_lost(self) -> None:
        """No words come any more."""
        self._last = ""
        self._owed.clear()
        self._alone.clear()
        self._given.clear()

    def _waiting(self) -> list[str]:
        """Whole turns that still wait for their words."""
        for turn in [turn for turn, since in self._owed.items() if self._outbox.now - since >= WORDS_S]:
            del self._owed[turn]
        return list(self._owed)

    def _only(self, heard: str, *, final: bool) -> str:
        """The turn that words can only belong to, "" where there is none or more than one."""
        waiting = self._waiting()
        if heard and not (final and waiting):  # final words come when a turn is whole
            waiting.append(heard)
        return waiting[0] if len(waiting) == 1 else ""

    def _named(self) -> Iterator[Any]:
        """Pieces that stood alone under what has shown to be another name of a turn are that turn's."""
        for item, alone in list(self._alone.items()):
            if (turn := self._names.ours(item)) != item:
                yield from self._take_back(item)
                yield se.InputTranscriptionDelta(item_id=turn, delta=alone.words)

    def _give(self, event: Any) -> None:
        if event.item_id:
            self._given[event.item_id] = event
            newest(self._given, KEPT)

    def _take_back(self, item: str) -> Iterator[Any]:
        """What stood alone stands in a turn."""
        if self._alone.pop(item, None) is not None:
            yield se.ConversationItemDeleted(item_id=item)
