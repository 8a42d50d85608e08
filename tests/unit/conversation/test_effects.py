"""What is seen of the endpoint's own settings: by a probe, and by comparing the server's ears with ours."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.harness import Harness
from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.conversation.effects import APART_MS, DEAF, DEAF_MS, Effects
from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.talk import Ack, Announced, SettingsChanged
from voice_tui.probe.question import question, silence

WORKS, NOT_SEEN = Seen.WORKS, Seen.NOT_SEEN


class Room:
    def __init__(self, preset: str = "server-vad") -> None:
        self.outbox = Outbox(live=True)
        self.knobs = Knobs(self.outbox, preset)
        self.knobs.acknowledge(Ack.ACKNOWLEDGED)
        self.effects = Effects(self.outbox, self.knobs)

    def hear(self, ms: int, *, voice: bool) -> None:
        for _ in range(0, ms, FRAME_MS):
            self.outbox.heard_ms += FRAME_MS
            self.effects.voice(voice)

    @property
    def seen(self) -> dict[str, Seen]:
        told = [n for n in self.outbox.notices if isinstance(n, SettingsChanged)]
        return {name: each.seen for name, each in told[-1].observed.items()} if told else {}

    @property
    def said(self) -> list[str]:
        return [n.text for n in self.outbox.notices if isinstance(n, Announced)]


def test_a_voice_of_two_seconds_that_the_server_says_nothing_of_is_said_once_and_shown_at_every_knob_of_its() -> None:
    room = Room()
    room.hear(DEAF_MS - FRAME_MS, voice=True)
    assert not room.seen
    room.hear(DEAF_MS, voice=True)
    assert room.seen == dict.fromkeys(("threshold", "prefix_padding_ms", "silence_duration_ms"), NOT_SEEN)
    assert room.said == [f"{DEAF}: silence, threshold, prefix padding acknowledged, not seen to work"]


def test_pauses_within_a_sentence_do_not_count_and_longer_ones_begin_anew() -> None:
    room = Room()
    for _ in range(3):
        room.hear(900, voice=True)
        room.hear(APART_MS + 100, voice=False)
    assert not room.said
    for _ in range(3):
        room.hear(900, voice=True)
        room.hear(300, voice=False)
    assert room.said


def test_where_the_server_was_deaf_and_hears_after_all_that_is_seen_to_work() -> None:
    room = Room()
    room.hear(DEAF_MS, voice=True)
    room.effects.server_began()
    assert room.seen == {"threshold": WORKS}
    room.hear(3 * DEAF_MS, voice=True)
    assert len(room.said) == 1


@pytest.mark.parametrize(("waited", "seen"), [(500, WORKS), (740, WORKS), (260, WORKS), (1400, None), (0, None)])
def test_a_turn_that_ends_where_silence_puts_it_shows_it_to_work_and_elsewhere_says_nothing(
    waited: int, seen: Seen | None
) -> None:
    room = Room()
    room.effects.server_began()
    room.hear(1000, voice=True)
    last = room.outbox.heard_ms
    room.hear(waited, voice=False)
    room.effects.server_ended(last + waited)
    assert room.seen.get("silence_duration_ms") is seen


def test_what_a_probe_measured_stays_where_one_turn_would_say_otherwise() -> None:
    room = Room()
    probed = Observed(NOT_SEEN, "probed on 2026-11-28: the same with both")
    room.effects.begin({"silence_duration_ms": probed})
    room.effects.server_began()
    room.hear(1000, voice=True)
    room.effects.server_ended(room.outbox.heard_ms + 500)
    assert room.seen == {"silence_duration_ms": NOT_SEEN, "threshold": WORKS}


def test_of_another_endpoint_nothing_is_known_yet() -> None:
    room = Room()
    room.effects.server_began()
    room.effects.forget()
    room.hear(DEAF_MS, voice=True)
    assert room.seen
    room.effects.begin({})
    assert not room.seen
    room.hear(DEAF_MS, voice=True)
    assert set(room.seen.values()) == {NOT_SEEN}


@pytest.mark.parametrize("ack", [Ack.NONE, Ack.PENDING, Ack.REJECTED])
def test_nothing_is_judged_before_the_server_has_agreed(ack: Ack) -> None:
    room = Room()
    room.knobs.acknowledge(ack)
    room.hear(5 * DEAF_MS, voice=True)
    assert not room.said


def test_what_is_said_while_nobody_is_on_the_line_is_held_against_no_setting() -> None:
    room = Room()
    room.hear(DEAF_MS - FRAME_MS, voice=True)
    room.outbox.live = False
    room.hear(5 * DEAF_MS, voice=True)
    room.outbox.live = True
    room.hear(DEAF_MS - FRAME_MS, voice=True)
    assert not room.said
    room.hear(FRAME_MS, voice=True)
    assert room.said


def test_where_turns_are_our_own_the_server_need_not_hear_anything() -> None:
    room = Room("push-to-talk")
    room.hear(5 * DEAF_MS, voice=True)
    assert not room.said


def test_semantic_vad_shows_its_eagerness() -> None:
    room = Room("semantic-vad")
    room.hear(DEAF_MS, voice=True)
    assert room.seen == {"eagerness": NOT_SEEN}
    room.effects.server_began()
    assert room.seen == {"eagerness": WORKS}


@pytest.mark.parametrize("preset", ["server-vad", "semantic-vad", "natural"])
def test_a_server_that_agrees_to_everything_and_hears_nothing_is_found_out_by_our_own_ears(preset: str) -> None:
    harness = Harness(preset).connect()
    harness.hear(np.tile(np.concatenate([question(), silence(200)]), 2))
    assert harness.settings is not None
    assert Seen.NOT_SEEN in {each.seen for each in harness.settings.observed.values()}
    assert any(DEAF in m.text for m in harness.moments if isinstance(m, Announced))


def test_what_a_probe_found_is_there_from_the_beginning() -> None:
    found = {"threshold": Observed(WORKS, "probed on 2026-11-28: deaf at 1.0")}
    harness = Harness()
    harness.open(Profile(greeting=""), "server-vad", Capabilities(observed=found))
    harness.drain()
    assert harness.settings is not None
    assert harness.settings.observed == found
