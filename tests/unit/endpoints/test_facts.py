"""Looking for facts: what the model is shown, how its answer is checked, and that nothing is read twice."""

from __future__ import annotations

import json

import pytest

from tests.support.context_story import Talk
from voice_tui.endpoints.realtime.facts import INSTRUCTIONS, read
from voice_tui.messages.inputs import UserWanted
from voice_tui.messages.memory import ExtractFacts, FactsFound, FoundFact
from voice_tui.messages.profile import Capabilities
from voice_tui.server.brains.demo.out_of_band import worked
from voice_tui.server.brains.dialogue import Dialogue, DialogueTurn

LISBON = FoundFact("user", "The user lives in Lisbon.")
WRITTEN = json.dumps({"facts": [{"subject": "user", "text": "The user lives in Lisbon.", "speaker": "user"}]})


def found(talk: Talk) -> list[FactsFound]:
    return [notice for notice in talk.notices if isinstance(notice, FactsFound)]


def ask(talk: Talk, *skip: str) -> None:
    talk.engine.receive(UserWanted(ExtractFacts(frozenset(skip))))
    talk.drain()
    talk.serve()


def test_the_model_reads_what_was_said_and_what_it_finds_is_told() -> None:
    talk = Talk().connect()
    talk.turn("I live in Lisbon.", "How nice.")
    ask(talk)
    assert talk.question() == "User: I live in Lisbon.\nAssistant: How nice."
    talk.write(WRITTEN)
    assert found(talk) == [FactsFound((LISBON,))]


def test_what_was_read_is_not_read_again_but_what_failed_is() -> None:
    talk = Talk().connect()
    talk.turn("I live in Lisbon.")
    ask(talk)
    talk.write("I can't do that.")
    assert "of no use" in found(talk)[-1].reason
    ask(talk)
    talk.write(WRITTEN)
    ask(talk)
    assert found(talk)[1:] == [FactsFound((LISBON,)), FactsFound()]
    talk.turn("I have a dog.", "Woof.")
    ask(talk)
    assert talk.question() == "User: I have a dog.\nAssistant: Woof."


def test_what_is_to_be_left_out_is_never_shown() -> None:
    talk = Talk().connect()
    secret, answer = talk.turn("My code is 4711.", "I see.")
    ask(talk, secret, answer)
    assert talk.asked == []
    assert found(talk) == [FactsFound()]


def test_an_endpoint_that_cannot_says_so() -> None:
    talk = Talk(capabilities=Capabilities(out_of_band=False)).connect()
    talk.turn("I live in Lisbon.")
    ask(talk)
    assert found(talk) == [FactsFound(reason="this endpoint can't look for facts")]


@pytest.mark.parametrize(
    ("text", "facts", "topic"),
    [
        (WRITTEN, (LISBON,), ""),
        (f"```json\n{WRITTEN}\n```", (LISBON,), ""),
        ('{"facts": [], "topic": " the\\nboat "}', (), "the boat"),
        (
            '{"facts": [{"text": "Ben  has\\n a cat", "speaker": "Ben"}]}',
            (FoundFact("user", "Ben has a cat", "Ben"),),
            "",
        ),
        ('{"facts": [{"text": "  "}]}', (), ""),
    ],
)
def test_answers_that_can_be_read(text: str, facts: tuple[FoundFact, ...], topic: str) -> None:
    assert read(text) == FactsFound(facts, topic)


@pytest.mark.parametrize(
    "text",
    ["", "none", "[]", '{"fact": []}', '{"facts": [{}]}', '{"facts": [{"text": 3}]}', '{"facts": "x"}',
     json.dumps({"facts": [{"text": "x" * 501}]}), json.dumps({"facts": [{"text": "x"}] * 41})],
)  # fmt: skip
def test_answers_of_no_use_are_one_line(text: str) -> None:
    answer = read(text)
    assert answer.facts == ()
    assert answer.reason
    assert "\n" not in answer.reason


def test_what_a_terminal_would_obey_is_no_part_of_a_fact() -> None:
    found = read(r'{"facts": [{"text": "wiped \u001b[2J\u200bout", "subject": "\u202euser"}], "topic": "a\u001b[31mb"}')
    assert found == FactsFound((FoundFact("user", "wiped out"),), "ab")


def test_the_demo_brain_understands_what_it_is_asked() -> None:
    talk = Talk().connect()
    talk.turn("My name is Alice and I live in Lisbon.", "Hello Alice.")
    ask(talk)
    asked = Dialogue("", (DialogueTurn("user", talk.question()),), response_instructions=INSTRUCTIONS, out_of_band=True)
    facts = read(worked(asked) or "").facts
    assert [fact.text for fact in facts] == ["The user's name is Alice.", "The user lives in Lisbon."]
