"""With headphones nothing is suppressed; where the loudspeaker is heard all is as it was."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.synthetic_voices import DEEP, HIGH
from voice_tui.audio.echo.audible import ENOUGH_FRAMES, MOST_FRAMES, ROOM_FRAMES, AudibleEcho
from voice_tui.audio.echo.front_end import FrontEnd
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.replay.frames import split

ROOM, VOICE, PLAYED = 1e-7, 1e-3, 1e-2  # mean squares


def fed(*stretches: tuple[int, float, float]) -> AudibleEcho:
    """Frames, microphone and reference of each stretch."""
    echo = AudibleEcho()
    for frames, mic, ref in stretches:
        for _ in range(frames):
            echo.feed(mic, ref)
    return echo


def test_what_is_played_and_not_heard_is_absent() -> None:
    assert fed((200, ROOM, 0), (ENOUGH_FRAMES, ROOM, PLAYED)).absent


@pytest.mark.parametrize(
    "stretches",
    [
        pytest.param([(200, ROOM, 0), (500, VOICE, PLAYED)], id="heard"),
        pytest.param([(500, ROOM, 0)], id="nothing played"),
        pytest.param([(500, ROOM, PLAYED)], id="the room is not known"),
        pytest.param([(ROOM_FRAMES // 2, ROOM, 0), (500, VOICE, PLAYED)], id="the room is hardly known"),
        pytest.param([(200, ROOM, 0), (500, ROOM, PLAYED), (MOST_FRAMES, VOICE, PLAYED)], id="headphones taken off"),
    ],
)
def test_where_it_is_heard_or_not_known_it_counts_as_audible(stretches: list[tuple[int, float, float]]) -> None:
    assert not fed(*stretches).absent


def test_a_word_over_it_does_not_make_it_audible_and_a_pause_keeps_it() -> None:
    plays = [(200, ROOM, 0.0), (500, ROOM, PLAYED)]
    assert fed(*plays, (40, VOICE, PLAYED)).absent
    assert fed(*plays, (1000, ROOM, 0.0)).absent


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * RATE), np.int16)


def test_a_user_with_headphones_is_not_taken_for_an_echo() -> None:
    noise = np.random.default_rng(0).standard_normal(round(4.5 * RATE)) * 8
    user = np.concatenate((silence(3), HIGH.say(1.5, 2)))
    ref = np.concatenate((silence(1), DEEP.say(3.5, 1)))
    front = FrontEnd()
    heard = [
        front.process(mic, played).decision
        for mic, played in zip(split((user + noise).astype(np.int16)), split(ref), strict=True)
    ]
    kept, said = (np.mean(np.concatenate(x[310:]).astype(float) ** 2) for x in (heard, list(split(user))))
    assert kept > said / 2
