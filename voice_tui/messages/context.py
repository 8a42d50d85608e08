"""The context: what a user can want of it, what is asked of the drivers, what is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from voice_tui.messages.context_settings import ContextSettings

SUMMARY_HEADING = "Summary of the conversation so far:\n"
"""How the text of a summary begins."""


class Kind(StrEnum):
    """What an item is, as the server holds it."""

    SPOKEN = "spoken"
    TYPED = "typed"
    """Text: typed, written, or told again as text."""
    SUMMARY = "summary"
    LABEL = "label"
    """A remark of ours about a turn, such as who spoke."""
    CALL = "tool call"
    OUTPUT = "tool output"
    INSTRUCTIONS = "instructions"
    """The system prompt: with every answer it is read before anything that was said."""
    TOOLS = "tools"
    """What the model may call, and how; read like the instructions."""
    FACTS = "known facts"
    """What the memory told at the start, below the instructions."""
    REST = "difference"
    """What the server's count has more than all estimates, or less."""
    NEXT = "next turn"
    """What the next turn will probably add."""


@dataclass(frozen=True, slots=True)
class ContextItem:
    """One item of the conversation.

    Attributes:
        item_id, role: As the endpoint calls them; a tool's call is the assistant's and its output the user's side.
        speaker: Label to show; of tool items the tool's name.
        text: What was said; of a cut answer the heard part.
        kind: What it is.
        tokens: What it costs each time the conversation is read.
        exact: The tokens were counted by the server, else they are estimated.
        pinned: It is never summarised or deleted.
        cut: Of a cut answer: (heard, received), ms.
        turn: Counts the user's messages up to it.
        at: When it appeared, s on the driver's monotonic clock.
        in_server: The server holds it; else it is only in the transcript.
        call_id: Joins a tool's call and its output; "" elsewhere.
    """

    item_id: str
    role: str
    speaker: str
    text: str
    kind: Kind
    tokens: int = 0
    exact: bool = False
    pinned: bool = False
    cut: tuple[int, int] | None = None
    turn: int = 0
    at: float = 0.0
    in_server: bool = True
    call_id: str = ""


class Work(StrEnum):
    """What is being done about the context."""

    NOTHING = ""
    SUMMARISING = "writing a summary"
    WAITING = "waiting for a pause"
    REPLACING = "replacing items"


@dataclass(frozen=True, slots=True)
class ContextChanged:
    """The whole context, whenever it changed; at most four a second.

    Attributes:
        items: In conversation order; the summary stands first.
        total: Tokens that the conversation has, with instructions and tools.
        exact: The total is the server's own count; else it is that count and estimates of what came after.
        window: Tokens that the model can hold; None: nobody knows.
        forecast_input: Tokens that the next turn will read, as far as one can know.
        forecast_usd: Its price in US dollars; None for models without a known price.
        settings: Where the settings stand.
        work: What is being done.
        can_undo: The last summary can still be undone.
        fixed: What every answer reads before the items: instructions, tools, known facts, and what their tokens and
            the items' differ from the total by.
        coming: What the next turn will probably add. All in the server, ``fixed`` and this are ``forecast_input``.
    """

    items: tuple[ContextItem, ...] = ()
    total: int = 0
    exact: bool = False
    window: int | None = None
    forecast_input: int = 0
    forecast_usd: float | None = None
    settings: ContextSettings = field(default_factory=ContextSettings)
    work: Work = Work.NOTHING
    can_undo: bool = False
    fixed: tuple[ContextItem, ...] = ()
    coming: ContextItem | None = None


@dataclass(frozen=True, slots=True)
class SummaryProposed:
    """The budget is exceeded (mode ask): `SummariseNow` would help.

    Attributes:
        tokens: What the next turn will read.
        budget: What it may.
        items: How many items would be summarised.
    """

    tokens: int
    budget: int
    items: int


@dataclass(frozen=True, slots=True)
class SummaryMade:
    """Older items were replaced by a summary, and the server has confirmed it.

    Attributes:
        item_id: The summary.
        text: Its words.
        before, after: Tokens of the conversation.
        removed: How many items it stands for.
        kept: Items in it that the server refused to delete.
    """

    item_id: str
    text: str
    before: int
    after: int
    removed: int
    kept: int = 0


@dataclass(frozen=True, slots=True)
class SummaryUndone:
    """The items are back, as text, and the summary is gone."""

    restored: int


@dataclass(frozen=True, slots=True)
class SummaryEdited:
    """The summary has other words now."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ContextCleared:
    """A new topic began without the old one.

    Attributes:
        removed: How many items were deleted.
        kept: How many the server refused to delete.
    """

    removed: int
    kept: int = 0


@dataclass(frozen=True, slots=True)
class ContextFailed:
    """Something was not done, and everything is as it was.

    Attributes:
        what: ``summary``, ``undo``, ``edit`` or ``start clean``.
        reason: One line.
    """

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class TopicChanged:
    """The user turned to another topic.

    Attributes:
        item_id: The turn.
        distance: Cosine distance to what was talked about before, 0-2.
        text: The turn's words.
        choices: What `NewTopic` can say; empty when it is done without asking.
    """

    item_id: str
    distance: float
    text: str
    choices: tuple[str, ...] = ()


ContextNotice: TypeAlias = (
    ContextChanged
    | SummaryProposed
    | SummaryMade
    | SummaryUndone
    | SummaryEdited
    | ContextCleared
    | ContextFailed
    | TopicChanged
)


@dataclass(frozen=True, slots=True)
class Pin:
    """Never summarise or delete an item; None: the other way round. A tool's call and output go together."""

    item_id: str
    on: bool | None = None


@dataclass(frozen=True, slots=True)
class SummariseNow:
    """Summarise everything but pinned items and the newest turns, at the next pause."""


@dataclass(frozen=True, slots=True)
class UndoSummary:
    """Put the items of the last summary back as text; possible until the user's next turn."""


@dataclass(frozen=True, slots=True)
class EditSummary:
    """Give the summary other words."""

    text: str


@dataclass(frozen=True, slots=True)
class SetContext:
    """Change settings (see `ContextSettings`); None leaves one as it is."""

    mode: str | None = None
    budget: int | None = None
    keep_turns: int | None = None
    summary_words: int | None = None
    topic_mode: str | None = None
    topic_threshold: float | None = None
    topic_min_words: int | None = None


class How(StrEnum):
    """What becomes of the old topic."""

    CARRY_ON = "carry_on"
    START_CLEAN = "start_clean"
    """Delete everything before the turn that changed the topic, but pinned items, system messages and the summary."""
    SUMMARISE = "summarise"


@dataclass(frozen=True, slots=True)
class NewTopic:
    """Go on with another topic."""

    how: How


@dataclass(frozen=True, slots=True)
class ChangeInstructions:
    """Tell the assistant to be somebody else, at once; placeholders are filled as in the profile."""

    text: str


ContextIntent: TypeAlias = Pin | SummariseNow | UndoSummary | EditSummary | SetContext | NewTopic | ChangeInstructions


@dataclass(frozen=True, slots=True)
class Embed:
    """Make a vector of a text; answered by `Engine.receive_embedding` with the same ``key``."""

    key: str
    text: str


ContextCommand: TypeAlias = Embed
