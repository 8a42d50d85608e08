"""What a conversation was about, in one line, and when it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from voice_tui.memory.days import day_words, days_meant, means_last
from voice_tui.memory.records import StoredConversation, StoredItem
from voice_tui.memory.store import Store
from voice_tui.memory.words import terms

LONGEST = 160  # characters of a topic
LOOKED_BACK = 200  # conversations
MOST = 3  # conversations told of a day
END = ".!? "
EMPTY = frozenset(terms("hello hi hey thanks thank okay ok good bye goodbye please yes no stop wait"))


def tells(text: str) -> bool:
    """Whether a turn says more than a greeting."""
    return bool(set(terms(text)) - EMPTY)


def topic(store: Store, conversation: StoredConversation) -> str:
    """Its title, else its newest summary, else what the user said in it, as far as it fits; "" if it was nothing."""
    if conversation.title:
        return conversation.title
    if summaries := store.conversations.summaries(conversation.id):
        return _clipped(" ".join(summaries[-1].text.split()))
    return _quoted(store.conversations.items(conversation.id))


def turns(store: Store, conversation: StoredConversation) -> int:
    """How often the user spoke."""
    return sum(item.role == "user" for item in store.conversations.items(conversation.id))


def told(store: Store, conversation: StoredConversation, now: datetime) -> str:
    """A line about a conversation: "Yesterday you spoke about …"; "" if nothing was said in it."""
    about = topic(store, conversation)
    when = day_words(datetime.fromtimestamp(conversation.started), now)
    how = "talked about" if conversation.title else "said"
    who = "we" if conversation.title else "you"
    return f"{when[:1].upper()}{when[1:]} {who} {how}: {about}" if about else ""


def talks_meant(store: Store, question: str, now: datetime, but: int | None = None) -> list[str] | None:
    """Lines about the conversations that a question is about, newest first; None where it is about none.

    Args:
        store: The memory.
        question: Such as "yesterday".
        now: The time.
        but: The conversation that goes on now.
    """
    days, last = days_meant(question, now), means_last(question)
    if days is None and not last:
        return None
    lines = []
    for one in store.conversations.page(limit=LOOKED_BACK):
        day = datetime.fromtimestamp(one.started).date()
        if one.id != but and (days is None or days[0] <= day <= days[1]) and (line := told(store, one, now)):
            lines.append(line)
        if len(lines) == (1 if days is None else MOST):
            break
    return lines


def last_talk(store: Store, now: datetime) -> str:
    """A line about the newest conversation in which something was said; "" if there is none."""
    lines = (told(store, one, now) for one in store.conversations.page(limit=LOOKED_BACK))
    return next((line for line in lines if line), "")


def _quoted(items: Iterable[StoredItem]) -> str:
    """What the user said, but for greetings and other turns without a word that tells anything."""
    said = [" ".join(item.text.split()).rstrip(END) for item in items if item.role == "user" and tells(item.text)]
    return _clipped("; ".join(dict.fromkeys(said)))


def _clipped(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
