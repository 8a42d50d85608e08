"""Ducking and pausing: the level follows within a fade, and no sample is lost or repeated."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.stream.rings import FADE_MS, PlaybackRing

FADE = RATE * FADE_MS // 1000
LEVEL = 20_000


def rendered(ring: PlaybackRing, blocks: int, size: int = FRAME) -> Pcm:
    out = np.zeros((blocks, size), np.int16)
    for i in range(blocks):
        ring.render(out[i], i * size / RATE)
    return out.ravel()


def full(samples: int) -> PlaybackRing:
    ring = PlaybackRing(1 << 16)
    ring.write(np.full(samples, LEVEL, np.int16))
    return ring


def test_a_duck_is_reached_within_a_fade_and_held() -> None:
    ring = full(RATE)
    ring.set_gain(0.25)
    out = rendered(ring, 5)
    assert np.all(np.diff(out[: FADE * 3 // 4].astype(int)) <= 0)
    assert np.all(np.abs(out[FADE:] - LEVEL * 0.25) <= 1)
    ring.set_gain(1.0)
    back = rendered(ring, 5)
    assert np.all(back[FADE:] == LEVEL)


def test_a_pause_falls_silent_within_a_fade_and_the_position_stands() -> None:
    ring = full(RATE)
    rendered(ring, 3)
    ring.set_gain(0.0)
    out = rendered(ring, 10)
    assert not out[FADE:].any()
    assert ring.handed == 3 * FRAME, "what faded into the pause is not counted as heard"


def test_a_cut_in_a_pause_tells_where_the_pause_began_and_makes_no_sound() -> None:
    ring = full(RATE)
    rendered(ring, 3)
    ring.set_gain(0.0)
    rendered(ring, 10)
    ring.cut(1)
    ring.set_gain(1.0)
    assert not rendered(ring, 3).any()
    assert ring.acknowledged == (1, 3 * FRAME, RATE)
    ring.write(np.full(480, 123, np.int16))
    assert np.all(rendered(ring, 2) == 123), "what comes after the cut is at full level at once"


def test_a_cut_of_a_ducked_voice_never_gets_louder() -> None:
    ring = full(RATE)
    ring.set_gain(0.25)
    rendered(ring, 5)
    ring.cut(1)
    ring.set_gain(1.0)
    out = rendered(ring, 3)
    assert out.max() <= LEVEL * 0.25
    assert not out[FADE:].any()


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.25, 1.0]), st.integers(1, 6)), max_size=20),
    st.sampled_from([100, 240, 480]),
)
def test_no_sample_is_lost_or_repeated_whatever_the_gain_does(story: list[tuple[float, int]], size: int) -> None:
    ring = PlaybackRing(1 << 16)
    content = np.arange(1, 30_000, dtype=np.int16)
    ring.write(content)
    heard: list[int] = []
    for gain, blocks in [*story, (1.0, 30_000 // size + 8)]:
        ring.set_gain(gain)
        for _ in range(blocks):
            before = ring._handed
            out = np.zeros(size, np.int16)
            ring.render(out, 0.0)
            taken = content[before : ring._handed]
            heard.extend(taken)
            assert np.all(out[: len(taken)] <= taken)
            assert not out[len(taken) :].any()
    assert heard == list(content)


def test_after_a_pause_everything_counts_as_handed_again() -> None:
    ring = full(RATE)
    ring.set_gain(0.0)
    rendered(ring, 5)
    assert ring.handed == 0
    ring.set_gain(1.0)
    rendered(ring, 1)
    assert ring.handed == FADE + FRAME


def test_a_pause_while_nothing_is_queued_leaves_no_trace() -> None:
    ring = full(FRAME)
    rendered(ring, 1)
    ring.set_gain(0.0)
    rendered(ring, 2)
    ring.set_gain(1.0)
    rendered(ring, 1)
    ring.write(np.full(2 * FRAME, LEVEL, np.int16))
    assert np.all(rendered(ring, 2) == LEVEL)
    assert ring.handed == 3 * FRAME
