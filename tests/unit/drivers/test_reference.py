"""Microphone and reference stay paired by count, through bursts, stalls and dry outputs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME
from voice_tui.drivers.devices.loudspeakers import TimedSpeaker
from voice_tui.drivers.devices.reference import CUSHION, SLACK, ReferenceTap


class Pair:
    """Renders numbered frames and reads their pairs."""

    def __init__(self) -> None:
        self.speaker = TimedSpeaker()
        self.tap = ReferenceTap(self.speaker)
        self.rendered = 0

    def render(self, frames: int) -> None:
        for _ in range(frames):
            self.rendered += 1
            self.speaker.rendered.write(np.full(FRAME, self.rendered, np.int16))

    def read(self, frames: int) -> list[int]:
        return [int(self.tap.frame(frames - 1 - i)[0]) for i in range(frames)]


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(1, 8), st.integers(0, 3)), max_size=20))
def test_frames_together_pair_as_one_after_the_other(steps: list[tuple[int, int, int]]) -> None:
    together, one_by_one = Pair(), Pair()
    for rendered, count, behind in steps:
        for pair in (together, one_by_one):
            pair.render(rendered)
        frames = together.tap.frames(count, behind)
        singly = [int(one_by_one.tap.frame(behind + count - 1 - i)[0]) for i in range(count)]
        assert singly == ([0] * count if frames is None else frames[::FRAME].tolist())


def test_frames_pair_one_to_one_behind_the_cushion() -> None:
    pair = Pair()
    pair.render(CUSHION + 10)
    lag = []
    for _ in range(50):
        pair.render(1)
        lag.append(pair.rendered - pair.read(1)[0])
    assert set(lag) == {CUSHION}


def test_before_anything_was_handed_out_it_is_silence() -> None:
    assert Pair().read(3) == [0, 0, 0]


def test_bursts_and_late_readers_do_not_move_the_pairing() -> None:
    pair = Pair()
    pair.render(CUSHION + 1)
    pair.read(1)
    pair.render(20)
    late = pair.read(20)
    pair.render(1)
    assert pair.rendered - pair.read(1)[0] == CUSHION
    assert late == list(range(2, 22))


def test_an_output_that_ran_dry_leaves_silence_and_keeps_the_count() -> None:
    pair = Pair()
    pair.render(CUSHION + 1)
    pair.read(1)
    assert pair.read(CUSHION + 5)[-5:] == [0] * 5
    pair.render(1)
    assert pair.read(1) == [pair.rendered], "what is handed out after the gap belongs to what is heard after it"


def test_a_slip_is_mended_back_to_the_cushion() -> None:
    pair = Pair()
    pair.render(CUSHION + 1)
    pair.read(1)
    pair.render(CUSHION + SLACK + 2)
    pair.read(1)
    pair.render(1)
    assert pair.rendered - pair.read(1)[0] == CUSHION
