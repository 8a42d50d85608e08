"""Servers that cannot be kept from interrupting or answering: `natural` falls back by rule, and says so once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.simulation.scripted.rules import Forces, Lacks, Rule
from tests.simulation.scripted.talk import plainly, talked, told
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import SettingsChanged

DETECTION = "session.audio.input.turn_detection."
CUTS, ANSWERS = DETECTION + "interrupt_response", DETECTION + "create_response"
BY_ITSELF = [Forces(CUTS, True), Forces(ANSWERS, True)]
SERVERS: dict[str, tuple[Sequence[Rule], Capabilities | None, set[str]]] = {
    "refuses it": ([Lacks(CUTS, False)], None, {"confirm"}),
    "refuses both": ([Lacks(CUTS, False), Lacks(ANSWERS, False)], None, {"confirm", "hold_ms", "acknowledge"}),
    "echoes that it does": ([Forces(CUTS, True)], None, {"confirm"}),
    "does both": (BY_ITSELF, None, {"confirm", "hold_ms", "acknowledge"}),
    "is known for both": (
        BY_ITSELF,
        PROVIDERS["xai"].capabilities,
        {"confirm", "hold_ms", "acknowledge", "eagerness"},
    ),
}


@pytest.mark.parametrize(("rules", "capabilities", "lacking"), SERVERS.values(), ids=list(SERVERS))
def test_natural_talks_with_a_server_that_acts_by_itself(
    rules: Sequence[Rule], capabilities: Capabilities | None, lacking: set[str]
) -> None:
    world = talked(rules, "natural", capabilities)
    assert world.said == list(plainly("natural"))
    lacks = set(world.told(SettingsChanged)[-1].lacking)
    assert lacks == lacking | {"effort"}, "the demo brain does not think"
    lines = [line for line in told(world) if "cannot be switched off" in line]
    assert len(lines) == len({"confirm", "hold_ms"} & lacking), "once each"
    assert told(world) == lines


def test_what_an_endpoint_is_known_to_lack_is_not_sent() -> None:
    world = talked(BY_ITSELF, "natural", PROVIDERS["xai"].capabilities)
    for update in world.sent("session.update"):
        detection = update["session"]["audio"]["input"]["turn_detection"]
        assert not {"create_response", "interrupt_response"} & detection.keys()


def test_a_preset_with_semantic_vad_falls_back_where_there_is_none() -> None:
    world = talked((), "semantic-vad", Capabilities(semantic_vad=False))
    assert [said for role, said in world.said if role == "user"] == [
        said for role, said in plainly("server-vad") if role == "user"
    ]
    detection = world.sent("session.update")[0]["session"]["audio"]["input"]["turn_detection"]
    assert detection["type"] == "server_vad"
    assert [line for line in told(world) if "semantic_vad" in line] != []
