"""How facts and conversations are said and laid out: columns and cells; no widget."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.content import Content

from voice_tui.messages.memory import FoundFact, KnownFact, MemoryChanged, PastTalk
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.keys import Commands, shown_key

FACTS, TALKS = "facts", "talks"
WIDE_CELLS = 96  # from here on everything known of a fact has a column
GONE = "strike"
GUTTER = 2  # of a column, in the table

EMPTY_FACTS = (
    "No fact is remembered yet.\n\n"
    'Say "remember that …", or what you are called, and it stands here the next moment.\n'
    "Press {find} to look for facts in what was said so far. Nothing is stored before you see it."
)
EMPTY_TALKS = "No conversation is kept yet. What you and the AI say is written down here as you talk."
READING = "The memory is being read …"
KEPT = "{talks} conversations are kept: {conversations} lists them."
NO_TALK_FOUND = "In no conversation {query!r} was said. Esc clears the search."
NOTHING_FOUND = "No fact is found by {query!r}. Esc clears the search."
OFF = "The memory is off: nothing is remembered and nothing is looked up.\n\n{why}"
WHY_OFF = "Start voice-tui without --no-memory (and with VOICE_TUI_MEMORY=yes) to use it."
PRIVATE = "● PRIVATE: nothing is stored"
STORED = "stored on this computer only"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``cells`` 0 takes what is left. ``wide`` ones need room."""

    label: str
    cells: int = 0
    wide: bool = False


FACT_COLUMNS = (
    Column("About", 10),
    Column("Fact"),
    Column("Said by", 10, wide=True),
    Column("When", 15),
    Column("Conversation", 15, wide=True),
)
TALK_COLUMNS = (Column("When", 15), Column("What about"), Column("Turns", 5))
COLUMNS = {FACTS: FACT_COLUMNS, TALKS: TALK_COLUMNS}


def laid_out(columns: tuple[Column, ...], width: int) -> list[tuple[Column, int]]:
    """The columns that are shown in so many cells, with the width of each."""
    shown = [c for c in columns if width >= WIDE_CELLS or not c.wide]
    fixed = sum(c.cells for c in shown) + GUTTER * len(shown)
    return [(c, c.cells or max(10, width - fixed)) for c in shown]


def about(fact: KnownFact) -> str:
    """Whom or what it is about, to the user's eyes."""
    return "you" if fact.subject.lower() in ("user", "the user") else fact.subject


def fact_cells(fact: KnownFact, width: int, *, gone: bool) -> list[Text]:
    """A fact's cells; one that was deleted is struck through, and says so."""
    when = "deleted" if gone else fact.when
    values = dict(zip(FACT_COLUMNS, (about(fact), fact.text, fact.speaker, when, fact.source), strict=True))
    return [Text(shorten(values[c], n), style=GONE if gone else "") for c, n in laid_out(FACT_COLUMNS, width)]


def talk_cells(talk: PastTalk, width: int, *, gone: bool) -> list[Text]:
    """A conversation's cells; one that was deleted is struck through, and says so."""
    when = "deleted" if gone else talk.when
    values = dict(zip(TALK_COLUMNS, (when, talk.topic or "–", f"{talk.turns:5d}"), strict=True))
    return [Text(shorten(values[c], n), style=GONE if gone else "") for c, n in laid_out(TALK_COLUMNS, width)]


def fact_details(fact: KnownFact | None, commands: Commands, *, gone: bool) -> Content:
    """Everything about the fact under the cursor."""
    if fact is None:
        return Content("")
    rest = [f"about {about(fact)}"]
    rest += [f"said by {fact.speaker}"] if fact.speaker else []
    rest += [f"told {fact.when}"] if fact.when else []
    rest += [f"in the conversation of {fact.source}"] if fact.source else []
    undo = ((f"  deleted: {shown_key(commands, 'memory.undo')} takes it back", "bold $warning"),) if gone else ()
    return Content.assemble((fact.text, "bold"), *undo, "\n", (" · ".join(rest), "$muted"))


def talk_details(talk: PastTalk | None, commands: Commands, *, gone: bool) -> Content:
    """Everything about the conversation under the cursor, and what can be done with it."""
    if talk is None:
        return Content("")
    keys = {name: shown_key(commands, f"memory.{name}") for name in ("resume", "undo")}
    todo = f"deleted: {keys['undo']} takes it back" if gone else f"Enter reads it · {keys['resume']} goes on with it"
    rest = f"{talk.when} · {talk.turns} turns · {todo}"
    return Content.assemble((talk.topic or "Nothing was said.", "bold"), "\n", (rest, "$muted"))


def state_words(state: MemoryChanged) -> Content:
    """Whether anything is stored; nothing while nobody has said it."""
    if state.on is None:
        return Content("")
    if not state.on:
        return Content.styled("○ off", "bold $warning")
    return Content.styled(PRIVATE, "bold $warning") if state.private else Content.styled(STORED, "$muted")


def empty_words(
    tab: str, state: MemoryChanged, rows: int | None, query: str, commands: Commands, talks: int = 0
) -> str:
    """What stands in place of a list of so many rows (None: nobody has said yet); "" when there are some."""
    if state.on is None or (state.on and rows is None):
        return READING
    if not state.on:
        return off_words(state)
    if rows:
        return ""
    if query:
        return (NOTHING_FOUND if tab == FACTS else NO_TALK_FOUND).format(query=query)
    if tab == TALKS:
        return EMPTY_TALKS
    keys = {name: shown_key(commands, f"memory.{name}") for name in ("find", "conversations")}
    kept = f"\n\n{KEPT.format(talks=talks, **keys)}" if talks else ""
    return EMPTY_FACTS.format(**keys) + kept


def off_words(state: MemoryChanged) -> str:
    """Why there is nothing to see."""
    return OFF.format(why=f"{state.problem[:1].upper()}{state.problem[1:]}." if state.problem else WHY_OFF)


def found_label(fact: FoundFact) -> str:
    """A found fact as it is proposed."""
    return f"{fact.text}  (said by {fact.speaker})" if fact.speaker else fact.text


def toast(what: str, facts: tuple[KnownFact, ...]) -> str:
    """What was stored or deleted: ``remembered: …``."""
    return "\n".join(f"{what}: {fact.text}" for fact in facts)


def tabs(now: str, facts: int | None, talks: int | None, state: State, width: int) -> Content:
    """The two lists, each to be clicked, and whether anything is stored."""
    parts = []
    for name, command, count in ((FACTS, "memory.facts", facts), (TALKS, "memory.conversations", talks)):
        look = "bold $accent" if name == now else "$muted"
        words = f"{state.commands[command].title} {'' if count is None else count}".rstrip()
        parts.append(
            Content.from_markup(
                f"[@click={state.commands[command].run}][{look}][reverse] $key [/reverse] $words[/][/]",
                key=shown_key(state.commands, command),
                words=words,
            )
        )
    left, right = Content("    ").join(parts), state_words(state.last(MemoryChanged))
    return left + " " * max(2, width - left.cell_length - right.cell_length) + right
