"""When what the microphone gave is heard."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.drivers.patience import IDLE_POLL_S, PIECE_S, Patience

ROOM: Pcm = np.full(FRAME, 20, np.int16)
VOICE: Pcm = np.full(FRAME, 400, np.int16)


def looks(patience: Patience, frames: list[Pcm], start: float = 0.0) -> list[float]:
    """Look at what came, as often as one does, until it is heard; gives when that was, s from the start."""
    now, times = start, []
    waits = True
    while waits:
        now += patience.pause_s(now)
        times.append(round(now - start, 3))
        waits = patience.waits(frames, now, calm=True)
    return times


def begun() -> Patience:
    patience = Patience()
    patience.take(0.0)
    return patience


def test_what_is_faint_waits_until_there_is_a_piece_of_it() -> None:
    patience = begun()
    assert looks(patience, [ROOM, ROOM, ROOM]) == [IDLE_POLL_S, 2 * IDLE_POLL_S, PIECE_S]
    assert len(patience.take(PIECE_S)) == 9
    assert looks(patience, [ROOM], PIECE_S) == [IDLE_POLL_S, 2 * IDLE_POLL_S, PIECE_S]  # and so on


def test_the_first_loud_frame_waits_for_nothing_and_comes_behind_what_waited() -> None:
    patience = begun()
    assert patience.waits([ROOM, ROOM, ROOM], IDLE_POLL_S, calm=True)
    assert not patience.waits([ROOM, VOICE, ROOM], 2 * IDLE_POLL_S, calm=True)
    assert [int(frame[0]) for frame in patience.take(2 * IDLE_POLL_S)] == [20, 20, 20, 20, 400, 20]
    assert patience.take(PIECE_S) == []


def test_nothing_waits_while_somebody_speaks_or_something_plays() -> None:
    patience = begun()
    assert patience.waits([ROOM], IDLE_POLL_S, calm=True)
    assert not patience.waits([ROOM], 2 * IDLE_POLL_S, calm=False)
    assert len(patience.take(2 * IDLE_POLL_S)) == 2


def test_a_microphone_that_gives_nothing_does_not_stop_the_clock() -> None:
    assert looks(begun(), [])[-1] == PIECE_S
