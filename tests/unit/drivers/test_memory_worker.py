"""The memory beside a conversation: what is written down, what tools do, and what private and a broken store mean."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.memory_held import DOG, LISBON, NOW, Held, options_at
from voice_tui.drivers.memory.options import open_memory
from voice_tui.drivers.memory.thread import MemoryThread
from voice_tui.memory.store import Store
from voice_tui.messages.context import ContextChanged, ContextItem, Embed, Kind, SummaryMade, TopicChanged
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.memory import (
    DeleteFact,
    EditFact,
    ExportMemory,
    ExtractFacts,
    FactsFound,
    FactsListed,
    FactsProposed,
    Forgotten,
    KeepFacts,
    ListFacts,
    ListTalks,
    MemoryChanged,
    MemoryExported,
    MemoryRefused,
    MemoryWiped,
    Remembered,
    RestoreFact,
    TalksListed,
    WipeMemory,
)
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Announced, Cut, RowRemoved
from voice_tui.messages.tools import CallTool


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def held(path: Path) -> Iterator[Held]:
    held = Held(options_at(path))
    yield held
    assert held.options is not None
    held.options.close()


# ---- writing it down


def test_an_item_is_written_when_it_is_final_and_again_when_it_changes(held: Held) -> None:
    held.memory.observe(LinkChanged(Link.LIVE, "", "embedded"))
    held.row("u1", "I live", pending=True)
    assert held.items() == []
    held.row("u1", "I live in Lisbon.")
    held.row("a1", "How nice it must be there.", "u1", "assistant", pending=True)
    held.row("a1", "How nice it must be there.", "u1", "assistant")
    held.row("a1", "How nice", "u1", "assistant", unheard=" it must be there.", cut=Cut(400, 1200))
    held.row("u2", "Stop!", "a1", speaker="Ben")
    held.memory.observe(
        ContextChanged((ContextItem("u1", "user", "You", "I live in Lisbon.", Kind.SPOKEN, pinned=True),))
    )
    items = [(i.item_id, i.role, i.speaker, i.text, i.heard_ms, i.total_ms, i.pinned) for i in held.items()]
    assert items == [
        ("u1", "user", "", "I live in Lisbon.", None, None, True),
        ("a1", "assistant", "", "How nice", 400, 1200, False),
        ("u2", "user", "Ben", "Stop!", None, None, False),
    ]


def test_what_is_transcribed_late_stands_where_it_was_said(held: Held) -> None:
    held.row("u1", "", pending=True)
    held.row("a1", "Twelve.", "u1", "assistant")
    held.row("a2", "Thirteen.", "a1", "assistant")
    held.row("u1", "How much is it?")
    held.row("u0", "Hello")
    assert [i.item_id for i in held.items()] == ["u0", "u1", "a1", "a2"]


def test_placeholders_and_remarks_are_not_written(held: Held) -> None:
    held.row("local_1", "", pending=True)
    held.memory.observe(RowRemoved("local_1"))
    held.row("u1", "Hello")
    held.row("n1", "connection lost", "u1", "system")
    assert [i.item_id for i in held.items()] == ["u1"]


def test_a_conversation_is_titled_and_summaries_are_kept(held: Held, path: Path) -> None:
    held.row("u1", "I live in Lisbon.")
    held.row("a1", "I see.", "u1", "assistant")
    held.row("u2", "I have a dog.", "a1")
    held.memory.observe(SummaryMade("summary_1", "They live in Lisbon.", 90, 20, 2))
    gone = [ContextItem(i, "user", "You", "x", Kind.SPOKEN, in_server=i == "u2") for i in ("u1", "a1", "u2")]
    held.memory.observe(ContextChanged(tuple(gone)))
    held.memory.observe(FactsFound((), "Lisbon"))
    held.memory.end()
    assert held.options is not None
    held.options.close()
    with Store(path, lambda: NOW) as store:
        (talk,) = store.conversations.page()
        assert (talk.title, talk.ended) == ("Lisbon", NOW)
        (summary,) = store.conversations.summaries(talk.id)
        assert (summary.text, summary.first_item, summary.last_item) == ("They live in Lisbon.", "u1", "a1")


def test_without_a_word_there_is_no_conversation(held: Held) -> None:
    held.memory.end()
    held.settle()
    assert held.ask(ListTalks()) == TalksListed(())


def test_nothing_waits_for_a_busy_store(held: Held) -> None:
    assert held.options is not None
    go = threading.Event()
    busy = [thread.submit(lambda m: go.wait(5)) for thread in (held.options.pen, held.options.memory)]
    held.row("u1", "I live in Lisbon.")
    held.memory.call(CallTool("c0", "recall", '{"query": "Lisbon"}'))
    held.memory.poll()
    assert held.outputs == {}
    assert not any(one.done() for one in busy)
    go.set()
    held.settle()
    assert held.outputs == {"c0": {"facts": []}}


# ---- tools and vectors


def test_tools_are_carried_out_and_told(held: Held) -> None:
    held.row("u1", "Remember that my name is Alice.", speaker="Alice")
    held.settle()
    assert held.call("remember", text="The user's name is Alice.") == {"ok": True}
    (told,) = held.told(Remembered)
    assert [fact.text for fact in told.facts] == ["The user's name is Alice."]
    listed = held.ask(ListFacts())
    assert isinstance(listed, FactsListed)
    assert (listed.facts[0].speaker, bool(listed.facts[0].source)) == ("Alice", True)
    assert held.call("recall", query="name") == {"facts": ["The user's name is Alice."]}
    assert held.call("forget", query="Alice") == {"forgotten": 1}
    assert len(held.told(Forgotten)) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "words"), [("remember", {}, "text"), ("recall", {"query": 3}, "query"), ("fly", {}, "fly")]
)
def test_a_wrong_call_is_an_error_for_the_model(held: Held, name: str, arguments: dict[str, Any], words: str) -> None:
    error = held.call(name, **arguments)["error"]
    assert words in error
    assert "\n" not in error


def test_without_a_memory_tools_fail_and_there_are_no_vectors() -> None:
    held = Held(None)
    assert held.call("remember", text="The user has a dog.") == {"error": "the memory is off"}
    held.memory.embed(Embed("k", "a dog"))
    assert held.vectors == {"k": None}
    held.row("u1", "I live in Lisbon.")
    assert held.ask(ExtractFacts()) == FactsProposed()
    assert held.ask(ListFacts()) == MemoryChanged()
    held.memory.end()


def test_counted_word_parts_tell_no_topics(held: Held) -> None:
    held.memory.embed(Embed("k", "a dog"))
    held.settle()
    assert held.vectors == {"k": None}


def test_a_vector_comes_from_the_sentence_encoder(path: Path) -> None:
    class Encoder:
        name, near = "fixed", 0.5

        def embed(self, texts: Any) -> Any:
            return np.ones((len(texts), 4), np.float32)

    options = replace(options_at(path), memory=MemoryThread(path, lambda: NOW, Encoder))
    held = Held(options)
    held.memory.embed(Embed("k", "a dog"))
    held.settle()
    assert held.vectors["k"].tolist() == [1.0] * 4
    options.close()


# ---- facts that were found


def test_found_facts_are_proposed_once_and_stored_only_when_they_are_kept(held: Held) -> None:
    held.row("u1", "I live in Lisbon and my dog is called Rex.")
    assert held.state.news
    held.memory.request(ExtractFacts())
    assert held.extracted == [ExtractFacts()]
    assert held.memory.observe(FactsFound((LISBON, DOG))), "nobody else needs it"
    held.settle()
    assert held.told(FactsProposed) == [FactsProposed((LISBON, DOG))]
    listed = held.ask(ListFacts())
    assert isinstance(listed, FactsListed)
    assert listed.total == 0
    assert held.state.news, "they wait for a decision"
    held.ask(KeepFacts((LISBON,)))
    assert [f.text for told in held.told(Remembered) for f in told.facts] == [LISBON.text]
    assert not held.state.news
    held.memory.observe(FactsFound((LISBON, DOG)))
    held.settle()
    assert held.told(FactsProposed)[-1] == FactsProposed(()), "the one is known, the other was not wanted"


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_was_deleted_is_not_proposed_again(held: Held, by_hand: bool) -> None:
    held.row("u1", "I live in Lisbon and my dog is called Rex.")
    held.call("remember", text=LISBON.text)
    [fact] = held.told(Remembered)[-1].facts
    if by_hand:
        held.ask(DeleteFact(fact.id))
    else:
        held.call("forget", text=LISBON.text)
    held.memory.observe(FactsFound((LISBON, DOG)))
    held.settle()
    assert held.told(FactsProposed)[-1] == FactsProposed((DOG,))


def test_a_new_topic_looks_for_facts(held: Held) -> None:
    held.memory.observe(TopicChanged("u9", 0.9, "x"))
    assert held.extracted == []
    held.row("u1", "I live in Lisbon.")
    held.memory.observe(TopicChanged("u2", 0.9, "x"))
    assert held.extracted == [ExtractFacts()]


def test_a_greeting_is_no_news(held: Held) -> None:
    held.row("u1", "Hello")
    assert not held.state.news
    assert held.ask(ExtractFacts()) == FactsProposed()
    assert held.extracted == []


def test_when_looking_fails_it_can_be_tried_again(held: Held) -> None:
    held.row("u1", "I live in Lisbon.")
    held.memory.observe(FactsFound(reason="not connected"))
    held.settle()
    assert held.told(FactsProposed)[-1] == FactsProposed((), "not connected")
    assert held.state.news


# ---- private


def test_in_private_nothing_is_stored_not_even_later(held: Held) -> None:
    held.row("u1", "Public one.")
    held.row("u2", "half", "u1", pending=True)
    held.memory.set_private(True)
    assert held.state.private
    held.row("u2", "half private", "u1")
    held.row("u3", "Secret.", "u2")
    assert held.call("remember", text="The user has a secret.") == {"error": "private mode: nothing is stored now"}
    held.memory.observe(FactsFound((LISBON,)))
    held.ask(KeepFacts((LISBON,)))
    held.memory.set_private(False)
    held.row("u3", "Secret, again.", "u2")
    held.row("u4", "Public two.", "u3")
    assert [i.text for i in held.items()] == ["Public one.", "Public two."]
    held.memory.request(ExtractFacts())
    assert held.extracted == [ExtractFacts(frozenset({"u2", "u3"}))]
    listed = held.ask(ListFacts())
    assert isinstance(listed, FactsListed)
    assert listed.total == 0


# ---- what the user wants


def test_facts_are_found_edited_deleted_and_put_back(held: Held) -> None:
    held.call("remember", text="The user's sister is called Ana.")
    held.call("remember", text="The user is allergic to walnuts.")
    found = held.ask(ListFacts("sis"))
    assert isinstance(found, FactsListed)
    assert ([f.text for f in found.facts], found.total) == (["The user's sister is called Ana."], 2)
    number = found.facts[0].id
    edited = held.ask(EditFact(number, " The user's sister is called  Anna. "))
    assert isinstance(edited, FactsListed)
    assert edited.facts[0].text == "The user's sister is called Anna."
    assert held.ask(EditFact(number, "  ")) == MemoryRefused("edit", "the fact needs some words")
    gone = held.ask(DeleteFact(number))
    assert isinstance(gone, FactsListed)
    assert (gone.facts, gone.total) == ((), 1)
    back = held.ask(RestoreFact(number))
    assert isinstance(back, FactsListed)
    assert back.facts == edited.facts
    assert held.ask(RestoreFact(number)) == MemoryRefused("undo", "it is gone")
    assert held.ask(EditFact(99, "x")) == MemoryRefused("edit", "it is gone")


def test_an_export_is_the_owners_alone_and_overwrites_nothing(held: Held, tmp_path: Path) -> None:
    held.row("u1", "I live in Lisbon.")
    held.call("remember", text=LISBON.text)
    target = tmp_path / "new" / "mine.json"
    assert held.ask(ExportMemory(str(target))) == MemoryExported(str(target), 1, 1)
    assert target.stat().st_mode & 0o777 == 0o600
    assert json.loads(target.read_text())["facts"][0]["text"] == LISBON.text
    before = target.read_bytes()
    refused = held.ask(ExportMemory(str(target)))
    assert isinstance(refused, MemoryRefused)
    assert "already" in refused.reason
    assert target.read_bytes() == before


def test_after_a_wipe_nothing_of_before_is_written_again(held: Held, tmp_path: Path) -> None:
    held.row("u1", "My code is 4711.")
    held.call("remember", text="The user's code is 4711.")
    assert held.ask(WipeMemory()) == MemoryWiped()
    held.row("u1", "My code is 4711!")
    held.row("u2", "Hello again, old friend.", "u1")
    assert [i.text for i in held.items()] == ["Hello again, old friend."]
    assert held.options is not None
    held.options.close()
    assert not any(b"4711" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_what_another_process_wiped_goes_on_as_a_new_conversation(held: Held, path: Path) -> None:
    held.row("u1", "One.")
    held.settle()
    with Store(path, lambda: NOW) as store:
        store.conversations.delete(store.conversations.page()[0].id)
    held.row("u2", "Two.", "u1")
    assert [i.text for i in held.items()] == ["Two."]
    assert held.told(Announced) == []


# ---- a store that fails


def test_a_store_that_can_not_be_opened_is_said_once_and_the_profile_stays(tmp_path: Path) -> None:
    options = open_memory(tmp_path, lambda: NOW)
    assert "Is a directory" in options.problem
    profile = Profile()
    assert options.introduce(profile) is profile
    held = Held(options)
    assert not held.state.on
    (said,) = held.told(Announced)
    assert said.text.endswith("going on without memory")
    held.row("u1", "I live in Lisbon.")
    assert held.call("recall", query="x") == {"error": "the memory is off"}
    assert len(held.told(Announced)) == 1
    options.close()


def test_a_store_that_fails_in_between_is_said_once_and_the_talk_goes_on(path: Path) -> None:
    held = Held(options_at(path))
    held.row("u1", "One.")
    held.settle()
    assert held.options is not None
    held.options.pen.submit(lambda m: m.store.close()).result(5)
    held.options.memory.submit(lambda m: m.store.close()).result(5)
    held.row("u2", "Two.", "u1")
    held.row("u3", "Three.", "u2")
    assert "error" in held.call("recall", query="x")
    held.settle()
    (said,) = held.told(Announced)
    assert "going on without memory" in said.text
    assert not held.state.on
    held.memory.end()
    held.options.close()


# ---- the start


def test_a_returning_user_is_known_from_the_first_word(path: Path) -> None:
    with Store(path, lambda: NOW - 86_400) as store:
        store.facts.add("user", "The user's name is Alice.")
        store.conversations.add_item(store.conversations.begin(), "u1", "user", "I need new tyres.")
    options = open_memory(path, lambda: NOW)
    profile = options.introduce(Profile(instructions="Be kind to {user_name}."))
    assert profile.details == {"user_name": "Alice"}
    assert [tool.name for tool in profile.tools] == ["remember", "recall", "forget"]
    assert "- The user's name is Alice." in profile.extra_instructions
    assert profile.extra_instructions[-1] == "The last conversation: Yesterday you said: I need new tyres"
    options.close()
