"""The memory: what a user can want of it, and what is told. The drivers act on it, but for `ExtractFacts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

RETOLD = "past_"
"""How the ids of items begin that were told again out of the memory."""


@dataclass(frozen=True, slots=True)
class FoundFact:
    """Something the user said that may be worth keeping.

    Attributes:
        subject: Whom or what it is about.
        text: One sentence.
        speaker: Who said it, "" where that is not known.
    """

    subject: str
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact of the memory.

    Attributes:
        id: Its number.
        subject, text, speaker: As in `FoundFact`.
        when: When it was last told or corrected, in words ("yesterday 14:05").
        source: Which conversation it comes from, in words; "" where that is not known any more.
    """

    id: int
    subject: str
    text: str
    speaker: str = ""
    when: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class PastTalk:
    """A conversation of the memory: when it began, in words; what it was about; how many turns it had."""

    id: int
    when: str
    topic: str
    turns: int


@dataclass(frozen=True, slots=True)
class PastItem:
    """What was said in a conversation of the memory; ``heard_ms`` of ``total_ms`` were heard where it was cut."""

    role: str
    speaker: str
    text: str
    heard_ms: int | None = None
    total_ms: int | None = None


@dataclass(frozen=True, slots=True)
class MemoryChanged:
    """Where the memory stands.

    Attributes:
        on: It is used; None: nobody has said yet.
        private: Nothing is stored from now on; what is known can still be recalled.
        news: The user said something that was not looked at for facts, or found facts wait for a decision.
        folder: Where an export goes unless the user says otherwise.
        problem: Why it is off though it was wanted, one line.
    """

    on: bool | None = None
    private: bool = False
    news: bool = False
    folder: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FactsFound:
    """The model looked through the conversation for facts. Nothing of it is stored.

    Attributes:
        facts: What it found, as it said it.
        topic: What the conversation was about, "" where it did not say.
        reason: Why nothing could be found out, one line; "" when all went well.
    """

    facts: tuple[FoundFact, ...] = ()
    topic: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FactsProposed:
    """What the memory does not know yet of everything found: the user decides (`KeepFacts`)."""

    facts: tuple[FoundFact, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Facts were stored."""

    facts: tuple[KnownFact, ...]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Facts were deleted."""

    facts: tuple[KnownFact, ...]


@dataclass(frozen=True, slots=True)
class FactsListed:
    """The answer to `ListFacts`; ``total`` counts all facts of the memory."""

    query: str
    facts: tuple[KnownFact, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TalksListed:
    """The answer to `ListTalks`, newest first; ``total`` counts all in which something was said."""

    talks: tuple[PastTalk, ...]
    query: str = ""
    total: int = 0


@dataclass(frozen=True, slots=True)
class TalkRead:
    """The answer to `ReadTalk`."""

    talk: PastTalk
    items: tuple[PastItem, ...]


@dataclass(frozen=True, slots=True)
class MemoryExported:
    """Everything was written to a file."""

    path: str
    facts: int
    talks: int


@dataclass(frozen=True, slots=True)
class MemoryWiped:
    """Everything was deleted."""


@dataclass(frozen=True, slots=True)
class MemoryRefused:
    """Something that was asked of the memory was not done; everything else is as it was.

    Attributes:
        what: ``edit``, ``delete``, ``export``, ``wipe``…
        reason: One line.
    """

    what: str
    reason: str


MemoryNotice: TypeAlias = (
    MemoryChanged
    | FactsFound
    | FactsProposed
    | Remembered
    | Forgotten
    | FactsListed
    | TalksListed
    | TalkRead
    | MemoryExported
    | MemoryWiped
    | MemoryRefused
)


@dataclass(frozen=True, slots=True)
class ExtractFacts:
    """Look for facts in what was said since the last time, but for the items to ``skip``; answered by `FactsFound`."""

    skip: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListFacts:
    """The facts that a text finds; all of them, newest first, where it is empty."""

    query: str = ""


@dataclass(frozen=True, slots=True)
class ListTalks:
    """The conversations that hold the words of a text; all of them where it is empty."""

    query: str = ""


@dataclass(frozen=True, slots=True)
class ReadTalk:
    """What was said in a conversation."""

    id: int


@dataclass(frozen=True, slots=True)
class DeleteTalk:
    """Delete a conversation, at once; facts that it told stay."""

    id: int


@dataclass(frozen=True, slots=True)
class RestoreTalk:
    """Put a conversation back that was deleted in this run."""

    id: int


@dataclass(frozen=True, slots=True)
class ResumeTalk:
    """Go on with a conversation: the assistant is told what was said in it."""

    id: int


@dataclass(frozen=True, slots=True)
class RetellTalk:
    """What was said in a conversation of the memory is told to the endpoint, and stands in the transcript.

    Attributes:
        talk: Its number.
        when: When it was, in words.
        items: What of it is told, in order.
    """

    talk: int
    when: str
    items: tuple[PastItem, ...]


@dataclass(frozen=True, slots=True)
class KeepFacts:
    """Store these of the proposed facts; the others are not proposed again."""

    facts: tuple[FoundFact, ...]


@dataclass(frozen=True, slots=True)
class EditFact:
    """Give a fact other words."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class DeleteFact:
    """Delete a fact, at once."""

    id: int


@dataclass(frozen=True, slots=True)
class RestoreFact:
    """Put a fact back that was deleted in this run."""

    id: int


@dataclass(frozen=True, slots=True)
class ExportMemory:
    """Write everything to a new file, as JSON."""

    path: str


@dataclass(frozen=True, slots=True)
class WipeMemory:
    """Delete everything."""


@dataclass(frozen=True, slots=True)
class SetPrivate:
    """Store nothing from now on, or store again; None: the other way round."""

    on: bool | None = None


MemoryRequest: TypeAlias = (
    ListFacts
    | ListTalks
    | ReadTalk
    | DeleteTalk
    | RestoreTalk
    | ResumeTalk
    | KeepFacts
    | EditFact
    | DeleteFact
    | RestoreFact
    | ExportMemory
    | WipeMemory
    | SetPrivate
)
