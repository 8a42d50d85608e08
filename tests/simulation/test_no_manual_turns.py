"""Servers whose detection of turns cannot be switched off: presets with turns by hand become another, said once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.simulation.scripted.rules import PASSED, Event, Forces, Heard, Rule, error
from tests.simulation.scripted.talk import errors, plainly, talked, told
from voice_tui.conversation.preset_choice import NO_MANUAL_TURNS
from voice_tui.messages.presets import INSTEAD, PRESETS
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import SettingsChanged

PATH = "session.audio.input.turn_detection"


class Insists(Rule):
    """It refuses a session without turn detection.

    Args:
        words: Of the error.
    """

    def __init__(self, words: str) -> None:
        self._words = words

    def heard(self, event: Event) -> Heard:
        hearing = event.get("session", {}).get("audio", {}).get("input", {})
        if event["type"] == "session.update" and hearing.get("turn_detection", "") is None:
            return [error(self._words, event, code="invalid_value")], False
        return PASSED


SERVERS: dict[str, tuple[Sequence[Rule], Capabilities | None]] = {
    "is known for it": ([Insists("turn_detection can't be null.")], Capabilities(manual_turns=False)),
    "refuses it": ([Insists("turn_detection can't be null.")], None),
    "refuses it without a name": ([Insists("not like that")], None),
    "echoes that it listens": ([Forces(PATH, {"type": "server_vad"})], None),
}
BY_HAND = [name for name, preset in PRESETS.items() if preset.detector in INSTEAD]


@pytest.mark.parametrize(
    ("server", "preset"),
    [*((server, "push-to-talk") for server in SERVERS), *(("is known for it", preset) for preset in BY_HAND)],
)
def test_the_talk_goes_on_with_the_servers_turns(server: str, preset: str) -> None:
    rules, capabilities = SERVERS[server]
    world = talked(rules, preset, capabilities)
    assert world.said == list(plainly("server-vad"))
    assert world.told(SettingsChanged)[-1].preset == "server-vad"
    assert [line for line in told(world) if NO_MANUAL_TURNS in line] == [
        f"{preset}: {NO_MANUAL_TURNS}: going on with server-vad"
    ]
    assert errors(world) == []


def test_what_is_known_to_be_refused_is_not_asked_for() -> None:
    world = talked(SERVERS["is known for it"][0], "push-to-talk", Capabilities(manual_turns=False))
    for update in world.sent("session.update"):
        assert update["session"]["audio"]["input"]["turn_detection"]["type"] == "server_vad"
