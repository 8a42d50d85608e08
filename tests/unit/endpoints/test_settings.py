"""Knobs on their way to the server: once they stand still, whole, and with the server's answer told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import UNSET

from tests.support.harness import Harness, detection
from voice_tui.endpoints.realtime.settings import DOUBT_S
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.endpoints.realtime.wire.session import SessionConfig, TurnDetection
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.inputs import Linked
from voice_tui.messages.intents import ChangeSetting, SelectPreset, SelectProfile, StepPreset
from voice_tui.messages.link import Link
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.profile import Capabilities, Place
from voice_tui.messages.talk import Ack, Announced, Severity, TurnTimed
from voice_tui.messages.tools import ToolSpec


def live(preset: str = "server-vad") -> Harness:
    story = Harness(preset).connect()
    assert story.settings
    assert story.settings.server is Ack.ACKNOWLEDGED
    return story


def server(story: Harness) -> tuple[Ack, str]:
    assert story.settings
    return story.settings.server, story.settings.reason


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


PARTS = ["turn detection", "transcription", "instructions", "audio format", "voice"]


def parts_sent(story: Harness) -> list[SessionUpdate]:
    return [update for update in story.expect(*[SessionUpdate] * len(PARTS)) if isinstance(update, SessionUpdate)]


@pytest.mark.parametrize("named", [True, False])
def test_what_is_refused_as_a_whole_is_sent_part_by_part_and_what_fits_is_used(named: bool) -> None:
    story = Harness("server-vad", greeting="Hello")
    story.server.session_created()
    whole = story.expect(SessionUpdate)
    story.server.rejects(whole if named else None, "whatever", "some servers name no event")
    updates = parts_sent(story)
    assert "one by one" in story.told(Announced)[-1].text
    for update, part in zip(updates, PARTS, strict=True):
        assert not story.told(TurnTimed)
        if part == "voice":
            story.server.rejects(update if named else None, "invalid_value", "no such voice")
        else:
            story.server.session_updated()
    assert story.told(Announced)[-1].text == "the server rejected the voice: no such voice"
    assert server(story)[0] is Ack.ACKNOWLEDGED, "turn detection was taken: the knobs act"
    story.speak(40)
    assert len(story.audio) > 0, "it goes live when every part has been answered"


def test_where_everything_is_refused_it_talks_with_the_servers_own_settings() -> None:
    story = Harness("server-vad")
    story.server.session_created()
    story.expect(SessionUpdate)
    story.server.rejects(None, "whatever", "no")
    updates = parts_sent(story)
    for _ in updates:
        story.server.rejects(None, "whatever", "no")
    told = [x.text for x in story.told(Announced)]
    assert [text for text in told if "rejected the" in text][1:] == [f"the server rejected the {p}: no" for p in PARTS]
    story.speak(40)
    assert len(story.audio) > 0
    story.server.speech_started("u1")
    story.server.speech_stopped("u1", 500)
    story.server.committed("u1")
    [row] = story.rows
    assert (row.pending, row.note) == (False, "not transcribed"), "nobody was asked for the words"


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


def refuses_everything(story: Harness) -> list[str]:
    """A new session whose server takes no setting; what is said of it."""
    story.server.session_created()
    story.expect(SessionUpdate)
    story.server.rejects(None, "whatever", "no")
    for _ in parts_sent(story):
        story.server.rejects(None, "whatever", "no")
    return [said.text for said in story.told(Announced) if "rejected" in said.text]


def test_what_is_refused_in_each_new_session_is_said_once_at_an_endpoint() -> None:
    story = Harness("server-vad")
    said = refuses_everything(story)
    assert len(said) == 1 + len(PARTS)
    for where, again in (("here", said), ("here", []), ("there", said)):
        story.lose_connection()
        story.tick(3_000)
        place = Place(Capabilities(), "alloy", "whisper-1", where)
        story.engine.receive(Linked(Link.RECONNECTING, "", "h", "m", True, place=place))
        story.drain()
        assert refuses_everything(story) == again


def test_an_update_that_was_refused_without_a_name_is_sent_once_more_and_then_it_is_said() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(350)
    asked = detection(story.expect(SessionUpdate))
    story.server.rejects(None, "server_error", "not now")
    story.tick(round(DOUBT_S * 1_000))
    assert detection(story.expect(SessionUpdate)) == asked
    assert server(story) == (Ack.PENDING, "")
    story.server.rejects(None, "server_error", "not now either")
    story.tick(round(DOUBT_S * 1_000))
    story.expect()
    assert server(story) == (Ack.REJECTED, "not now either")


def test_an_update_that_was_doubted_and_is_answered_is_not_sent_again() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(350)
    story.expect(SessionUpdate)
    story.server.rejects(None, "server_error", "it was about something else")
    story.server.session_updated()
    story.tick(round(DOUBT_S * 2_000))
    story.expect()
    assert server(story) == (Ack.ACKNOWLEDGED, "")


def test_a_server_that_says_it_does_not_answer_by_itself_is_believed() -> None:
    story = live("natural")
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(350)
    story.server.rejects(story.expect(SessionUpdate), "server_error", "create_response: not now")
    again = story.expect(SessionUpdate)
    story.server.session_updated()
    assert story.settings is not None
    assert "hold_ms" in story.settings.lacking
    found = detection(again)
    assert found is not None
    found.create_response = False  # as it was told before
    story.server.session_updated(again.session)
    assert "hold_ms" not in story.settings.lacking
