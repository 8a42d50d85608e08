"""The demo brain and what tools gave: what it says to the results, and which question goes on from them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.unit.server.test_tools import NOW, TEXT, TOOLS, UNITS, tool
from voice_tui.server.brains.demo.brain import think
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn, Result

TIME = tool("time", "Tell the time.", [], zone=TEXT)
HANG_UP = tool("hang_up", "Call it when the user asks you to hang up.", [])


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


def test_only_the_answer_before_is_gone_on_from() -> None:
    between = (DialogueTurn("user", "Thank you."), DialogueTurn("assistant", "You are welcome."))
    events = (DialogueTurn("user", "The weather in London?"), *TOLD, *between, DialogueTurn("user", "And in Paris?"))
    assert not [piece for piece in think(Dialogue("", events, tools=(IN_A_UNIT,)), NOW) if isinstance(piece, Call)]
