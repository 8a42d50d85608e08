"""An endpoint that always looks for turns itself: a preset with turns by hand is refused, or given up, in one line."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from voice_tui.conversation.preset_choice import NO_MANUAL_TURNS
from voice_tui.messages.inputs import Linked
from voice_tui.messages.intents import Intent, SelectPreset, StepPreset
from voice_tui.messages.link import Link
from voice_tui.messages.presets import INSTEAD, PRESETS
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.messages.talk import Announced, PushToTalk, SwitchesChanged

UNABLE = Capabilities(manual_turns=False)
BY_HAND = [name for name, preset in PRESETS.items() if not preset.server_turns]


def opened(preset: str, capabilities: Capabilities) -> Harness:
    story = Harness()
    story.notices.clear()
    story.moments.clear()
    story.open(Profile(greeting=""), preset, capabilities)
    return story.connect()


def preset_of(story: Harness) -> str:
    assert story.settings
    return story.settings.preset


def said(story: Harness) -> list[str]:
    return [x.text for x in story.told(Announced)]


def test_there_is_a_rule_for_every_preset_with_turns_by_hand() -> None:
    assert {PRESETS[name].detector for name in BY_HAND} == set(INSTEAD)
    assert all(PRESETS[name].server_turns for name in INSTEAD.values())


@pytest.mark.parametrize("preset", BY_HAND)
def test_a_conversation_that_begins_with_one_begins_with_another(preset: str) -> None:
    story = opened(preset, UNABLE)
    assert preset_of(story) == "server-vad"
    assert said(story) == [f"{preset}: {NO_MANUAL_TURNS}: going on with server-vad"]
    story.silence(1_000)
    assert said(story) == []


@pytest.mark.parametrize("wish", [*(SelectPreset(name) for name in BY_HAND), PushToTalk(True)], ids=str)
def test_who_wants_one_is_told_and_stays_where_they_are(wish: Intent) -> None:
    story = opened("natural", UNABLE)
    story.want(wish)
    assert preset_of(story) == "natural"
    name = wish.name if isinstance(wish, SelectPreset) else "push-to-talk"
    assert said(story) == [f"{name}: {NO_MANUAL_TURNS}: staying with natural"]
    assert not any(x.talking for x in story.notices if isinstance(x, SwitchesChanged))
    story.expect()


def test_stepping_through_the_presets_leaves_them_out() -> None:
    story = opened("natural", UNABLE)
    seen = []
    for by in (1, 1, 1, -1):
        story.want(StepPreset(by))
        seen.append(preset_of(story))
    assert seen == ["server-vad", "semantic-vad", "natural", "semantic-vad"]
    assert said(story) == []


def test_where_the_conversation_moves_to_such_an_endpoint_it_goes_on_with_another_and_back_nothing_is_refused() -> None:
    story = opened("step4-cancel", Capabilities())
    story.lose_connection()
    story.engine.receive(Linked(Link.RECONNECTING, "", "there", "m", True, place=Place(UNABLE)))
    story.drain()
    assert preset_of(story) == "server-vad"
    assert said(story) == [f"step4-cancel: {NO_MANUAL_TURNS}: going on with server-vad"]
    story.lose_connection()
    story.engine.receive(Linked(Link.RECONNECTING, "", "here", "m", True, place=Place(Capabilities())))
    story.want(SelectPreset("step4-cancel"))
    assert preset_of(story) == "step4-cancel"
