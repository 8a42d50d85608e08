"""Prompts with placeholders, and changing them while one talks."""

from __future__ import annotations

import pytest

from tests.support.context_story import Talk
from voice_tui.conversation.prompt import filled, instructions
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.messages import notices as n
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.profile import Profile

KNOWN = {"user_name": "Alice", "city": "Porto", "empty": "  "}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("You talk with {user_name}, who lives in {city}.", "You talk with Alice, who lives in Porto."),
        ("Hello, {nobody}!", "Hello!"),
        ("Be kind to {nobody} always.", "Be kind to always."),
        ("The user ({nobody}) is here.", "The user is here."),
        ('Call them "{nobody}" or {user_name}.', "Call them or Alice."),
        ("{empty} Be brief.", "Be brief."),
        ("Be brief. {empty}", "Be brief."),
        ("One\n{nobody}\nthree", "One\n\nthree"),
        ('Answer as {"a": 1} and {}', 'Answer as {"a": 1} and {}'),
        ("Two  spaces stay,  when all is known: {city}", "Two  spaces stay,  when all is known: Porto"),
    ],
)
def test_placeholders(template: str, text: str) -> None:
    assert filled(template, KNOWN) == text


def test_extra_lines_stand_below() -> None:
    assert instructions("Hi {user_name}.", KNOWN, ["Alice has a dog.", " ", "She is 30."]) == (
        "Hi Alice.\nAlice has a dog.\nShe is 30."
    )


def changed(story: Talk) -> n.InstructionsChanged:
    return [x for x in story.notices if isinstance(x, n.InstructionsChanged)][-1]


def live() -> Talk:
    story = Talk()
    profile = Profile("Be {mood}.", greeting="", details={"mood": "kind"}, extra_instructions=("Fact.",))
    story.open(profile, "server-vad")
    story.connect()
    return story


def test_a_session_begins_with_the_filled_prompt() -> None:
    story = Talk()
    story.open(Profile("Be {mood}.", greeting="", details={"mood": "kind"}), "server-vad")
    story.server.session_created()
    assert story.expect(SessionUpdate).session.instructions == "Be kind."


def test_a_changed_prompt_is_sent_at_once_and_acknowledged() -> None:
    story = live()
    story.want(ChangeInstructions("Be very {mood}."))
    update = story.expect(SessionUpdate)
    assert update.session.instructions == "Be very kind.\nFact."
    assert not update.session.audio
    assert changed(story) == n.InstructionsChanged("Be very kind.\nFact.", n.Ack.PENDING)
    story.server.session_updated()
    assert changed(story).ack is n.Ack.ACKNOWLEDGED


def test_a_rejected_prompt_leaves_the_old_one() -> None:
    story = live()
    story.want(ChangeInstructions("Be rude."))
    story.server.rejects(story.expect(SessionUpdate), message="too rude")
    assert changed(story) == n.InstructionsChanged("Be rude.\nFact.", n.Ack.REJECTED, "too rude", "Be kind.\nFact.")
    assert story.session.settings.instructions == "Be kind.\nFact."
    story.told(n.Announced)
    story.end()


@pytest.mark.parametrize("refused", [(True, False), (False, True), (True, True), (False, False)])
def test_of_two_changes_under_way_each_has_its_own_fate(refused: tuple[bool, bool]) -> None:
    story = live()
    story.want(ChangeInstructions("Be rude."))
    story.want(ChangeInstructions("Be brief."))
    updates = story.expect(SessionUpdate, SessionUpdate)
    held = "Be kind.\nFact."
    for update, refuses in zip(updates, refused, strict=True):
        if refuses:
            story.server.rejects(update, message="no")
        else:
            held = update.session.instructions
            story.server.session_updated()
    told = [x for x in story.notices if isinstance(x, n.InstructionsChanged) and x.ack is not n.Ack.PENDING]
    assert [(x.text, x.ack is n.Ack.REJECTED) for x in told] == [
        ("Be rude.\nFact.", refused[0]),
        ("Be brief.\nFact.", refused[1]),
    ]
    assert story.session.settings.instructions == held
    story.lose_connection()
    story.server.session_created()
    assert story.expect(SessionUpdate).session.instructions == held, "the next session begins with what holds"


def test_a_knob_that_still_moves_goes_along() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.6))
    story.want(ChangeInstructions("Be rude."))
    update = story.expect(SessionUpdate)
    assert update.session.audio.input.turn_detection.threshold == 0.6
    story.tick(1_000)
    story.expect()


def test_before_there_is_a_session_the_first_one_begins_with_it() -> None:
    story = Talk()
    story.want(ChangeInstructions("Be early."))
    story.server.session_created()
    assert story.expect(SessionUpdate).session.instructions == "Be early."


def test_a_prompt_that_was_on_its_way_when_the_connection_was_lost_is_in_the_next_session() -> None:
    story = live()
    story.want(ChangeInstructions("Be late."))
    story.lose_connection()
    story.server.session_created()
    assert story.expect(SessionUpdate).session.instructions == "Be late.\nFact."
