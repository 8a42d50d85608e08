from __future__ import annotations

from datetime import datetime

import pytest

from voice_tui.endpoints.realtime.recovery import ASKED_WITH
from voice_tui.endpoints.realtime.requests import Got
from voice_tui.server.brains.demo.brain import NOT_UNDERSTOOD, RULES, DemoBrain, reply, think
from voice_tui.server.brains.demo.stories import STORIES
from voice_tui.server.brains.dialogue import Dialogue, DialogueTurn, Tool

NOW = datetime(2026, 11, 23, 9, 5)
WORDS_PER_SECOND = 3.2  # of the built-in voice, on the fast side


def talk(*texts: str) -> list[str]:
    """The brain's answers to what a user says, each knowing what went before."""
    turns: list[DialogueTurn] = []
    for text in texts:
        turns.append(DialogueTurn("user", text))
        turns.append(DialogueTurn("assistant", reply(Dialogue("", tuple(turns)), NOW)))
    return [turn.text for turn in turns if turn.role == "assistant"]


def interrupted(heard: str, then: str) -> str:
    turns = (
        DialogueTurn("user", "Tell me a story."),
        DialogueTurn("assistant", heard, interrupted=True),
        DialogueTurn("user", then),
    )
    return reply(Dialogue("", turns), NOW)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("What time is it?", "It is 9:05 AM."),
        ("What day is it today?", "Today is Monday, November 23, 2026."),
        ("What is twelve times seven?", "That is 84."),
        ("Sorry, tell me what is twelve times seven?", "That is 84."),
        ("Zori, tell me what is 12 times 7.", "That is 84."),
        ("Excuse me how much is twelve times seven.", "That is 84."),
        ("Wait a moment, what is the time now?", "It is 9:05 AM."),
        ("Stop please. What is 12 times 7?", "That is 84."),
        ("Stop.", "All right."),
        ("Wait.", "All right."),
        ("Count to seven.", "1, 2, 3, 4, 5. 6, 7."),
        ("Count from three to five.", "3, 4, 5."),
        ("Count down from three.", "3, 2, 1."),
        ("Count for me.", "Tell me how far, up to 200."),
        ("What's my name?", "You have not told me your name yet."),
        ("What did I say before?", "You have not said anything before that."),
        ("Say banana bread.", "banana bread."),
        ("Repeat that.", "I have not said anything yet."),
        ("Go on.", "I had finished. Ask me for a story, and interrupt me: then I can go on."),
        ("Thank you.", "You are welcome."),
        ("   ", NOT_UNDERSTOOD),
    ],
)
def test_answers(said: str, answer: str) -> None:
    assert talk(said) == [answer]


def test_it_greets_and_never_claims_to_be_more_than_it_is() -> None:
    assert reply(Dialogue("", ()), NOW).startswith("Good morning! I am the built-in demo brain.")
    assert "not a language model" in talk("Who are you?")[0]
    assert "only the demo brain" in talk("What is the capital of France?")[0]


def test_it_remembers_the_session() -> None:
    *_, name, colour, dog, first = talk(
        "Hello, my name is Ada.",
        "My favourite colour is teal.",
        "I have a dog called Rex.",
        "What's my name?",
        "What is my favorite color?",
        "What did I tell you about my dog?",
        "What did I say first?",
    )
    assert name == "Your name is Ada."
    assert colour == "Your favorite color is teal."
    assert dog == "You said: I have a dog called Rex."
    assert first == "You said: Hello, my name is Ada."


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (("It rained, however,",), "I understood: It rained, however. I will remember that you said it."),
        (("My dog is called Rex,",), "I will remember that your dog is Rex."),
        (("My code is 4711, however,", "What is my code?"), "Your code is 4711, however."),
        (("My code is 4711,", "Do you know my code?"), "Your code is 4711."),
        (("The rain has stopped,", "What did I say?"), "You said: The rain has stopped."),
        (("Say hello,",), "hello."),
    ],
)
def test_what_breaks_off_at_a_comma_is_told_without_it(said: tuple[str, ...], answer: str) -> None:
    assert talk(*said)[-1] == answer


def test_a_story_is_long_and_the_next_one_is_another() -> None:
    first, second = talk("Tell me a long story.", "Tell me another story.")
    assert len(first.split()) / WORDS_PER_SECOND > 40
    assert len(second.split()) / WORDS_PER_SECOND > 40
    assert first != second
    assert all(len(story) > 12 for story in STORIES)


def test_an_interrupted_story_goes_on_where_it_was_heard_to() -> None:
    story = STORIES[0]
    heard = "".join(story[:3]) + " ".join(story[3].split()[:4])
    assert interrupted(heard, "Go on.") == "Where was I? " + "".join(story[3:])
    assert interrupted("All right, here is the", "Please continue.").startswith("Where was I? " + story[0])


@pytest.mark.parametrize("words", [0, 4, 60])
def test_an_answer_that_was_lost_on_its_way_goes_on_where_it_stopped(words: int) -> None:
    first = talk("Tell me a story.")[0]
    another = (DialogueTurn("user", "Tell me a story."), DialogueTurn("assistant", first))
    whole = "".join(STORIES[1])
    cut = DialogueTurn("assistant", " ".join(whole.split()[:words]))
    told = str(ASKED_WITH[Got.PART]).format(heard=f' up to "{cut.text[-20:]}"')
    lost = Dialogue("", (*another, DialogueTurn("user", "Another story."), cut), f"Be brief.\n\n{told}")
    assert "".join(str(part) for part in think(lost, NOW)).split() == whole.split()[words:]


def test_where_nothing_is_left_of_it_that_is_said() -> None:
    turns = (DialogueTurn("user", "Thank you."), DialogueTurn("assistant", "You are welcome."))
    assert think(Dialogue("", turns, str(ASKED_WITH[Got.PART])), NOW) == ["That was all."]


def test_it_knows_what_was_heard_when_it_was_interrupted() -> None:
    assert interrupted("One two three", "Where were we?") == (
        "You interrupted me. The last words you heard were: One two three."
    )
    assert interrupted("", "Where were we?").endswith("none at all.")
    assert interrupted("1, 2, 3", "go on").startswith("You heard me say: 1, 2, 3. The rest I have forgotten")
    assert interrupted("One", "Stop!").startswith("All right, I stopped.")


def test_an_answer_may_be_told_what_to_say() -> None:
    tool = Tool("get_weather", "", {"type": "object", "properties": {"city": {"type": "string"}}})
    asked = (DialogueTurn("user", "What is the weather in Rome?"),)
    assert think(Dialogue("", asked, 'Say exactly "One moment."', (tool,)), NOW) == ["One moment."]
    told = Dialogue("Be brief.", (DialogueTurn("user", "Hi"),), 'Say exactly "Sorry, go ahead."')
    assert reply(told, NOW) == "Sorry, go ahead."


async def test_it_answers_sentence_by_sentence() -> None:
    brain = DemoBrain(lambda: NOW)
    pieces = [piece async for piece in brain.answer(Dialogue("", (DialogueTurn("user", "Count to twelve."),)))]
    assert pieces == ["1, 2, 3, 4, 5. ", "6, 7, 8, 9, 10. ", "11, 12."]


def test_every_rule_is_a_plain_pattern() -> None:
    assert all(pattern.flags & 2 for pattern, _ in RULES)  # re.IGNORECASE: recognisers write as they like
