"""Work out of band: summaries that keep what matters within their budget, and facts as JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.messages.tokens import estimate
from voice_tui.server.brains.demo.brain import reply, think
from voice_tui.server.brains.demo.out_of_band import budget, pinned_in, worked
from voice_tui.server.brains.dialogue import Dialogue, DialogueTurn

NOW = datetime(2026, 11, 23, 9, 5)
TALK = """User (Alice): Hello there.
Assistant: Hello! How can I help you today?
User (Alice): My name is Alice and I live in Lisbon.
Assistant: Nice to meet you, Alice!
User (Alice): We decided to take the train to Porto on Friday at 9.
Assistant: The train takes about three hours. It leaves from Oriente.
User (Alice): Okay, thanks.
User (Alice): I am allergic to nuts.
Assistant: I will keep that in mind.
User (Alice): Which hotel should we book?"""


def out_of_band(instructions: str, *turns: DialogueTurn) -> Dialogue:
    return Dialogue("Be kind.", turns, instructions, out_of_band=True)


def summary(instructions: str, text: str = TALK) -> str:
    done = worked(out_of_band(instructions, DialogueTurn("user", text)))
    assert done is not None
    return done


def test_a_summary_keeps_facts_decisions_and_the_open_question_and_says_who() -> None:
    assert summary("Summarise the conversation in at most 34 words.") == (
        "User (Alice): My name is Alice and I live in Lisbon. "
        "We decided to take the train to Porto on Friday at 9. I am allergic to nuts. Which hotel should we book?"
    )


def test_items_of_a_conversation_are_labelled_by_their_roles() -> None:
    turns = (
        DialogueTurn("user", "My name is Bob."),
        DialogueTurn("assistant", "The code is 12."),
        DialogueTurn("user", "I like tea."),
    )
    assert worked(out_of_band("Give me a summary.", *turns)) == (
        "User: My name is Bob.\nAssistant: The code is 12.\nUser: I like tea."
    )


@pytest.mark.parametrize(
    ("instructions", "measure", "most"),
    [
        ("Summarize in no more than 12 words.", lambda text: len(text.split()), 12),
        ("Summarise this in at most 20 tokens.", estimate, 20),
        ("Write a summary of up to 90 characters.", len, 90),
        ("Write a summary in 1 sentence.", lambda text: len(re.findall(r"[.?!](?=\s|$)", text)), 1),
        ("Summarise in under 1,000 words, at most 15 words if you can.", lambda text: len(text.split()), 15),
    ],
)
def test_the_budget_is_kept(instructions: str, measure: object, most: int) -> None:
    assert callable(measure)
    made = summary(instructions)
    assert "Alice" in made
    assert 0 < measure(made) <= most


def test_what_is_pinned_and_the_name_stay_whatever_the_budget() -> None:
    told = "Summarise in at most 3 words.\nNever drop these facts:\n- The door code is 4711.\n- Rex bites."
    made = summary(told)
    assert made.splitlines()[:2] == ["The door code is 4711.", "Rex bites."]
    assert "My name is Alice" in made
    inline = "Pinned: The door code is 4711."
    assert summary("Summarise in 8 words.", f"{inline}\nUser: I talked about tea and biscuits all day long.") == (
        "The door code is 4711."
    )
    assert pinned_in("Keep it short: yes.\nKeep these: one; two\n* three\nfour\n- five") == ["one", "two", "three"]


def test_a_summary_of_a_summary_still_holds_them() -> None:
    text = TALK
    for i in range(6):
        text = summary("Summarise in at most 40 words.\nPinned: The door code is 4711.", text)
        text += f"\nUser (Alice): We talked about topic number {i} for a while.\nAssistant: That was topic {i}."
    assert text.count("4711") == 1
    assert text.count("My name is Alice") == 1


def test_a_named_user_who_never_says_their_name_is_still_named() -> None:
    text = "User (Bob): Tea is nice with milk.\nAssistant: We decided to buy 7 boats on Monday in Oslo."
    assert "User (Bob)" in summary("Summarise in at most 12 words.", text)


def test_nothing_said_is_an_empty_summary() -> None:
    assert summary("Summarise.", "User: Hello!\nAssistant: Hi there.") == ""
    assert think(out_of_band("Summarise."), NOW) == []


def test_facts_come_as_json() -> None:
    done = worked(out_of_band('Extract the facts as JSON {"facts": [...]}', DialogueTurn("user", TALK)))
    assert json.loads(str(done)) == {
        "facts": [
            {"subject": "Alice", "text": "The user's name is Alice.", "speaker": "Alice"},
            {"subject": "Alice", "text": "Alice lives in Lisbon.", "speaker": "Alice"},
            {"subject": "Alice", "text": "Alice is allergic to nuts.", "speaker": "Alice"},
        ]
    }
    assert worked(
        out_of_band("Extract facts.", DialogueTurn("user", "What is up?"), DialogueTurn("assistant", "I like tea."))
    ) == ('{"facts": []}')


def test_the_intent_that_is_named_first_counts() -> None:
    talk = DialogueTurn("user", "I like tea.")
    assert worked(out_of_band("Summarise. Keep every fact; no JSON.", talk)) == "User: I like tea."
    assert str(worked(out_of_band("Extract the facts of this summary.", talk))).startswith('{"facts": [{')


def test_the_brain_works_only_beside_the_conversation_and_on_known_intents() -> None:
    turns = (DialogueTurn("user", "What is two plus two?"),)
    assert think(out_of_band("Answer in a word.", *turns), NOW) == ["That is 4."]
    inside = Dialogue("", turns, "Summarise.")
    assert think(inside, NOW) == ["That is 4."]
    assert len(think(out_of_band("Summarise.", DialogueTurn("user", TALK)), NOW)) == 1  # a summary is one piece


SUBJECTS = st.sampled_from(["train", "hotel", "Porto", "Lisbon", "tea", "budget", "Monday", "ticket 12", "music"])
SENTENCES = st.one_of(
    SUBJECTS.map(lambda s: f"I like {s}."),
    SUBJECTS.map(lambda s: f"We decided about the {s}."),
    st.tuples(SUBJECTS, SUBJECTS).map(lambda s: f"The {s[0]} is near the {s[1]} and it costs 20 euros."),
    SUBJECTS.map(lambda s: f"Where is the {s}?"),
    st.just("Okay, thank you."),
)
LINES = st.lists(st.tuples(st.sampled_from(["User (Ada)", "User", "Assistant"]), SENTENCES), max_size=25)
NAME = "User (Ada): My name is Ada."
PIN = "Rex bites."


def tokens_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@given(LINES, st.integers(16, 60))
def test_a_summary_says_only_what_was_said_and_fits(lines: list[tuple[str, str]], most: int) -> None:
    text = "\n".join([NAME, *(f"{label}: {said}" for label, said in lines)])
    told = f"Summarise in at most {most} words.\nPinned: {PIN}"
    made = summary(told, text)
    assert budget(told)(made)
    assert made.startswith(PIN)
    assert "My name is Ada." in made
    assert set(tokens_of(made)) <= set(tokens_of(text)) | set(tokens_of(PIN))
    assert made == summary(told, text)


@given(st.text(max_size=300), st.integers(1, 50))
def test_any_text_has_a_summary(text: str, most: int) -> None:
    made = summary(f"Summarise in at most {most} words.", text)
    assert set(tokens_of(made)) <= set(tokens_of(text)) | {"user"}


def long_talk() -> str:
    facts = {7: "My name is Alice.", 21: "I live in Lisbon.", 38: "My sister is called Ana."}
    lines = []
    for i in range(30):
        lines += [f"User (Alice): {facts.get(i, f'Tell me something about number {i}, please.')}"]
        lines += [f"Assistant: The number {i} is a number between {i - 1} and {i + 1}."]
    lines[14], lines[42] = "User (Alice): My name is Alice.", "User (Alice): I live in Lisbon."
    return "\n".join(lines)


def test_sixty_turns_in_one_summary_still_answer_the_name_and_a_pinned_fact() -> None:
    talk = long_talk()
    assert len(talk.splitlines()) == 60
    made = summary("Summarise in at most 60 words.\nPinned: The door code is 4711.", talk)
    assert len(made.split()) <= 60

    def ask(question: str) -> str:
        return reply(Dialogue("", (DialogueTurn("system", made), DialogueTurn("user", question))), NOW)

    assert ask("What is my name?") == "Your name is Alice."
    assert ask("What is the door code?") == "The door code is 4711."
    assert ask("Where do I live?") == "You told me that you live in Lisbon."
