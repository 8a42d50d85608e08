"""Where a voice began and ended: looked up in what our own ears heard, whatever room it was in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.audio.decibels import from_dbfs
from voice_tui.audio.stream.audible import USER_PAUSE_MS
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, FULL_SCALE, Pcm, mean_level
from voice_tui.audio.vad.engines import VadEngine
from voice_tui.conversation import kept
from voice_tui.conversation.clock import LATE_FOR_MS, WINDOW_MS, MicrophoneClock
from voice_tui.conversation.ears import BACK_MS, KEPT_FRAMES, Ears

VOICE, BREATH, ROOM = -20.0, -40.0, -35.0
LATE = 6  # frames by which a scripted detector is late


class _Late(VadEngine):
    """Is sure of a voice once it has been loud for a while, and for as long behind it."""

    def __init__(self) -> None:
        self._heard: list[bool] = [False]

    def feed(self, pcm: Pcm) -> float:
        self._heard = [*self._heard[-LATE:], mean_level(pcm) > from_dbfs(VOICE) / 2]
        return 0.9 if self._heard[0] else 0.1

    def reset(self) -> None:
        self._heard = [False]


@pytest.fixture(autouse=True)
def _late_ears() -> Iterator[None]:
    kept.EARS.append(_Late)
    yield
    kept.EARS.pop()


def sound(dbfs: float, ms: int) -> Pcm:
    """Noise of a level, int16 at 24 kHz."""
    noise = np.random.default_rng(ms).choice([-1.0, 1.0], ms // FRAME_MS * FRAME)
    return np.asarray(noise * from_dbfs(dbfs) * FULL_SCALE, np.int16)


def silence(ms: int) -> Pcm:
    return np.zeros(ms // FRAME_MS * FRAME, np.int16)


def heard(*pieces: Pcm, at_ms: float = 0.0) -> Ears:
    ears = Ears()
    ears.hear(np.concatenate(pieces), at_ms)
    return ears


def test_a_voice_lies_where_its_sound_is_and_not_where_the_detector_was_sure() -> None:
    ears = heard(silence(500), sound(VOICE, 400), silence(300))
    assert ears.onset(-np.inf) == 500
    assert ears.end(-np.inf) == 900


def test_what_is_soft_and_hangs_together_with_the_voice_belongs_to_it() -> None:
    ears = heard(silence(500), sound(BREATH, 100), sound(VOICE, 300), sound(BREATH, 80), silence(200))
    assert (ears.onset(-np.inf), ears.end(-np.inf)) == (500, 980)


def test_a_noise_apart_from_the_voice_is_none_of_it() -> None:
    ears = heard(silence(100), sound(BREATH, 50), silence(300), sound(VOICE, 300), silence(300), sound(BREATH, 50))
    assert (ears.onset(-np.inf), ears.end(-np.inf)) == (450, 750)


def test_a_pause_in_a_sentence_is_part_of_it_and_a_longer_one_is_not() -> None:
    near = heard(sound(VOICE, 300), silence(USER_PAUSE_MS - 200), sound(VOICE, 300))
    assert near.onset(-np.inf) == 0
    far = heard(sound(VOICE, 300), silence(USER_PAUSE_MS + 200), sound(VOICE, 300))
    assert far.onset(-np.inf) == 300 + USER_PAUSE_MS + 200


def test_a_voice_that_is_over_for_longer_than_a_pause_is_heard_no_more_but_had_an_end() -> None:
    ears = heard(sound(VOICE, 300), silence(USER_PAUSE_MS + 200))
    assert ears.onset(-np.inf) is None
    assert ears.end(-np.inf) == 300


def test_what_was_before_does_not_count() -> None:
    ears = heard(sound(VOICE, 300), silence(300))
    assert ears.end(400) is None
    assert heard(silence(200), sound(VOICE, 400)).onset(300) == 300


def test_in_a_noisy_room_the_voice_is_what_is_louder_than_it() -> None:
    ears = heard(sound(ROOM, 4_000), sound(VOICE, 400), sound(ROOM, 300))
    assert (ears.onset(-np.inf), ears.end(-np.inf)) == (4_000, 4_400)


def test_a_sound_that_somebody_else_found_a_voice_in_is_followed_back_to_where_it_began() -> None:
    ears = heard(silence(500), sound(BREATH, 100), sound(VOICE, 50))
    assert ears.sound_of(600) == 500
    assert ears.sound_of(10_000) == 10_000, "it has not been heard"


def test_what_has_been_sounding_for_long_says_nothing_of_a_voice_in_it() -> None:
    ears = heard(sound(BREATH, BACK_MS + 200))
    assert ears.sound_of(BACK_MS + 100) == BACK_MS + 100


def test_what_was_left_out_was_silence() -> None:
    ears = heard(sound(VOICE, 300))
    ears.hear(silence(100), 2_000)
    assert ears.end(-np.inf) == 300
    ears.hear(silence(10), 10.0 * KEPT_FRAMES * FRAME_MS)
    assert ears.end(-np.inf) is None


@one_in(4)
@given(st.lists(st.tuples(st.integers(7, 40), st.integers(1, 100)), min_size=1, max_size=6), st.integers(1, 40))
def test_however_it_comes_in_pieces_it_is_heard_alike(words: list[tuple[int, int]], size: int) -> None:
    pcm = np.concatenate([np.concatenate((sound(VOICE, a * 10), silence(b * 10))) for a, b in words])
    whole, pieces = heard(pcm, at_ms=70.0), Ears()
    for at in range(0, len(pcm), size * FRAME):
        pieces.hear(pcm[at : at + size * FRAME], 70.0 + at // FRAME * FRAME_MS)
    for since in (-np.inf, 500.0):
        assert whole.onset(since) == pieces.onset(since)
        assert whole.end(since) == pieces.end(since)
    end, onset = whole.end(-np.inf), whole.onset(-np.inf)
    assert end == 70 + sum(a + b for a, b in words) * 10 - words[-1][1] * 10
    assert onset is None or onset < end


def test_the_soonest_piece_says_where_the_microphone_stands() -> None:
    clock = MicrophoneClock()
    assert clock.at(100) == 100
    for end, now in ((10, 265.0), (20, 252.0), (30, 290.0)):
        clock.captured(end, now)
    assert clock.at(100) == 332
    assert clock.back(332.0) == 100


def test_a_microphone_that_stood_still_is_believed_as_soon_as_nothing_comes_in_time() -> None:
    clock = MicrophoneClock()
    for end in range(10, 5_000, 10):
        clock.captured(end, float(end))
    for end in range(5_000, 5_000 + LATE_FOR_MS + 200, 10):
        clock.captured(end, end + 60_000.0)
    assert clock.at(5_000) == 65_000


def test_what_is_only_read_late_says_nothing_of_the_clock() -> None:
    clock = MicrophoneClock()
    for end in range(10, 5_000, 10):
        clock.captured(end, float(end))
    for round_ in range(5):  # nobody looks for seconds, then everything is read at once
        now = 5_000.0 + 3_000 * (round_ + 1)
        for end in range(5_000 + 3_000 * round_, round(now) + 1, 10):
            clock.captured(end, now)
            assert clock.at(1_000) == 1_000


def test_clocks_that_drift_apart_are_followed() -> None:
    clock = MicrophoneClock()
    for end in range(10, 60_000, 10):
        clock.captured(end, end * 1.001)
    assert abs(clock.at(60_000) - 60_060) <= 2 * WINDOW_MS / 1_000


def test_what_was_said_is_told_once_it_is_over_with_its_pauses_joined() -> None:
    ears = heard(silence(500), sound(VOICE, 400), silence(USER_PAUSE_MS - 100), sound(VOICE, 300))
    assert ears.said() == [], "it may go on"
    ears.hear(silence(1_000), 1_700)
    [(start, end)] = ears.said()
    assert (start, end) == (500, 1_700)
    assert ears.said() == [], "once"


def test_two_things_that_were_said_are_two() -> None:
    ears = heard(silence(500), sound(VOICE, 400), silence(USER_PAUSE_MS + 100), sound(VOICE, 300), silence(1_000))
    assert ears.said() == [(500, 900), (1_600, 1_900)]


def test_a_click_is_not_said_and_a_gap_in_the_microphone_is_a_pause() -> None:
    ears = heard(silence(500), sound(VOICE, 30), silence(1_000))
    assert ears.said() == []
    ears.hear(sound(VOICE, 400), 1_530)
    ears.hear(silence(100), 5_000)
    assert ears.said() == [(1_530, 1_930)]
