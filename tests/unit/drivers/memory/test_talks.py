"""Conversations of the memory: found, read, deleted, put back, and told again."""

from __future__ import annotations

from pathlib import Path

from tests.support.memory_held import NOW, Held
from voice_tui.memory.store import Store
from voice_tui.messages.memory import (
    DeleteTalk,
    ListTalks,
    MemoryRefused,
    ReadTalk,
    RestoreTalk,
    ResumeTalk,
    RetellTalk,
    TalkRead,
    TalksListed,
)


def spoken(held: Held) -> int:
    """A conversation of three rows; gives its number."""
    held.row("u1", "I have a dog called Rex.")
    held.row("a1", "How nice.", "u1", "assistant")
    held.row("u2", "He likes the beach in winter.", "a1")
    held.settle()
    listed = held.ask(ListTalks())
    assert isinstance(listed, TalksListed)
    (talk,) = listed.talks
    return talk.id


def test_a_conversation_is_found_by_what_was_said_read_and_told_again(held: Held) -> None:
    number = spoken(held)
    found = held.ask(ListTalks("beach"))
    assert isinstance(found, TalksListed)
    assert [(talk.id, talk.topic) for talk in found.talks] == [(number, "… He likes the beach in winter.")]
    assert held.ask(ListTalks("submarine")) == TalksListed((), "submarine", 1)
    told = held.ask(ReadTalk(number))
    assert isinstance(told, TalkRead)
    said = [(item.role, item.text) for item in told.items]
    assert said == [
        ("user", "I have a dog called Rex."), ("assistant", "How nice."), ("user", "He likes the beach in winter."),
    ]  # fmt: skip
    held.memory.request(ResumeTalk(number))
    held.settle()
    [wanted] = held.retold
    assert isinstance(wanted, RetellTalk)
    assert wanted.items == told.items
    assert held.ask(ResumeTalk(number + 7)) == MemoryRefused("resume", "it is gone")


def test_what_is_told_again_is_not_written_down_twice(held: Held, path: Path) -> None:
    number = spoken(held)
    held.row(f"past_{number}_1", "I have a dog called Rex.", "u2")
    held.settle()
    told = held.ask(ReadTalk(number))
    assert isinstance(told, TalkRead)
    assert len(told.items) == 3


def test_a_deleted_conversation_can_be_put_back_as_it_was(held: Held) -> None:
    number = spoken(held)
    before = held.ask(ReadTalk(number))
    assert held.ask(DeleteTalk(number)) == TalksListed((), "", 0)
    assert held.ask(ReadTalk(number)) == MemoryRefused("read", "it is gone")
    assert isinstance(held.ask(RestoreTalk(number)), TalksListed)
    assert held.ask(ReadTalk(number)) == before
    assert held.ask(RestoreTalk(number)) == MemoryRefused("undo", "it is gone")


def test_a_conversation_of_greetings_is_not_kept(held: Held, path: Path) -> None:
    held.row("u1", "Hello!")
    held.row("a1", "Good morning.", "u1", "assistant")
    held.settle()
    assert held.ask(ListTalks()) == TalksListed(()), "and it is not listed either"
    held.memory.end()
    assert held.options is not None
    held.options.close()
    with Store(path, lambda: NOW) as store:
        assert store.conversations.page() == []
