"""Facts that people state about themselves: what is found, what is not, and that nothing is added."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.server.brains.demo.facts import facts_in, facts_of
from voice_tui.server.brains.demo.grammar import base_verb, first, second, third, third_verb
from voice_tui.server.brains.demo.lines import SpokenLine, lines_of


@pytest.mark.parametrize(
    ("said", "topic", "text", "told"),
    [
        ("My name is Alice.", "name", "The user's name is Alice.", "your name is Alice"),
        (
            "Hello there, my name's Ada Lovelace!",
            "name",
            "The user's name is Ada Lovelace.",
            "your name is Ada Lovelace",
        ),
        ("call me Ada", "name", "The user's name is Ada.", "your name is Ada"),
        ("My name is Dr. Silva.", "name", "The user's name is Dr. Silva.", "your name is Dr. Silva"),
        ("I live in Lisbon.", "home", "The user lives in Lisbon.", "you live in Lisbon"),
        ("Actually, I’m from St. Ives.", "origin", "The user is from St. Ives.", "you are from St. Ives"),
        (
            "I currently work as a nurse",
            "work",
            "The user currently works as a nurse.",
            "you currently work as a nurse",
        ),
        ("I'm an engineer.", "work", "The user is an engineer.", "you are an engineer"),
        ("I am thirty-two years old", "age", "The user is thirty-two years old.", "you are thirty-two years old"),
        ("I really love jazz!", "likes", "The user really loves jazz.", "you really love jazz"),
        ("I don't like my boss.", "dislikes", "The user does not like their boss.", "you don't like your boss"),
        ("I hate rain", "dislikes", "The user hates rain.", "you hate rain"),
        ("My sister is called Ana.", "sister", "The user's sister is called Ana.", "your sister is called Ana"),
        ("I have a dog called Rex.", "dog", "The user has a dog called Rex.", "you have a dog called Rex"),
        (
            "I have a meeting on Monday at 10",
            "meeting",
            "The user has a meeting on Monday at 10.",
            "you have a meeting on Monday at 10",
        ),
        ("I am allergic to nuts.", "allergy", "The user is allergic to nuts.", "you are allergic to nuts"),
        ("Please remember that my code is 4711.", "code", "The user's code is 4711.", "your code is 4711"),
        ("I take my coffee black.", "take", "The user takes their coffee black.", "you take your coffee black"),
        ("The user needs glasses.", "need", "The user needs glasses.", "you need glasses"),
        ("I never eat meat.", "eat", "The user never eats meat.", "you never eat meat"),
        ("I broke my leg in May", "broke", "The user broke their leg in May.", "you broke your leg in May"),
        (
            "I'll fly out on Friday.",
            "plans",
            "The user will fly out on Friday.",
            "you will fly out on Friday",
        ),
        (
            "I've played since I was six.",
            "played",
            "The user has played since they were six.",
            "you have played since you were six",
        ),
        ("Don't forget that I'm vegan", "diet", "The user is vegan.", "you are vegan"),
        ("The user lives in Porto.", "home", "The user lives in Porto.", "you live in Porto"),
    ],
)
def test_statements(said: str, topic: str, text: str, told: str) -> None:
    (fact,) = facts_in(said)
    assert (fact.topic, fact.text, fact.told, fact.subject) == (topic, text, told, "user")


@pytest.mark.parametrize(
    "said",
    [
        "What is my name?",
        "Do you know that I live in Rome?",
        "If my name is Ada, say so.",
        "She said, my name is Bob.",
        "I like that.",
        "I need it.",
        "I take part.",
        "I will think about it.",
        "I'd like some tea.",
        "I would love to.",
        "Call me later.",
        "Call me an ambulance!",
        "I'm a bit tired.",
        "I have a question.",
        "My question is simple.",
        "My name is not Bob.",
        "I don't live in Lisbon.",
        "I mean it.",
        "You live in Lisbon.",
        "",
    ],
)
def test_what_is_no_fact(said: str) -> None:
    assert facts_in(said) == []


def test_one_sentence_may_hold_several() -> None:
    said = "Hi, my name is Alice and I live in Lisbon, but I hate rain because my roof is broken."
    assert [fact.topic for fact in facts_in(said)] == ["name", "home", "dislikes", "roof"]
    assert facts_in(said)[1].value == "in Lisbon"


def test_the_speaker_of_a_labelled_line_is_named() -> None:
    lines = lines_of("User (Alice): I live in Lisbon. My name is Alice.\nAssistant: I live in a computer.\n", "user")
    facts = facts_of(lines)
    assert [(f.text, f.speaker, f.subject) for f in facts] == [
        ("Alice lives in Lisbon.", "Alice", "Alice"),
        ("The user's name is Alice.", "Alice", "Alice"),
    ]
    assert [f.told for f in facts_in("Alice's sister is Ana. Alice does not like fish.", "Alice")] == [
        "your sister is Ana",
        "you don't like fish",
    ]


def test_labels() -> None:
    text = "User (Ada): Hi.\n- Assistant: Hello.\nUser 2: Yo.\n\nNo label: here.\nSystem: Note."
    assert lines_of(text, "system") == [
        SpokenLine("user", "User (Ada)", "Ada", "Hi."),
        SpokenLine("assistant", "Assistant", "", "Hello."),
        SpokenLine("user", "User 2", "", "Yo."),
        SpokenLine("system", "", "", "No label: here."),
        SpokenLine("system", "System", "", "Note."),
    ]


@pytest.mark.parametrize("verb", ["live", "watch", "carry", "play", "have", "go", "miss", "fix", "am", "do", "love"])
def test_verbs_go_there_and_back(verb: str) -> None:
    assert base_verb(third_verb(verb)) == verb


def test_persons() -> None:
    assert third("I was born in Rome and I love my city", "Ada") == "Ada was born in Rome and they love their city"
    assert second("I was ill") == "you were ill"
    assert first("Bob lives here") == "Bob lives here"
    assert third("nobody knows me") == "nobody knows me"


WORDS = ["Lisbon", "tea", "my", "sister", "called", "Ana", "in", "and", "really", "cats", "4711", "on", "Monday", "me"]
OPENERS = ["My name is", "I live in", "I work as", "I like", "I hate", "My dog is", "I have a", "I am allergic to"]
# What another person's grammar adds.
GLUE = {"the", "user", "user's", "is", "has", "does", "not", "their", "them", "they", "are", "name", "my"}
CLAUSE = st.tuples(st.sampled_from(OPENERS), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)).map(
    lambda parts: " ".join([parts[0], *parts[1]])
)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", text.lower()))


@given(st.lists(CLAUSE, min_size=1, max_size=4), st.sampled_from([". ", " and ", ", "]))
def test_nothing_is_said_that_was_not_said(clauses: list[str], between: str) -> None:
    said = between.join(clauses)
    known = words_of(said) | GLUE
    for fact in facts_in(said):
        assert {word for word in words_of(fact.text) if not {word, base_verb(word)} & known} == set()


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert facts_in(text) == facts_in(text)
