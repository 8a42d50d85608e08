"""What the model does with the memory, days in words, what is new, and what a returning user is met with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.memory.answers import MOST_FORGOTTEN, PRIVATE, Asker, ToolAnswer, answer
from voice_tui.memory.days import day_words, days_meant, means_last, moment_words
from voice_tui.memory.embedding import WordParts
from voice_tui.memory.introduction import MAX_FACTS, MAX_TOKENS, introduction
from voice_tui.memory.novelty import name_in, new_ones, user_name
from voice_tui.memory.recall import Recall
from voice_tui.memory.store import Store
from voice_tui.memory.subjects import LONGEST, last_talk, tells, topic, turns
from voice_tui.memory.tokens import rough
from voice_tui.memory.tools import TOOLS, read_call
from voice_tui.messages.memory import FoundFact

NOW = datetime(2026, 3, 11, 14, 5)  # a Wednesday


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        return self.at.timestamp()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[Store]:
    with Store(None, clock) as store:
        yield store


def call(store: Store, name: str, arguments: dict[str, object], asker: Asker | None = None) -> ToolAnswer:
    recall = Recall(store.facts, WordParts())
    return answer(store, recall, read_call(name, json.dumps(arguments)), asker or Asker(), NOW)


def output(done: ToolAnswer) -> dict[str, object]:
    read: dict[str, object] = json.loads(done.output)
    return read


def talk(store: Store, *said: str, title: str | None = None) -> int:
    number = store.conversations.begin()
    for i, text in enumerate(said):
        store.conversations.add_item(number, f"i{i}", "user", text)
    store.conversations.end(number, title=title)
    return number


# ---- tools


def test_the_model_is_told_what_each_argument_is() -> None:
    assert [tool.name for tool in TOOLS] == ["remember", "recall", "forget"]
    for tool in TOOLS:
        schema = tool.parameters
        assert schema["type"] == "object"
        assert set(schema["required"]) <= set(schema["properties"])
        assert all(one["type"] == "string" and one["description"] for one in schema["properties"].values())


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("remember", "{}", "text"),
        ("remember", '{"text": ""}', "$.text"),
        ("remember", '{"text": 7}', "$.text"),
        ("recall", '{"query": null}', "$.query"),
        ("forget", "[]", "object"),
        ("forget", "{", "forget"),
    ],
)
def test_wrong_arguments_are_one_line(name: str, arguments: str, words: str) -> None:
    with pytest.raises(ValueError, match=name) as error:
        read_call(name, arguments)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_remembered_is_recalled_and_can_be_forgotten(store: Store) -> None:
    told = call(store, "remember", {"text": "The user's  sister is called Ana."})
    assert [fact.text for fact in told.remembered] == ["The user's sister is called Ana."]
    assert output(call(store, "recall", {"query": "sister"})) == {"facts": ["The user's sister is called Ana."]}
    assert store.facts.page()[0].used is not None
    gone = call(store, "forget", {"query": "sister"})
    assert output(gone) == {"forgotten": 1}
    assert len(gone.forgotten) == 1
    assert output(call(store, "recall", {"query": "sister"})) == {"facts": []}


def test_what_a_terminal_would_obey_is_not_remembered(store: Store) -> None:
    (fact,) = call(store, "remember", {"text": "a \x1b[2J fact\u200b\nor two", "subject": "us\x07er"}).remembered
    assert (fact.text, fact.subject) == ("a fact or two", "user")


def test_what_is_known_by_another_name_is_not_stored_twice(store: Store) -> None:
    call(store, "remember", {"text": "Alice's sister is called Ana."}, Asker("Alice"))
    again = call(store, "remember", {"text": "The user's sister is called Ana."}, Asker("Alice"))
    assert again.remembered == []
    assert len(store.facts.page()) == 1


def test_in_private_nothing_is_stored_but_what_is_known_is_recalled(store: Store) -> None:
    call(store, "remember", {"text": "The user has a dog."})
    stamp = store.facts.stamp()
    private = Asker(private=True)
    assert output(call(store, "remember", {"text": "The user has a cat."}, private)) == {"error": PRIVATE}
    assert output(call(store, "recall", {"query": "dog"}, private)) == {"facts": ["The user has a dog."]}
    assert [fact.text for fact in store.facts.page()] == ["The user has a dog."]
    assert store.facts.page()[0].used is None
    assert stamp != (0, 0)


def test_many_facts_are_not_forgotten_at_once(store: Store) -> None:
    for n in range(MOST_FORGOTTEN + 1):
        store.facts.add("user", f"The user has dog number {n}.")
    assert "error" in output(call(store, "forget", {"query": "dog"}))
    assert len(store.facts.page()) == MOST_FORGOTTEN + 1


def test_a_day_recalls_its_conversations_but_not_the_one_that_goes_on(store: Store, clock: Clock) -> None:
    clock.at = NOW - timedelta(days=2)
    talk(store, "We go to Porto.")
    clock.at = NOW - timedelta(days=1)
    talk(store, "Hello", "I need new tyres.")
    talk(store, title="cooking for Ana")
    clock.at = NOW
    now = talk(store, "What did we talk about yesterday?")
    asker = Asker(conversation=now)
    found = output(call(store, "recall", {"query": "yesterday"}, asker))["conversations"]
    assert found == ["Yesterday we talked about: cooking for Ana", "Yesterday you said: I need new tyres"]
    assert output(call(store, "recall", {"query": "monday"}, asker))["conversations"] == [
        "On Monday you said: We go to Porto"
    ]
    assert output(call(store, "recall", {"query": "last time"}, asker))["conversations"] == found[:1]
    assert output(call(store, "recall", {"query": "three weeks ago"}, asker))["conversations"] == []


# ---- days


@pytest.mark.parametrize(
    ("ago", "long", "short"),
    [
        (0, "today", "today 14:05"),
        (1, "yesterday", "yesterday 14:05"),
        (2, "on Monday", "Mon 14:05"),
        (6, "on Thursday", "Thu 14:05"),
        (7, "on 4 March", "4 Mar 14:05"),
        (400, "on 4 February 2025", "4 Feb 2025"),
    ],
)
def test_days_are_named_as_people_name_them(ago: int, long: str, short: str) -> None:
    then = NOW - timedelta(days=ago)
    assert (day_words(then, NOW), moment_words(then, NOW)) == (long, short)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("yesterday", 1, 1),
        ("the day before yesterday", 2, 2),
        ("what did we say this morning", 0, 0),
        ("two days ago", 2, 2),
        ("a week ago", 7, 7),
        ("on Monday", 2, 2),
        ("last Wednesday", 7, 7),
        ("last week", 9, 3),
        ("this week", 2, 0),
    ],
)
def test_days_are_understood(text: str, first: int, last: int) -> None:
    today = NOW.date()
    assert days_meant(text, NOW) == (today - timedelta(days=first), today - timedelta(days=last))


@pytest.mark.parametrize("text", ["", "sister", "my day job", "the last of the Mohicans"])
def test_other_questions_mean_no_day(text: str) -> None:
    assert days_meant(text, NOW) is None
    assert not means_last(text)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 6))
def test_a_weekday_said_is_the_weekday_meant(today: date, ago: int) -> None:
    now = datetime(today.year, today.month, today.day, 12)
    then = now - timedelta(days=ago)
    said = day_words(then, now)
    assert days_meant(said, now) == (then.date(), then.date())


# ---- what is new


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The user's name is Alice.", "Alice"),
        ("User’s name is Zoë.", "Zoë"),
        ("The user is called Bob", "Bob"),
        ("Name: Carol", "Carol"),
        ("The dog's name is Rex.", ""),
        ("The user is calm", ""),
    ],
)
def test_names_are_found(text: str, name: str) -> None:
    assert name_in(text) == name


def test_the_name_told_last_is_the_users(store: Store, clock: Clock) -> None:
    store.facts.add("user", "The user's name is Alice.")
    clock.at += timedelta(hours=1)
    store.facts.add("user", "The user's name is Alicia.")
    assert user_name(store.facts.page()) == "Alicia"


def test_only_what_is_not_known_is_new_and_each_once() -> None:
    known = [FoundFact("user", "Alice lives in Lisbon.")]
    found = [
        FoundFact("user", "The user lives in Lisbon"),
        FoundFact("user", "The user's name is Alice."),
        FoundFact("user", "The user has a dog."),
        FoundFact("Alice", "Alice has a dog!"),
        FoundFact("user", "The user does not live in Lisbon."),
    ]
    assert new_ones(found, known, "Alice") == [found[1], found[2], found[4]]


# ---- the start


def test_a_new_user_is_met_with_the_tools_only(store: Store) -> None:
    met = introduction(store, NOW)
    assert met.user_name == ""
    assert len(met.lines) == 1


def test_a_returning_user_is_met_with_name_facts_and_the_last_conversation(store: Store, clock: Clock) -> None:
    clock.at = NOW - timedelta(days=1)
    store.facts.add("user", "The user's name is Alice.")
    for n in range(40):
        clock.at += timedelta(minutes=1)
        store.facts.add("user", f"The user owns boat number {n}.\nIgnore that")
    store.facts.mark_used([5])
    talk(store, "My boats need paint.")
    met = introduction(store, NOW)
    facts = [line for line in met.lines if line.startswith("- ")]
    assert met.user_name == "Alice"
    assert facts[0] == "- The user's name is Alice."
    assert any("number 3." in line for line in facts[:3]), "what helped last is told first"
    assert len(facts) <= MAX_FACTS
    assert sum(map(rough, facts)) <= MAX_TOKENS
    assert not any("\n" in line for line in met.lines)
    assert met.lines[-1] == "The last conversation: Yesterday you said: My boats need paint"


def test_a_conversation_is_named_by_title_then_summary_then_words(store: Store) -> None:
    number = talk(store, "Hello", "I like tea. " * 40)
    one = store.conversations.page()[0]
    assert topic(store, one).startswith("I like tea. I like tea")
    assert len(topic(store, one)) <= LONGEST
    assert turns(store, one) == 2
    store.conversations.add_summary(
        number, "They spoke\nof tea.", first_item="i0", last_item="i1", tokens_before=9, tokens_after=3
    )
    assert topic(store, one) == "They spoke of tea."
    store.conversations.end(number, title="tea")
    assert topic(store, store.conversations.page()[0]) == "tea"


def test_a_conversation_of_greetings_is_no_topic(store: Store) -> None:
    talk(store, "I need paint.")
    talk(store, "Hello", "Thanks, bye!")
    assert not tells("Hello there!")
    assert last_talk(store, NOW) == "Today you said: I need paint"
