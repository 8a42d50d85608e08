"""Knobs on their way to the server: once they stand still, whole, and with the server's answer told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import UNSET

from tests.support.harness import Harness, detection
from tests.support.settings_story import live, server
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.endpoints.realtime.wire.session import SessionConfig, TurnDetection
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.intents import ChangeSetting, SelectPreset, SelectProfile, StepPreset
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Ack, Announced, Severity
from voice_tui.messages.tools import ToolSpec


def test_a_dragged_slider_makes_one_update_once_it_stands_still() -> None:
    story = live()
    for k in range(30):
        story.want(ChangeSetting("threshold", 0.3 + k / 60))
        story.tick(20)
    story.tick(250)
    story.expect()
    assert server(story) == (Ack.PENDING, "")
    story.tick(50)
    found = detection(story.expect(SessionUpdate))
    assert found is not None
    assert found.threshold == 0.8
    story.tick(1_000)
    story.end()


def test_turn_detection_always_goes_out_whole() -> None:
    story = live()
    story.want(ChangeSetting("silence_duration_ms", 900))
    story.tick(300)
    assert detection(story.expect(SessionUpdate)) == TurnDetection(
        type="server_vad",
        threshold=0.5,
        prefix_padding_ms=300,
        silence_duration_ms=900,
        create_response=True,
        interrupt_response=True,
    )


def test_an_update_is_pending_until_the_server_takes_it() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(300)
    story.expect(SessionUpdate)
    assert server(story) == (Ack.PENDING, "")
    story.server.session_updated()
    assert server(story) == (Ack.ACKNOWLEDGED, "")


def test_a_rejected_update_is_told_with_its_reason() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(300)
    story.server.rejects(story.expect(SessionUpdate), "decimal_above_max_value", "too much")
    assert server(story) == (Ack.REJECTED, "too much")
    [told] = story.told(Announced)
    assert told.severity is Severity.ERROR
    assert "too much" in told.text
    story.want(ChangeSetting("threshold", 0.6))
    story.tick(300)
    story.expect(SessionUpdate)
    story.server.session_updated()
    assert server(story) == (Ack.ACKNOWLEDGED, "")
    story.end()


def test_an_answer_to_an_older_update_does_not_acknowledge_the_newer_one() -> None:
    story = live()
    for value in (0.6, 0.7):
        story.want(ChangeSetting("threshold", value))
        story.tick(300)
    first, second = story.expect(SessionUpdate, SessionUpdate)
    assert first.event_id != second.event_id
    story.server.session_updated()
    assert server(story)[0] is Ack.PENDING
    story.server.session_updated()
    assert server(story)[0] is Ack.ACKNOWLEDGED


def test_a_knob_that_moves_again_is_pending_until_its_own_update_is_taken() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.6))
    story.tick(300)
    story.expect(SessionUpdate)
    story.want(ChangeSetting("threshold", 0.7))
    story.server.session_updated()
    assert server(story)[0] is Ack.PENDING


def test_a_local_knob_is_no_matter_of_the_server() -> None:
    story = live("step4-cancel")
    story.want(ChangeSetting("debounce_ms", 200))
    story.want(ChangeSetting("prefix_padding_ms", 500))
    story.tick(1_000)
    story.end()
    assert story.settings
    assert story.settings.settings.debounce_ms == 200


@pytest.mark.parametrize(("name", "value"), [("threshold", 1.5), ("threshold", float("nan")), ("volume", 1)])
def test_a_value_that_cannot_be_is_refused_with_words_and_changes_nothing(name: str, value: float) -> None:
    story = live()
    before = story.settings
    story.want(ChangeSetting(name, value))
    [told] = story.told(Announced)
    assert name in told.text
    story.tick(1_000)
    assert story.settings is before
    story.end()


def test_a_preset_starts_with_its_own_knobs_and_finds_them_again() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.8))
    story.want(SelectPreset("step4-cancel"))
    assert detection(story.expect(SessionUpdate)) is None
    story.want(ChangeSetting("debounce_ms", 300))
    story.want(SelectPreset("server-vad"))
    found = detection(story.expect(SessionUpdate))
    assert found is not None
    assert found.threshold == 0.8
    story.want(SelectPreset("step4-cancel"))
    assert story.settings
    assert story.settings.settings.debounce_ms == 300
    assert story.settings.active == PRESETS["step4-cancel"].knobs


def test_a_knob_still_moving_when_the_preset_changes_makes_no_second_update() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.8))
    story.want(SelectPreset("push-to-talk"))
    story.expect(SessionUpdate)
    story.tick(1_000)
    story.end()


def test_presets_are_stepped_through_in_a_circle() -> None:
    story, names = live(), list(PRESETS)
    start = names.index("server-vad")
    seen = []
    for _ in names:
        story.want(StepPreset(1))
        assert story.settings
        seen.append(story.settings.preset)
    assert seen == [*names[start + 1 :], *names[: start + 1]]
    story.want(StepPreset(-1))
    assert story.settings
    assert story.settings.preset == names[start - 1]


def test_an_unknown_preset_is_refused_with_the_list() -> None:
    story = live()
    story.want(SelectPreset("step9-telepathy"))
    [told] = story.told(Announced)
    assert "server-vad" in told.text
    story.end()


def test_knobs_moved_before_the_connection_go_out_with_the_first_update_only() -> None:
    story = Harness()
    story.want(ChangeSetting("threshold", 0.8))
    story.tick(1_000)
    story.expect()
    story.server.session_created()
    found = detection(story.expect(SessionUpdate))
    assert found is not None
    assert found.threshold == 0.8
    story.server.session_updated()
    story.tick(1_000)
    story.end()


def test_a_preset_chosen_while_the_session_is_being_configured_reaches_the_server() -> None:
    story = Harness()
    story.server.session_created()
    story.expect(SessionUpdate)
    story.want(SelectPreset("step4-cancel"))
    story.server.session_updated()
    assert detection(story.expect(SessionUpdate)) is None
    assert server(story)[0] is Ack.PENDING
    story.server.session_updated()
    assert server(story)[0] is Ack.ACKNOWLEDGED
    story.end()


def test_a_knob_moved_while_the_session_is_being_configured_reaches_the_server() -> None:
    story = Harness()
    story.server.session_created()
    story.expect(SessionUpdate)
    story.want(ChangeSetting("threshold", 0.8))
    story.tick(1_000)
    story.server.session_updated()
    story.tick(10)
    found = detection(story.expect(SessionUpdate))
    assert found is not None
    assert found.threshold == 0.8


def test_knobs_share_the_fate_of_no_update_but_their_own() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.9))
    story.tick(400)
    story.server.rejects(story.expect(SessionUpdate), "invalid_value", "too deaf")
    assert server(story) == (Ack.REJECTED, "too deaf")
    story.want(ChangeInstructions("Be kind."))
    story.expect(SessionUpdate)
    story.server.session_updated()
    assert server(story) == (Ack.REJECTED, "too deaf"), "the prompt was taken, the threshold was not"
    story.want(ChangeSetting("threshold", 0.5))
    story.tick(400)
    story.expect(SessionUpdate)
    story.server.session_updated()
    story.want(ChangeInstructions("Be brief."))
    story.server.rejects(story.expect(SessionUpdate), "invalid_value", "too long")
    assert server(story)[0] is Ack.ACKNOWLEDGED


def test_tools_go_out_until_the_server_has_agreed_to_them() -> None:
    story = live()
    clock = ToolSpec("clock", "Tells the time.", {"type": "object"})
    chosen = SelectProfile("one", "", "Be one.", tools=(clock,))
    story.want(chosen)
    story.want(replace(chosen, instructions="Be two."))
    first, second = story.expect(SessionUpdate, SessionUpdate)
    assert first.session.tools == second.session.tools != UNSET
    story.server.rejects(first, "invalid_value", "no")
    story.server.session_updated()
    assert story.session.settings.tools == (clock,)
    story.want(replace(chosen, instructions="Be three."))
    assert story.expect(SessionUpdate).session.tools is UNSET, "it has them"


def test_the_first_update_carries_the_whole_session() -> None:
    story = Harness()
    story.server.session_created()
    session: SessionConfig = story.expect(SessionUpdate).session
    assert session.type == "realtime"
    assert session.output_modalities == ["audio"]
    assert session.instructions
    assert session.audio
    assert session.audio.input
    assert session.audio.output
    assert session.audio.output.voice == "alloy"
    assert session.audio.input.transcription
    assert session.audio.input.transcription.model == "gpt-transcribe"
    assert session.audio.input.turn_detection == PRESETS_DETECTION


PRESETS_DETECTION = TurnDetection(
    type="server_vad",
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=500,
    create_response=True,
    interrupt_response=True,
)


def test_semantic_vad_says_how_eager_it_is_to_be() -> None:
    story = Harness("semantic-vad").connect()
    story.want(ChangeSetting("eagerness", 3))
    story.tick(400)
    found = detection(story.expect(SessionUpdate))
    assert found
    assert (found.type, found.eagerness) == ("semantic_vad", "high")
    assert found.threshold is UNSET
    assert (found.create_response, found.interrupt_response) == (True, True)
