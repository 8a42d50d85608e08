"""What the user asks of the memory, carried out on its thread and answered by one notice."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from voice_tui.drivers.memory.thread import Memory
from voice_tui.memory.days import moment_words
from voice_tui.memory.recall import Recall
from voice_tui.memory.records import Fact, StoredConversation
from voice_tui.memory.schema import MemoryFileError
from voice_tui.memory.store import Store
from voice_tui.memory.subjects import topic, turns
from voice_tui.messages.memory import (
    DeleteFact,
    EditFact,
    ExportMemory,
    FactsListed,
    KnownFact,
    ListFacts,
    ListTalks,
    MemoryExported,
    MemoryNotice,
    MemoryRefused,
    MemoryRequest,
    MemoryWiped,
    PastTalk,
    RestoreFact,
    TalksListed,
    WipeMemory,
)

MOST_FACTS, MOST_TALKS = 500, 100  # listed at once; a search finds the others
FOUND_BY_MEANING = 10
MEANINGFUL = 4  # letters of a query that can have a meaning


class MemoryRequests:
    """Answers requests; it keeps what was deleted in this run, to put it back."""

    def __init__(self) -> None:
        self._deleted: dict[int, Fact] = {}
        self._query = ""  # the list that is looked at

    def answer(self, memory: Memory, request: MemoryRequest, now: datetime) -> MemoryNotice:
        """Do it.

        Raises:
            sqlite3.Error, MemoryFileError: The store failed.
        """
        store = memory.store
        match request:
            case ListFacts(query):
                self._query = query
                return listed(store, memory.recall, query, now)
            case ListTalks():
                return TalksListed(tuple(_talk(store, one, now) for one in store.conversations.page(limit=MOST_TALKS)))
            case EditFact(fact, text):
                edited = store.facts.edit(fact, text=" ".join(text.split())) if text.strip() else None
                refused = MemoryRefused("edit", "the fact needs some words" if not text.strip() else "it is gone")
                return listed(store, memory.recall, self._query, now) if edited else refused
            case DeleteFact(fact):
                self._deleted |= {one.id: one for one in store.facts.forget(fact)}
                return listed(store, memory.recall, self._query, now)
            case RestoreFact(fact):
                kept = self._deleted.pop(fact, None)
                restored = store.facts.restore(kept) if kept else None
                return (
                    listed(store, memory.recall, self._query, now) if restored else MemoryRefused("undo", "it is gone")
                )
            case ExportMemory(path):
                return export(store, path)
            case WipeMemory():
                self._deleted.clear()
                return wipe(store)
        raise TypeError(f"no request of the memory's: {request}")


def shown(fact: Fact, when: str = "", source: str = "") -> KnownFact:
    """A fact as the user sees it."""
    return KnownFact(fact.id, fact.subject, fact.text, fact.speaker, when, source)


def listed(store: Store, recall: Recall, query: str, now: datetime) -> FactsListed:
    """The facts that a text finds: those that hold it as typed, then those that it means."""
    facts = store.facts.page(limit=-1)
    found = facts
    if typed := " ".join(query.lower().split()):
        found = [fact for fact in facts if typed in f"{fact.subject} {fact.text} {fact.speaker}".lower()]
        if len(typed) >= MEANINGFUL:
            more = [*store.facts.search(query), *(one.fact for one in recall.recall(query, FOUND_BY_MEANING))]
            found += [fact for fact in dict.fromkeys(more) if fact not in found]
    talks = {one.id: one for one in store.conversations.page(limit=-1)}
    rows = []
    for fact in found[:MOST_FACTS]:
        told = talks.get(fact.conversation or 0)
        source = moment_words(datetime.fromtimestamp(told.started), now) if told else ""
        rows.append(shown(fact, moment_words(datetime.fromtimestamp(fact.updated), now), source))
    return FactsListed(query, tuple(rows), len(facts))


def _talk(store: Store, one: StoredConversation, now: datetime) -> PastTalk:
    when = moment_words(datetime.fromtimestamp(one.started), now)
    return PastTalk(one.id, when, topic(store, one), turns(store, one))


def export(store: Store, path: str) -> MemoryExported | MemoryRefused:
    """Write everything to a new file that only its owner can read; a file that is there is left alone."""
    target = Path(path).expanduser()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(store.export())
    except FileExistsError:
        return MemoryRefused("export", f"{target}: there is such a file already")
    except OSError as error:
        return MemoryRefused("export", f"{target}: {error.strerror}")
    facts, talks = store.facts.page(limit=-1), store.conversations.page(limit=-1)
    return MemoryExported(str(target), len(facts), len(talks))


def wipe(store: Store) -> MemoryWiped | MemoryRefused:
    """Delete everything."""
    try:
        store.wipe()
    except MemoryFileError as error:
        return MemoryRefused("wipe", str(error))
    return MemoryWiped()
