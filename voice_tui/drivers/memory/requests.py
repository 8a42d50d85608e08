"""What the user asks of the memory, carried out on its thread and answered by one notice."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from voice_tui.drivers.memory.thread import Memory
from voice_tui.memory.days import moment_words
from voice_tui.memory.recall import Recall
from voice_tui.memory.records import Fact, StoredConversation, StoredItem, Summary
from voice_tui.memory.schema import MemoryFileError
from voice_tui.memory.store import Store
from voice_tui.memory.subjects import topic, turns
from voice_tui.messages.memory import (
    DeleteFact,
    DeleteTalk,
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
    PastItem,
    PastTalk,
    ReadTalk,
    RestoreFact,
    RestoreTalk,
    RetellTalk,
    TalkRead,
    TalksListed,
    WipeMemory,
)
from voice_tui.private_file import open_private, replace_private

MOST_FACTS, MOST_TALKS = 500, 100  # listed at once; a search finds the others
FOUND_BY_MEANING = 10
MOST_RETOLD = 12_000  # characters, about 3,000 tokens: some room in the smallest window
MEANINGFUL = 4  # letters of a query that can have a meaning


class MemoryRequests:
    """Answers requests; it keeps what was deleted in this run, to put it back."""

    def __init__(self) -> None:
        self._deleted: dict[int, Fact] = {}
        self._deleted_talks: dict[int, tuple[StoredConversation, list[StoredItem], list[Summary]]] = {}
        self._query = self._talks_query = ""  # of the lists that are looked at

    @property
    def deleted(self) -> list[Fact]:
        """Facts that the user deleted since the start, and did not take back."""
        return list(self._deleted.values())

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
            case ListTalks(query):
                self._talks_query = query
                return talks_listed(store, query, now)
            case ReadTalk(talk):
                found = _found(store, talk)
                return MemoryRefused("read", "it is gone") if found is None else read(store, found, now)
            case DeleteTalk(talk):
                if (found := _found(store, talk)) is not None:
                    kept_items, made = store.conversations.items(talk), store.conversations.summaries(talk)
                    self._deleted_talks[talk] = found, kept_items, made
                    store.conversations.delete(talk)
                return talks_listed(store, self._talks_query, now)
            case RestoreTalk(talk):
                gone = self._deleted_talks.pop(talk, None)
                if gone is None or not store.conversations.restore(*gone):
                    return MemoryRefused("undo", "it is gone")
                return talks_listed(store, self._talks_query, now)
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
                self._deleted_talks.clear()
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


def talks_listed(store: Store, query: str, now: datetime) -> TalksListed:
    """The conversations that hold the words of a text, newest first; those in which nothing was said are left out."""
    talks = [one for one in store.conversations.page(limit=-1) if topic(store, one)]
    holding = {item.conversation: item for item in reversed(store.conversations.search(query, limit=-1))}
    found = [one for one in talks if one.id in holding] if query.strip() else talks
    rows = tuple(_talk(store, one, now, holding.get(one.id)) for one in found[:MOST_TALKS])
    return TalksListed(rows, query, len(talks))


def read(store: Store, talk: StoredConversation, now: datetime) -> TalkRead:
    """What was said in it."""
    items = (
        PastItem(i.role, i.speaker, i.text, i.heard_ms, i.total_ms)
        for i in store.conversations.items(talk.id)
        if i.text.strip()
    )
    return TalkRead(_talk(store, talk, now), tuple(items))


def retold(store: Store, number: int, now: datetime) -> RetellTalk | MemoryRefused:
    """A conversation as a session is told it: the newest of it, as far as that is not too long."""
    talk = _found(store, number)
    if talk is None:
        return MemoryRefused("resume", "it is gone")
    told = read(store, talk, now)
    items: list[PastItem] = []
    for item in reversed(told.items):
        if sum(len(one.text) for one in items) + len(item.text) > MOST_RETOLD:
            break
        items.insert(0, item)
    return RetellTalk(number, told.talk.when, tuple(items))


def _found(store: Store, number: int) -> StoredConversation | None:
    one = next(iter(store.conversations.page(limit=1, before=number + 1)), None)
    return one if one is not None and one.id == number else None


def _talk(store: Store, one: StoredConversation, now: datetime, found: StoredItem | None = None) -> PastTalk:
    when = moment_words(datetime.fromtimestamp(one.started), now)
    about = topic(store, one) if found is None else f"… {' '.join(found.text.split())}"
    return PastTalk(one.id, when, about, turns(store, one))


def export(store: Store, path: str, *, replaces: bool = False) -> MemoryExported | MemoryRefused:
    """Write everything to a file that only its owner can read; one that is there is left alone, or replaced."""
    target = Path(path).expanduser()
    try:
        content = store.export().encode()
        if replaces:
            replace_private(target, content)
        else:
            with os.fdopen(open_private(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
                file.write(content)
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
