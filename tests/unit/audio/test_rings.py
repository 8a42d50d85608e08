"""The rings: what comes out is what went in, in order; a cut fades and drops, and what came after it is whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.stream.rings import DAC_LEDGER, FADE_MS, CaptureRing, PlaybackRing

FADE = RATE * FADE_MS // 1000
LOUD = 30_000
STEP = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 700)),
    st.tuples(st.just("render"), st.sampled_from([1, 100, 240, 288, 480])),
    st.tuples(st.just("cut"), st.just(0)),
)


def ramp(start: int, count: int) -> Pcm:
    """Content in which every sample tells its position."""
    return (np.arange(start, start + count) % 20_000 + 1).astype(np.int16)


@dataclass
class Model:
    """What the ring should do, sample by sample."""

    written: int = 0
    position: int = 0
    resumes: int = 0
    fade: int = -1
    asked: int = 0
    done: int = 0
    acks: list[tuple[int, int, int]] = field(default_factory=list)

    def render(self, count: int) -> list[tuple[int, float]]:
        """(position, gain) of each sample; silence is gain 0."""
        if self.asked != self.done:
            self.done = self.asked
            self.acks.append((self.asked, self.position, self.resumes))
            self.fade = max(self.fade, 0)
        out: list[tuple[int, float]] = []
        fading = self.fade >= 0
        for _ in range(count):
            limit = self.resumes if fading else self.written
            if self.position >= limit or (fading and self.fade >= FADE):
                break
            gain = 1.0
            if fading:
                gain = 0.5 + 0.5 * float(np.cos(np.pi * (self.fade + 0.5) / FADE))
                self.fade += 1
            out.append((self.position, gain))
            self.position += 1
        if fading and (self.fade >= FADE or len(out) < count):
            self.fade, self.position = -1, self.resumes
        return out + [(0, 0.0)] * (count - len(out))


@given(st.lists(STEP, max_size=40))
@example([("write", 700), ("cut", 0), ("render", 100), ("write", 700), ("cut", 0), ("render", 480), ("render", 480)])
def test_any_interleaving_plays_in_order_fades_at_a_cut_and_keeps_what_came_after_it(
    steps: list[tuple[str, int]],
) -> None:
    ring, model, now = PlaybackRing(capacity=1 << 15), Model(), 0.0
    for what, count in steps:
        if what == "write":
            assert ring.write(ramp(model.written, count))
            model.written += count
        elif what == "cut":
            model.asked += 1
            model.resumes = model.written
            ring.cut(model.asked)
        else:
            out = np.full(count, LOUD, np.int16)
            ring.render(out, now)
            now += count / RATE
            expected = [int(ramp(at, 1)[0] * gain) for at, gain in model.render(count)]
            assert np.abs(out.astype(int) - expected).max() <= 1
        assert ring.written == model.written
        assert ring.handed == model.position
        assert ring.acknowledged == (model.acks[-1] if model.acks else None)


@given(st.integers(0, 2_000), st.integers(0, 2_000), st.sampled_from([120, 240, 480]))
def test_a_cut_is_silent_within_the_fade_and_later_content_is_kept_whole(before: int, queued: int, block: int) -> None:
    ring = PlaybackRing(capacity=1 << 14)
    ring.write(ramp(0, before + queued))
    ring.render(np.empty(before, np.int16), 0.0)
    ring.cut(1)
    ring.write(np.full(1_000, LOUD, np.int16))
    out = np.concatenate([render(ring, block) for _ in range(6_000 // block)])
    dropped, kept = out[out != LOUD], out[out == LOUD]
    assert len(kept) == 1_000
    assert np.count_nonzero(dropped) <= min(queued, FADE)
    assert ring.acknowledged == (1, before, before + queued)


def render(ring: PlaybackRing, count: int, dac: float = 0.0) -> Pcm:
    out = np.empty(count, np.int16)
    ring.render(out, dac)
    return out


def test_a_second_cut_during_the_fade_does_not_bring_the_voice_back() -> None:
    ring = PlaybackRing(capacity=1 << 14)
    ring.write(np.full(4_000, LOUD, np.int16))
    ring.cut(1)
    first = render(ring, 240)
    ring.cut(2)
    rest = np.concatenate([render(ring, 240) for _ in range(4)])
    heard = np.concatenate([first, rest])
    assert np.all(np.diff(heard.astype(int)) <= 0), "the level only falls"
    assert not heard[FADE:].any()


def test_a_full_ring_takes_nothing_and_room_comes_back_with_what_is_handed_over() -> None:
    ring = PlaybackRing(capacity=1_000)
    assert ring.write(ramp(0, 1_000))
    assert not ring.write(ramp(1_000, 1))
    assert ring.written == 1_000
    np.testing.assert_array_equal(render(ring, 300), ramp(0, 300))
    assert not ring.write(ramp(1_000, 301))
    assert ring.write(ramp(1_000, 300))
    np.testing.assert_array_equal(render(ring, 1_000), ramp(300, 1_000))


def test_what_was_handed_over_can_be_read_again() -> None:
    ring = PlaybackRing(capacity=1_000)
    ring.write(ramp(0, 900))
    render(ring, 900)
    ring.write(ramp(900, 400))
    np.testing.assert_array_equal(ring.read(700, 1_100), ramp(700, 400))
    assert len(ring.read(5, 5)) == 0


# ---- what sounds now


def test_sounding_follows_the_converter_not_the_hand_over() -> None:
    ring = PlaybackRing(capacity=1 << 14)
    ring.write(ramp(0, 480))
    render(ring, 240, dac=1.0)
    render(ring, 240, dac=1.01)
    assert [ring.sounding(t) for t in (0.9, 1.0, 1.0050001, 1.0125001)] == [0, 0, 120, 300]


def test_sounding_never_passes_what_was_handed_over() -> None:
    ring = PlaybackRing(capacity=1 << 14)
    ring.write(ramp(0, 300))
    render(ring, 240, dac=1.0)
    assert ring.sounding(1.2) == 240, "the callback is late: the clock must not run ahead"
    render(ring, 240, dac=1.01)
    assert ring.sounding(9.0) == 300


def test_the_end_of_an_answer_is_still_known_after_a_long_silence() -> None:
    ring = PlaybackRing(capacity=1 << 14)
    ring.write(ramp(0, 240))
    for block in range(DAC_LEDGER + 10):
        render(ring, 240, dac=block / 100)
    assert ring.sounding(DAC_LEDGER / 100 + 1) == 240


@given(
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([120, 240])), min_size=1, max_size=30), st.floats(0, 0.2)
)
def test_sounding_grows_and_stays_behind_handed(steps: list[tuple[int, int]], latency: float) -> None:
    ring, now, last = PlaybackRing(capacity=1 << 15), 5.0, 0
    for count, block in steps:
        ring.write(ramp(ring.written, count))
        render(ring, block, dac=now + latency)
        now += block / RATE
        sounding = ring.sounding(now)
        assert last <= sounding <= ring.handed
        last = sounding


# ---- the microphone's ring


def test_frames_come_out_as_they_went_in() -> None:
    ring = CaptureRing(capacity=1 << 12)
    ring.write(ramp(0, 500))
    frames = [ring.read_frame(), ring.read_frame()]
    for k, taken in enumerate(frames):
        assert taken is not None
        assert taken[0] == k * FRAME
        np.testing.assert_array_equal(taken[1], ramp(k * FRAME, FRAME))
    assert ring.read_frame() is None
    assert (ring.written, ring.dropped) == (500, 0)


@given(st.lists(st.tuples(st.integers(0, 1_500), st.integers(0, 8)), max_size=30), st.sampled_from((None, 1, 3)))
def test_a_slow_reader_loses_the_oldest_whole_frames_and_every_one_is_counted(
    steps: list[tuple[int, int]], most: int | None
) -> None:
    ring, taken, end = CaptureRing(capacity=4_096), 0, 0
    for count, reads in steps:
        ring.write(ramp(ring.written, count))
        for _ in range(reads):
            got = ring.read_frames(most)
            if got is None:
                break
            position, pcm = got
            np.testing.assert_array_equal(pcm, ramp(position, len(pcm)))
            assert len(pcm) // FRAME == (most or len(pcm) // FRAME) or ring.waiting == 0
            assert position % FRAME == 0
            assert position >= end
            taken, end = taken + len(pcm), position + len(pcm)
            assert end == taken + ring.dropped, "every sample was read or counted as lost"
            assert position >= ring.written - 4_096, "nothing that is being overwritten"


def test_a_reader_in_time_loses_nothing() -> None:
    ring = CaptureRing(capacity=4_096)
    for k in range(100):
        ring.write(ramp(k * FRAME, FRAME))
        assert ring.read_frame() is not None
    assert ring.dropped == 0


@pytest.mark.parametrize("block", [240, 480, 512])
def test_the_fade_is_smooth(block: int) -> None:
    ring = PlaybackRing(capacity=1 << 14)
    ring.write(np.full(8_000, LOUD, np.int16))
    ring.cut(1)
    out = np.concatenate([render(ring, block) for _ in range(4)]).astype(int)
    assert np.abs(np.diff(out)).max() < LOUD * 2 / FADE, "no click"
