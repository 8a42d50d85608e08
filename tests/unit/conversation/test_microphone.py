"""A microphone that does not work is said once, with what to do, and again only after it had worked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.support.harness import Harness
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS
from voice_tui.conversation.microphone import PROOF_MS, STALL_S, ZEROS_MS
from voice_tui.messages.inputs import CallerSwitched, FramesCaptured, MicrophoneOpened
from voice_tui.messages.talk import Announced, Mute, Severity

STALL_MS = round(STALL_S * 1000)


class Room:
    """A conversation with a microphone that delivers what a test says."""

    def __init__(self, *, real: bool = True, live: bool = True) -> None:
        self.talk = Harness("push-to-talk")
        if live:
            self.talk.connect()
        self.opened(real=real)

    def opened(self, *, real: bool) -> None:
        self.talk.engine.receive(MicrophoneOpened("Yeti", real))

    def nothing(self, ms: int) -> None:
        for _ in range(0, ms, FRAME_MS):
            self.talk.tick(FRAME_MS)

    def delivers(self, ms: int, value: int) -> None:
        for _ in range(0, ms, FRAME_MS):
            self.talk.tick(FRAME_MS)
            pcm = np.full(FRAME, value, np.int16)
            self.talk.engine.receive(FramesCaptured(pcm, self.talk.captured * FRAME))
            self.talk.captured += 1
            self.talk.drain()

    def zeros(self, ms: int) -> None:
        self.delivers(ms, 0)

    def hum(self, ms: int) -> None:
        self.delivers(ms, 1)

    @property
    def said(self) -> list[Announced]:
        return self.talk.told(Announced)


def test_a_microphone_that_delivers_nothing_is_said_once_with_what_to_do() -> None:
    room = Room()
    room.hum(1_000)
    room.nothing(STALL_MS - 100)
    assert room.said == []
    room.nothing(200)
    (said,) = room.said
    assert said.severity is Severity.WARNING
    assert said.text.startswith("the microphone 'Yeti' delivers nothing for 3 s: ")
    for remedy in ("plug it in again", "other programs", "--mic"):
        assert remedy in said.text
    room.nothing(10 * STALL_MS)
    assert room.said == []
    room.hum(FRAME_MS)
    room.nothing(STALL_MS + 100)
    assert len(room.said) == 1


def test_zeros_alone_are_said_once_with_what_to_do() -> None:
    room = Room()
    room.zeros(ZEROS_MS - FRAME_MS)
    assert room.said == []
    room.zeros(FRAME_MS)
    (said,) = room.said
    assert said.text.startswith("the microphone 'Yeti' delivers only zeros for 10 s: ")
    for remedy in ("muted in the system", "another program", "macOS", "Microphone"):
        assert remedy in said.text
    room.zeros(5 * ZEROS_MS)
    assert room.said == []


def test_a_click_proves_nothing_and_a_noise_gate_is_not_said_at_each_pause() -> None:
    room = Room()
    room.zeros(ZEROS_MS)
    assert len(room.said) == 1
    room.hum(PROOF_MS - FRAME_MS)
    room.zeros(5 * ZEROS_MS)
    assert room.said == []
    room.hum(FRAME_MS)
    room.zeros(2 * ZEROS_MS - FRAME_MS)
    assert room.said == []
    room.zeros(FRAME_MS)
    assert len(room.said) == 1


@pytest.mark.parametrize("fault", [Room.nothing, Room.zeros], ids=["nothing", "zeros"])
@pytest.mark.parametrize("room", [lambda: Room(real=False), lambda: Room(live=False)], ids=["virtual", "not live"])
def test_where_there_is_no_device_or_no_session_nothing_is_said(
    room: Callable[[], Room], fault: Callable[[Room, int], None]
) -> None:
    there = room()
    fault(there, 3 * ZEROS_MS)
    assert there.said == []


def test_zeros_while_muted_here_are_no_fault_and_count_from_the_end_of_that() -> None:
    room = Room()
    room.zeros(ZEROS_MS // 2)
    room.talk.want(Mute(True))
    room.zeros(3 * ZEROS_MS)
    room.talk.want(Mute(False))
    room.zeros(ZEROS_MS - FRAME_MS)
    assert room.said == []
    room.zeros(FRAME_MS)
    assert len(room.said) == 1


def test_the_pauses_of_the_demo_caller_are_not_those_of_the_device() -> None:
    room = Room()
    room.talk.engine.receive(CallerSwitched(True))
    room.zeros(3 * ZEROS_MS)
    assert room.said == []


def test_a_machine_that_stood_still_does_not_blame_the_microphone() -> None:
    room = Room()
    room.hum(1_000)
    room.talk.tick(60_000)
    room.hum(1_000)
    assert room.said == []


def test_of_another_microphone_nothing_is_known_yet() -> None:
    room = Room()
    room.zeros(ZEROS_MS)
    assert len(room.said) == 1
    room.opened(real=True)
    room.zeros(ZEROS_MS)
    assert len(room.said) == 1
    room.opened(real=False)
    room.nothing(3 * ZEROS_MS)
    assert room.said == []
