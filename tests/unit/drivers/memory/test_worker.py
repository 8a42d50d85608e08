"""The memory beside a conversation: what tools do, what is proposed, and what a broken store means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.memory_held import DOG, LISBON, NOW, Held, options_at
from voice_tui.drivers.memory.options import open_memory
from voice_tui.drivers.memory.thread import MemoryThread
from voice_tui.memory.store import Store
from voice_tui.messages.context import Embed, TopicChanged
from voice_tui.messages.memory import (
    DeleteFact,
    ExtractFacts,
    FactsFound,
    FactsListed,
    FactsProposed,
    Forgotten,
    KeepFacts,
    ListFacts,
    MemoryChanged,
    Remembered,
)
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Announced

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
    assert held.ask(ListFacts()) == MemoryChanged(on=False)
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
