"""The demo brain and tools: when it calls, with which arguments, and what it says to the results."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from voice_tui.server.brains.demo.brain import think
from voice_tui.server.brains.demo.tool_schema import extracted, filled, missing
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn, Tool

NOW = datetime(2026, 11, 23, 9, 5)
TEXT = {"type": "string"}
ENUM = {"enum": ["user", "ada"]}


def tool(name: str, description: str = "", required: list[str] | None = None, **properties: Any) -> Tool:
    needs = list(properties) if required is None else required
    return Tool(name, description, {"type": "object", "properties": properties, "required": needs})


MEMORY = (
    tool("remember", "Keep a fact.", fact=TEXT, subject=TEXT),
    tool("recall", "Find facts.", query=TEXT),
    tool("forget", "Drop a fact.", query=TEXT),
)
WEATHER = tool("get_weather", "Look up the weather for a city.", city=TEXT)
TIMER = tool("set_timer", "Start a timer.", ["minutes"], minutes={"type": "integer"}, label=TEXT)
TOOLS = (*MEMORY, WEATHER, TIMER)


def calls(
    *said: str, tools: tuple[Tool, ...] = TOOLS, tool_choice: str = "auto", forced: str = ""
) -> list[tuple[str, dict[str, Any]]]:
    """The calls to the last of what a user says."""
    turns = tuple(DialogueTurn("user", text) for text in said)
    pieces = think(Dialogue("", turns, tools=tools, tool_choice=tool_choice, forced=forced), NOW)
    return [(piece.name, json.loads(piece.arguments)) for piece in pieces if isinstance(piece, Call)]


@pytest.mark.parametrize(
    ("said", "made"),
    [
        (
            "My name is Alice and I live in Lisbon.",
            [
                ("remember", {"fact": "The user's name is Alice.", "subject": "user"}),
                ("remember", {"fact": "The user lives in Lisbon.", "subject": "user"}),
            ],
        ),
        ("I like jazz.", [("remember", {"fact": "The user likes jazz.", "subject": "user"})]),
        ("Remember that the code is 12.", [("remember", {"fact": "The code is 12.", "subject": "code"})]),
        ("Remember to buy milk.", [("remember", {"fact": "Remember to buy milk.", "subject": "user"})]),
        ("Don't forget that I'm vegan.", [("remember", {"fact": "The user is vegan.", "subject": "user"})]),
        ("What do you know about my sister?", [("recall", {"query": "sister"})]),
        ("What do you remember about me?", [("recall", {"query": "the user"})]),
        ("Do you remember the trip to Rome?", [("recall", {"query": "the trip to Rome"})]),
        ("What is my sister called?", [("recall", {"query": "sister"})]),
        ("Where do I live?", [("recall", {"query": "Where do I live"})]),
        ("What did we talk about yesterday?", [("recall", {"query": "yesterday"})]),
        ("Forget my address.", [("forget", {"query": "my address"})]),
        ("Please forget about the trip.", [("forget", {"query": "the trip"})]),
        ("Forget that I live in Lisbon.", [("forget", {"query": "I live in Lisbon"})]),
        ("What is the weather in London?", [("get_weather", {"city": "London"})]),
        ('Use the tool get_weather with "New York".', [("get_weather", {"city": "New York"})]),
        ("Please use set timer with 5 minutes.", [("set_timer", {"minutes": 5})]),
        ("Run set timer with minutes 10 and label eggs.", [("set_timer", {"minutes": 10, "label": "eggs"})]),
    ],
)
def test_calls(said: str, made: list[Any]) -> None:
    assert calls(said) == made


@pytest.mark.parametrize(
    "said",
    [
        "Hello.",
        "What time is it?",
        "Tell me a joke.",
        "I like that.",
        "Forget it.",
        "Do you know what time it is?",
        "The weather was nice in London.",
        "What is two plus two?",
        "",
    ],
)
def test_nothing_is_called_that_nobody_asked_for(said: str) -> None:
    assert calls(said) == []


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("How do I like my coffee?", "How do I like my coffee"),
        ("What time do I see the dentist?", "What time do I see the dentist"),
        ("What breed is Biscuit?", "What breed is Biscuit"),
        ("Remind me where the key is.", "the key is"),
    ],
)
def test_a_question_that_only_the_memory_can_answer_is_looked_up(said: str, query: str) -> None:
    assert calls(said) == [("recall", {"query": query})]
    assert calls(said, tool_choice="none") == []


@pytest.mark.parametrize("said", ["Can you sing?", "Are you Bob?", "What can you do?", "Is it cold?"])
def test_other_questions_are_not_looked_up(said: str) -> None:
    assert calls(said) == []


def test_what_was_said_in_the_conversation_is_not_looked_up() -> None:
    assert calls("My sister is called Ana.", "What is my sister called?") == []
    assert calls("I live in Rome.", "Where do I live?") == []
    assert calls("I have a dog called Rex.", "What do you know about my dog?") == []
    assert calls("I live in Rome.", "What did we talk about yesterday?") == [("recall", {"query": "yesterday"})]


def test_a_known_name_is_the_subject_of_what_is_remembered() -> None:
    assert calls("My name is Ada.", "I live in Rome.") == [
        ("remember", {"fact": "Ada lives in Rome.", "subject": "Ada"})
    ]


def test_forget_that_means_what_was_said_last() -> None:
    assert calls("I live in Rome.", "I like tea.", "Forget that.") == [("forget", {"query": "I like tea"})]
    assert think(Dialogue("", (DialogueTurn("user", "Forget that."),), tools=TOOLS), NOW) == [
        "Tell me what I shall forget."
    ]


UNITS = {"type": "string", "enum": ["celsius", "fahrenheit"]}
PLACE = tool("get_weather", "The weather.", ["location"], location=TEXT, unit=UNITS)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("What's the weather like in London today?", "London"),
        ("What is the weather in New York tomorrow?", "New York"),
        ("How's the weather in Paris, please?", "Paris"),
        ("How is the weather in Paris please.", "Paris"),
        ("What is the weather for tomorrow in Rome?", "Rome"),
        ("How is the weather at 5 pm in Madrid?", "Madrid"),
        ("Tell me the weather in San Francisco right now.", "San Francisco"),
        ("What's the weather in the city of Porto on Monday morning, thanks?", "Porto"),
        ("Please tell me the weather in Stratford upon Avon for the next three days.", "Stratford upon Avon"),
        ("What's the weather in Boston for today, in celsius?", "Boston"),
        ("What will the weather be like in Rio de Janeiro next week?", "Rio de Janeiro"),
        ("What's the weather in The Hague?", "The Hague"),
        ("What's the weather like in Paris tomorrow?", "Paris"),
        ("Weather for New York right now please.", "New York"),
        ("Is it raining in Rio de Janeiro?", "Rio de Janeiro"),
        ("Will I need an umbrella in Oslo tonight?", "Oslo"),
        ("How cold is it in Berlin right now", "Berlin"),
        ('Use the tool get weather for "London today".', "London today"),
    ],
)
def test_a_place_is_a_place_whatever_is_said_around_it(asked: str, place: str) -> None:
    assert calls(asked) == [("get_weather", {"city": place})]
    ((_, arguments),) = calls(asked, tools=(PLACE,))
    assert arguments["location"] == place
    assert arguments.get("unit", "celsius") == "celsius"


def test_words_about_time_belong_to_what_is_no_place() -> None:
    reminder = tool("set_reminder", "Set a reminder.", text=TEXT)
    assert calls("Set a reminder to call mum tomorrow, please.", tools=(reminder,)) == [
        ("set_reminder", {"text": "call mum tomorrow"})
    ]


def test_no_place_is_found_where_none_is_named() -> None:
    for asked in (
        "What's the weather like today?", "How is the weather for the weekend?", "Is it cold in here?", "Does it rain?",
    ):  # fmt: skip
        assert calls(asked) == []


def test_the_choice_is_respected() -> None:
    assert calls("I like tea.", tool_choice="none") == []
    assert calls("Tell me about boats.", tool_choice="required") == [("recall", {"query": "boats"})]
    assert calls("I like tea.", tool_choice="required", forced="recall") == [("recall", {"query": "I like tea."})]
    assert calls("I like tea.", tool_choice="required", forced="remember") == [
        ("remember", {"fact": "The user likes tea.", "subject": "user"})
    ]
    assert calls("Hello.", tool_choice="required", forced="set_timer") == [("set_timer", {})]  # nothing is made up
    assert calls("I like tea.", tools=()) == []


def test_a_tool_asked_for_without_what_it_needs_is_asked_back() -> None:
    def said(text: str) -> Any:
        return think(Dialogue("", (DialogueTurn("user", text),), tools=TOOLS), NOW)

    assert said("Use the set timer tool.") == ["To use the tool set timer I need to know the minutes."]
    assert said("How is the weather?") == ["To use the tool get weather I need to know the city."]


@pytest.mark.parametrize(
    ("declared", "arguments"),
    [
        (tool("remember", text=TEXT), {"text": "Tea."}),
        (tool("remember", whatever=TEXT), {"whatever": "Tea."}),
        (tool("remember", "", ["fact"], fact=TEXT, speaker=TEXT), {"fact": "Tea.", "speaker": "Ada"}),
        (tool("remember", facts={"type": "array", "items": TEXT}), {"facts": ["Tea."]}),
        (tool("remember", "", ["fact"], fact=TEXT, subject=ENUM), {"fact": "Tea.", "subject": "ada"}),
        (tool("remember", "", ["fact"], fact=TEXT, kind=TEXT), {"fact": "Tea."}),
    ],
)
def test_arguments_follow_the_schema(declared: Tool, arguments: dict[str, Any]) -> None:
    assert filled(declared, {"text": "Tea.", "subject": "Ada", "speaker": "Ada"}) == arguments
    assert missing(declared, arguments) == []


def test_a_required_argument_that_is_not_understood_prevents_the_call() -> None:
    wants_more = tool("remember", fact=TEXT, importance={"type": "integer"})
    assert calls("I like tea.", tools=(wants_more,)) == []


@pytest.mark.parametrize(
    ("properties", "said", "arguments"),
    [
        ({"on": {"type": "boolean"}}, "with on set to true", {"on": True}),
        ({"unit": {"enum": ["celsius", "kelvin"]}}, "in kelvin please", {"unit": "kelvin"}),
        ({"amount": {"type": "number"}}, "with 2.5", {"amount": 2.5}),
        ({"amount": {"type": "integer"}}, "with twenty five", {"amount": 25}),
        ({"start": TEXT, "goal": TEXT}, "with start Rome, goal Oslo", {"start": "Rome", "goal": "Oslo"}),
        ({"start": TEXT, "goal": TEXT}, "in Rome", {}),
    ],
)
def test_arguments_of_a_request(properties: dict[str, Any], said: str, arguments: dict[str, Any]) -> None:
    assert extracted(tool("travel", **properties), said) == arguments


def test_what_may_be_left_out_does_not_make_unclear_what_is_needed() -> None:
    either = tool("weather", "The weather of a city.", ["city"], city=TEXT, unit=TEXT)
    assert calls("What's the weather in London today?", tools=(either,)) == [("weather", {"city": "London"})]
