"""Facts that hold one thing at a time: the newer one takes the place of the older."""

from __future__ import annotations

import pytest

from voice_tui.memory.relations import relation
from voice_tui.memory.store import Store


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice lives in Lisbon.", "Alice now lives in Porto"),
        ("The user lives in Lisbon.", "I live in Porto."),
        ("The user lives in Lisbon.", "The user has moved to Porto."),
        ("Alice lives in Lisbon.", "The user is living near Porto."),
        ("The user's name is Alice.", "My name is Ada."),
        ("Ana is 7 years old.", "Ana is 8"),
        ("The user's favorite colour is green.", "Alice's favourite colour is red."),
        ("The user works as a baker.", "The user works as a nurse."),
        ("My sister's name is Ana.", "The user's sister is called Anna."),
    ],
)
def test_two_words_about_the_same_thing_are_one_relation(one: str, other: str) -> None:
    first, second = relation(one, "user", "Alice"), relation(other, "user", "Alice")
    assert first is not None
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice lives in Lisbon.", "Bob lives in Porto."),
        ("The user's sister is called Ana.", "The user's brother is called Ana."),
        ("The user likes tea.", "The user likes coffee."),
        ("The user has a dog.", "The user has a cat."),
        ("The user's favourite colour is green.", "The user's favourite food is rice."),
        ("The user lives in Lisbon.", "The user does not live in Porto."),
        ("The user works as a baker.", "The user works for a bakery."),
        ("Ana is 7 years old.", "Ana is allergic to nuts."),
    ],
)
def test_what_can_be_true_beside_it_is_none(one: str, other: str) -> None:
    first, second = relation(one, "user"), relation(other, "user")
    assert first is None or first != second


def test_a_newer_fact_takes_the_place_of_the_older_one_and_keeps_its_number() -> None:
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1.0
        return now

    with Store(None, clock) as store:
        first = store.facts.add("Alice", "Alice lives in Lisbon.")
        for town in ("Porto", "Faro", "Braga", "Évora", "Lagos"):
            moved = store.facts.add("Alice", f"Alice lives in {town}.")
            assert moved.id == first.id
        dog = store.facts.add("user", "The user has a dog.")
        store.facts.add("Alice", "Alice lives in Sines.", speaker="Bob")
        assert [fact.text for fact in store.facts.page()] == [
            "Alice lives in Sines.",
            "The user has a dog.",
            "Alice lives in Lagos.",
        ], "what somebody else says does not overrule it"
        assert dog.id != first.id
        assert [fact.text for fact in store.facts.search("Lagos")] == ["Alice lives in Lagos."]
        assert store.facts.search("Porto") == []
