"""What a replay lets one hear."""

from __future__ import annotations

import numpy as np

from tests.simulation.people import RecordedSpeaker
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.ui.replay.sound import Sound, mixed

TALK = (np.arange(10 * RATE) % 30_000 + 1).astype(np.int16)  # each place is known by its value
TICK = 0.03


class Played:
    """A replay of ten seconds with its loudspeaker."""

    def __init__(self) -> None:
        self.speaker = RecordedSpeaker()
        self.sound = Sound(TALK, self.speaker)
        self.now, self.position = 100.0, 0.0

    def pass_(self, seconds: float, *, audible: bool = True) -> None:
        for _ in range(round(seconds / TICK)):
            self.sound.follow(self.position, self.now, audible=audible)
            self.now += TICK
            self.position += TICK if audible else 0.0

    @property
    def heard(self) -> list[int]:
        return [int(each) for each in self.speaker.heard]


def test_what_is_heard_is_what_is_shown_sample_by_sample() -> None:
    played = Played()
    played.pass_(3.0)
    heard = played.speaker.heard
    first = int(np.flatnonzero(heard)[0])
    assert first <= RATE * TICK
    assert np.array_equal(heard[first:], TALK[: len(heard) - first])


def test_nothing_is_heard_while_it_stands_still_and_then_it_goes_on_where_it_is() -> None:
    played = Played()
    played.pass_(1.2)
    before = len(played.speaker.heard)
    played.pass_(1.2, audible=False)
    silent = played.speaker.heard[before:]
    assert not silent[RATE // 10 :].any(), "it fades out at once"
    at = len(played.speaker.heard)
    played.pass_(1.2)
    heard = played.speaker.heard[at:]
    first = int(np.flatnonzero(heard)[0])
    assert abs(int(heard[first]) - int(TALK[round(1.2 * RATE)])) <= RATE * TICK


def test_a_jump_is_heard_at_its_new_place() -> None:
    played = Played()
    played.pass_(0.9)
    played.position = 5.1
    at = len(played.speaker.heard)
    played.pass_(0.9)
    heard = played.speaker.heard[at + RATE // 10 :]
    assert abs(int(heard[0]) - int(TALK[round(5.1 * RATE) + RATE // 10])) <= RATE * 2 * TICK
    assert np.array_equal(np.diff(heard.astype(int)) % 30_000, np.ones(len(heard) - 1)), "without a gap"


def test_a_loudspeaker_that_fails_costs_the_sound_and_nothing_else() -> None:
    played = Played()

    def refuse(pcm: bytes) -> None:
        raise DeviceError("the loudspeaker is gone")

    played.speaker.play = refuse  # type: ignore[method-assign]  # a device that is pulled out
    played.pass_(0.3)
    assert played.sound.problem == "the loudspeaker is gone"


def test_both_sides_are_heard_and_never_beyond_what_a_sample_can_hold() -> None:
    loud, quiet = np.array([30_000, -30_000, 5], np.int16), np.array([30_000, -30_000, -2], np.int16)
    assert mixed(loud, quiet).tolist() == [32_767, -32_768, 3]
