"""Which responses there are: the one that is being made, how far it has come, and those that are over."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_tui.audio.stream.ledger import Account
from voice_tui.conversation.spoken_text import GrowingText, SpokenText

KEPT = 64  # responses that have ended and may still be named


@dataclass(slots=True)
class ActiveResponse:
    """A response, from its creation on."""

    id: str
    items: list[str] = field(default_factory=list)
    interrupted: bool = False
    ended: bool = False
    lost: bool = False
    """Its session is gone: the server cannot be told anything about it."""
    other: bool = False
    """Something that is no message is being made: a call, or a thought."""
    stopped_at: float = 0.0
    """When it was interrupted, s."""


@dataclass(slots=True)
class Answer:
    """An assistant message of a response."""

    response: ActiveResponse
    spoken: SpokenText = field(default_factory=SpokenText)
    parts: dict[tuple[int, bool], GrowingText] = field(default_factory=dict)
    """(its number, whether it is written) → the words of a part."""
    written: bool = False
    """It came as text, not as voice."""
    done: bool = False
    accounts: list[Account] = field(default_factory=list)

    def part(self, number: int, *, written: bool) -> GrowingText:
        """The words of a part."""
        self.written |= written
        return self.parts.setdefault((number, written), GrowingText())

    def joined(self) -> str:
        """All words, as they stand in the item."""
        self.spoken.text = " ".join(t for _, part in sorted(self.parts.items()) if (t := part.text))
        return self.spoken.text

    @property
    def audible(self) -> bool:
        """10 ms of it can be heard."""
        return any(account.audible is not None for account in self.accounts)

    @property
    def delivered(self) -> bool:
        """Some of it has come as it is meant: sound, or text where it comes as text."""
        return bool(self.accounts) or self.written

    @property
    def begun(self) -> bool:
        """Some of it has come."""
        return bool(self.accounts or self.spoken.text)


class Responses:
    """Responses by id, and the answers that are their items.

    Attributes:
        active: The one that is being made; None: none is.
        answers: Item id → answer, of the active response and of those that are kept.
    """

    def __init__(self) -> None:
        self.active: ActiveResponse | None = None
        self.answers: dict[str, Answer] = {}
        self._past: dict[str, ActiveResponse] = {}

    def find(self, response_id: str) -> ActiveResponse | None:
        """The active one, or one that is over, by its id."""
        if self.active is not None and self.active.id == response_id:
            return self.active
        return self._past.get(response_id)

    def over(self, response_id: str) -> bool:
        """Whether this response has ended before; the server's word may still come."""
        return response_id in self._past and (self.active is None or self.active.id != response_id)

    def bury(self, ended: ActiveResponse) -> None:
        """This one is over; of the oldest nothing is kept."""
        self._past[ended.id] = ended
        while len(self._past) > KEPT:
            for item_id in self._past.pop(next(iter(self._past))).items:
                self.answers.pop(item_id, None)

    def lose(self) -> None:
        """The session is gone: none is being made, and none of its will be named."""
        self.active = None
        self._past.clear()
        self.answers = dict(list(self.answers.items())[-KEPT:])

    # ---- how far the active one has come

    @property
    def making(self) -> ActiveResponse | None:
        """The active one, unless it was stopped."""
        return self.active if self.active is not None and not self.active.interrupted else None

    @property
    def items(self) -> list[Answer]:
        """What it consists of so far."""
        return [self.answers[item_id] for item_id in self.active.items] if self.active is not None else []

    @property
    def missing(self) -> str:
        """The event that it waits for; "" where it waits for none, or rightly."""
        if self.making is None or self.making.other:
            return ""
        if not self.items:
            return "response.output_item.added"
        newest = self.items[-1]
        if newest.done:
            return "response.done"
        return "response.output_item.done" if newest.delivered else "response.output_audio.delta"
