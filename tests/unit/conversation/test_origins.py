"""One origin for every measure, whoever decides: our ears' where they heard a voice, if it is the same one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.unit.conversation.test_ears import VOICE, silence, sound
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, Pcm, mean_level
from voice_tui.audio.vad.engines import VadEngine
from voice_tui.conversation import kept
from voice_tui.conversation.ears import Ears
from voice_tui.conversation.origins import EARLY_MS, FRESH_MS, LATE_MS, Origins
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.measures import Origin

STARTED_MS = 700  # the microphone began so long after the loudspeaker


class _LoudIsVoice(VadEngine):
    def feed(self, pcm: Pcm) -> float:
        return 0.9 if mean_level(pcm) > 0.02 else 0.1

    def reset(self) -> None:
        """It has no past."""


@pytest.fixture(autouse=True)
def _ears() -> Iterator[None]:
    kept.EARS.append(_LoudIsVoice)
    yield
    kept.EARS.pop()


class Heard:
    """Ears, their clock and their origins."""

    def __init__(self, *pieces: Pcm) -> None:
        self.outbox, self.ears = Outbox(), Ears()
        self.outbox.tick(10.0)
        self.origins = Origins(self.outbox, self.ears)
        self.hear(*pieces)

    def hear(self, *pieces: Pcm) -> None:
        for frame in np.concatenate(pieces).reshape(-1, FRAME):
            at = self.ears._end_ms
            self.outbox.tick(10.0 + (STARTED_MS + at + FRAME_MS) / 1000)
            self.outbox.captured(round(at), FRAME_MS)
            self.ears.hear(frame, at)


def test_a_voice_that_our_ears_heard_is_the_origin_of_the_servers_cut() -> None:
    talk = Heard(silence(3_000), sound(VOICE, 400))
    talk.origins.sounding_since_ms = 1_500
    talk.origins.server_heard(STARTED_MS + 2_700)
    assert talk.origins.of_cut("server") == (Origin.VOICE, STARTED_MS + 3_000)


@pytest.mark.parametrize("off", [EARLY_MS + 50, -LATE_MS - 50])
def test_a_voice_elsewhere_is_not_the_one_that_the_server_means(off: int) -> None:
    talk = Heard(silence(3_000), sound(VOICE, 400))
    said = STARTED_MS + 3_000 + off
    talk.origins.server_heard(said)
    assert talk.origins.of_cut("server") == (Origin.SERVER, said)


def test_what_the_server_said_long_ago_is_about_something_else() -> None:
    talk = Heard(silence(1_000))
    talk.origins.server_heard(500)
    talk.hear(silence(FRESH_MS + 100), sound(VOICE, 200))
    assert talk.origins.of_cut("server") == (Origin.VOICE, STARTED_MS + 1_000 + FRESH_MS + 100)


def test_a_cut_without_a_voice_and_without_a_word_begins_now_and_is_the_servers() -> None:
    talk = Heard(silence(2_000))
    assert talk.origins.of_cut("server") == (Origin.SERVER, talk.outbox.ms)


def test_a_voice_from_before_the_answer_begins_over_it_with_its_first_sound() -> None:
    talk = Heard(silence(1_000), sound(VOICE, 2_000))
    talk.origins.sounding_since_ms = STARTED_MS + 2_500
    talk.origins.server_heard(STARTED_MS + 700)
    assert talk.origins.of_cut("server") == (Origin.VOICE, STARTED_MS + 2_500)
    assert talk.origins.of_sound(1_100) == (Origin.VOICE, STARTED_MS + 2_500)


def test_the_echo_of_an_answer_is_no_voice_over_it() -> None:
    talk = Heard(silence(1_000), sound(VOICE, 4_000))
    talk.origins.sounding_since_ms = STARTED_MS + 1_000
    said = STARTED_MS + 4_500
    talk.origins.server_heard(said)
    assert talk.origins.of_cut("server") == (Origin.SERVER, said)


@pytest.mark.parametrize(("source", "origin"), [("key", Origin.KEY), ("text", Origin.ENTER)])
def test_what_is_done_by_hand_begins_when_it_is_done(source: str, origin: Origin) -> None:
    talk = Heard(silence(500), sound(VOICE, 300))
    assert talk.origins.of_cut(source) == (origin, talk.outbox.ms)


def test_our_own_detectors_voice_is_followed_back_to_its_first_sound() -> None:
    talk = Heard(silence(500), sound(-40.0, 80), sound(VOICE, 60))
    talk.origins.found_at = 600
    assert talk.origins.of_cut("local") == (Origin.VOICE, STARTED_MS + 500)


def test_a_turn_ends_behind_its_last_sound_and_where_there_is_none_as_somebody_says() -> None:
    talk = Heard(silence(500), sound(VOICE, 300), silence(700))
    otherwise = Origin.KEY, talk.outbox.ms
    assert talk.origins.of_turn(STARTED_MS + 400, otherwise) == (Origin.VOICE, STARTED_MS + 800)
    assert talk.origins.of_turn(STARTED_MS + 900, otherwise) == otherwise
