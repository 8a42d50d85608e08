"""The demo brain and tools: when it calls, with which arguments, and what it says to the results."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from voice_tui.server.brains.demo.brain import think
from voice_tui.server.brains.demo.tool_schema import extracted, filled, missing
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn, Result, Tool

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


def after(said: str, *results: str, before: tuple[DialogueTurn, ...] = ()) -> str:
    """What is said when the calls to a text have come back."""
    asked = Dialogue("", (*before, DialogueTurn("user", said)), tools=TOOLS)
    made = [piece for piece in think(asked, NOW) if isinstance(piece, Call)]
    assert len(made) == len(results)
    numbered = tuple(replace(call, call_id=f"c{i}") for i, call in enumerate(made))
    events = (*asked.events, *numbered, *(Result(f"c{i}", text) for i, text in enumerate(results)))
    said_back = think(replace(asked, events=events), NOW)
    assert all(isinstance(piece, str) for piece in said_back)
    return "".join(map(str, said_back))


SISTER = "What is my sister called?"


@pytest.mark.parametrize(
    ("said", "results", "answer"),
    [
        ("I live in Rome.", ['{"ok":true}'], "I will remember that you live in Rome."),
        (
            "My name is Al and I like tea.",
            ["ok", "ok"],
            "I will remember that your name is Al. I will remember that you like tea.",
        ),
        ("Remember that the code is 12.", ["{}"], "I will remember this: the code is 12."),
        ("I like tea.", ['{"error":"disk full"}'], "I could not remember that: Disk full."),
        (SISTER, ["The user's sister is called Ana."], "You told me that your sister is called Ana."),
        (SISTER, ['{"facts":[{"text":"My sister is called Ana."}]}'], "You told me that your sister is called Ana."),
        (
            SISTER,
            ['["I like tea.", "The user\'s sister is called Ana."]'],
            "You told me that your sister is called Ana. You also told me that you like tea.",
        ),
        (SISTER, ["[]"], "I don't know that yet."),
        (SISTER, ['{"facts":[]}'], "I don't know that yet."),
        (SISTER, [""], "I don't know that yet."),
        (SISTER, ['{"error":{"message":"gone"}}'], "I could not look that up: Gone."),
        ("Forget my address.", ['{"forgotten":1}'], "I have forgotten that."),
        ("Forget my address.", ['{"forgotten":0}'], "There was nothing of that to forget."),
        ("Forget my address.", ['{"ok":false}'], "I could not forget that: The tool did not say why."),
        ("What is the weather in Rome?", ["It is foggy in Rome."], "It is foggy in Rome."),
        ("What is the weather in Rome?", ['{"temp_c":12,"dry":true}'], "Temp c: 12, dry: yes."),
        ("What is the weather in Rome?", [""], "That is done; it gave no result."),
    ],
)
def test_answers_come_from_the_results(said: str, results: list[str], answer: str) -> None:
    assert after(said, *results) == answer


TIME = tool("time", "Tell the time.", [], zone=TEXT)
HANG_UP = tool("hang_up", "Call it when the user asks you to hang up.", [])


@pytest.mark.parametrize(
    ("said", "result", "answer"),
    [
        ("What time is it?", '{"time":"00:05","day":"Friday"}', "It is 12:05 AM."),
        ("What time is it in Paris?", '{"time":"16:30"}', "It is 4:30 PM in Paris."),
        ("What time is it?", '{"error":"no such zone"}', "That did not work: No such zone."),
        ("Please hang up.", '{"ok":true,"then":"say goodbye"}', "Goodbye."),
        ("Please hang up.", '{"error":"not now"}', "That did not work: Not now."),
    ],
)
def test_the_time_and_a_goodbye_are_said_as_one_says_them(said: str, result: str, answer: str) -> None:
    asked = Dialogue("", (DialogueTurn("user", said),), tools=(TIME, HANG_UP))
    [call] = think(asked, NOW)
    assert isinstance(call, Call)
    told = replace(asked, events=(*asked.events, replace(call, call_id="c"), Result("c", result)))
    assert think(told, NOW) == [answer]


def test_many_facts_are_not_read_out() -> None:
    facts = json.dumps([f"I like tea number {i}." for i in range(6)])
    assert after(SISTER, facts).endswith("There are 3 more.")


def test_facts_about_the_user_by_name_are_told_to_them() -> None:
    before = (DialogueTurn("system", "User (Ada): Hello, you."),)
    told = after(SISTER, "Ada's sister is called Ana.", before=before)
    assert told == "You told me that your sister is called Ana."


def test_an_old_result_is_not_answered_again() -> None:
    events = (
        Call("recall", "{}", "c"),
        Result("c", "[]"),
        DialogueTurn("assistant", "Hm."),
        DialogueTurn("user", "Thank you."),
    )
    assert think(Dialogue("", events, tools=TOOLS), NOW) == ["You are welcome."]


TOLD = (Call("get_weather", '{"city": "London", "unit": "celsius"}', "c1"), Result("c1", "fog"))
IN_A_UNIT = tool("get_weather", "The weather.", ["city"], city=TEXT, unit=UNITS)


@pytest.mark.parametrize(
    ("said", "city"),
    [
        ("And in Paris tomorrow?", "Paris"),
        ("and in paris tomorrow?", "paris"),
        ("What about New York?", "New York"),
        ("And Rome, please?", "Rome"),
        ("Okay, and how about The Hague next week?", "The Hague"),
        ("And tomorrow?", "London"),
        ("What about the weekend?", "London"),
        ("And what is my name?", ""),
        ("And you?", ""),
        ("How about a joke?", ""),
        ("What about that story?", ""),
        ("And in Paris I was happy.", ""),
        ("And then?", ""),
    ],
)
def test_a_question_that_goes_on_is_asked_of_the_same_tool(said: str, city: str) -> None:
    asked = DialogueTurn("user", "What's the weather like in London today?")
    events = (asked, *TOLD, DialogueTurn("assistant", "Fog."), DialogueTurn("user", said))
    pieces = think(Dialogue("", events, tools=(IN_A_UNIT,)), NOW)
    made = [json.loads(piece.arguments) for piece in pieces if isinstance(piece, Call)]
    assert made == ([{"city": city, "unit": "celsius"}] if city else [])


def test_what_may_be_left_out_does_not_make_unclear_what_is_needed() -> None:
    either = tool("weather", "The weather of a city.", ["city"], city=TEXT, unit=TEXT)
    assert calls("What's the weather in London today?", tools=(either,)) == [("weather", {"city": "London"})]


def test_only_the_answer_before_is_gone_on_from() -> None:
    between = (DialogueTurn("user", "Thank you."), DialogueTurn("assistant", "You are welcome."))
    events = (DialogueTurn("user", "The weather in London?"), *TOLD, *between, DialogueTurn("user", "And in Paris?"))
    assert not [piece for piece in think(Dialogue("", events, tools=(IN_A_UNIT,)), NOW) if isinstance(piece, Call)]
