"""The same caller with several endpoints on virtual time, of which one fails."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.simulation.people import LevelVoice, Speech
from tests.support.server_fakes import LoudIsSpeech
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.call import HungUp
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.transport import Connect, Transport
from voice_tui.rehearsal import call, virtual_time
from voice_tui.rehearsal.call import Disturbed, Held, SettingRefused, hold
from voice_tui.rehearsal.caller import Caller, caller_of
from voice_tui.rehearsal.talk import Models, in_memory
from voice_tui.rehearsal.tries import TRIES
from voice_tui.rehearsal.versus import Side, versus
from voice_tui.rehearsal.virtual_time import VirtualLoop
from voice_tui.replay.judge.speech import UserSpeech

SPEECH = Speech()
CALL = np.concatenate((np.zeros(RATE // 2, np.int16), SPEECH.say("Tell me a story."), np.zeros(RATE // 5, np.int16)))
ANYWHERE = 99


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    soundfile.write(tmp_path / "call.wav", CALL, RATE)
    return caller_of(tmp_path / "call.wav")


class Endpoint:
    """An endpoint that holds so many talks with the embedded server, then raises."""

    def __init__(self, loop: VirtualLoop, name: str, good: int = ANYWHERE, error: Exception | None = None) -> None:
        self._loop, self._good, self._error = loop, good, error
        self.asked = 0
        self.side = Side(name, self.talk)
        self.connect: Connect | None = None

    async def talk(self, caller: Caller, folder: Path) -> Held:
        self.asked += 1
        if self.asked > self._good and self._error is not None:
            raise self._error
        options = in_memory(self._loop, Models(SPEECH, LevelVoice(), LoudIsSpeech), "server-vad")
        return await hold(replace(options, connect=self.connect or options.connect), caller.pcm, {}, folder)


def held(
    made: Callable[[VirtualLoop], Sequence[Endpoint]], callers: Sequence[Caller]
) -> tuple[list[Endpoint], list[str], int]:
    """The endpoints behind it, what was told, and how many talks were done with."""
    endpoints, told, steps = list[Endpoint](), list[str](), list[int]()

    def began(loop: VirtualLoop) -> Coroutine[Any, Any, None]:
        endpoints.extend(made(loop))
        sides = [each.side for each in endpoints]
        return versus(sides, callers, None, UserSpeech.SOUND, told.append, lambda: steps.append(1))

    virtual_time.run(began)
    return endpoints, told, len(steps)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionFailed("far.example: the key was refused"), "far.example: the key was refused"),
        (HungUp("the limit of $1 is reached"), "the limit of $1 is reached"),
        (SettingRefused("no such detection"), "no such detection"),
        (OSError(28, "No space left on device", "/far/talk.wav"), "/far/talk.wav: No space left on device"),
    ],
)
def test_an_endpoint_that_fails_takes_no_talk_from_the_others(caller: Caller, error: Exception, words: str) -> None:
    (near, far), told, _ = held(lambda loop: [Endpoint(loop, "near"), Endpoint(loop, "far", 0, error)], [caller])
    assert near.side.judgement.figures["R_R"].words == "1 of 1"  # type: ignore[union-attr]  # always there
    assert (near.side.failure, far.side.failure) == ("", words)
    assert told == [f"far: {words}: it is left out from here on, 0 of 1 talks with it are done"]
    assert (len(near.side.bills), far.side.judgements) == (1, [])


def test_a_line_that_drops_in_every_try_ends_that_endpoint_alone(caller: Caller) -> None:
    lost = Disturbed("the line was lost: close 1011")
    (near, far), told, _ = held(
        lambda loop: [Endpoint(loop, "near"), Endpoint(loop, "far", 1, lost)], [caller, caller, caller]
    )
    assert (len(near.side.judgements), len(far.side.judgements)) == (2, 1)
    assert far.asked == 1 + TRIES
    assert near.asked == 2, "nothing is left to compare it with"
    assert told[-1].startswith("far: the line was lost: close 1011, 3 times: it is left out from here on, 1 of 3 talks")


def test_two_that_are_left_are_compared_to_the_end(caller: Caller) -> None:
    refused = ConnectionFailed("gone")
    (first, second, third), _, steps = held(
        lambda loop: [Endpoint(loop, "a", 0, refused), Endpoint(loop, "b"), Endpoint(loop, "c")], [caller, caller]
    )
    assert [first.asked, second.asked, third.asked] == [1, 2, 2]
    assert [len(each.side.judgements) for each in (first, second, third)] == [0, 2, 2]
    assert steps == 5


def test_where_nobody_listens_it_is_tried_as_long_as_one_is_tried_and_told_why(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "LIVE_S", 40.0)

    def nobody(endpoint: object) -> AbstractAsyncContextManager[Transport]:
        raise ConnectionRefusedError(111, "Connection refused")

    def made(loop: VirtualLoop) -> list[Endpoint]:
        far = Endpoint(loop, "far")
        far.connect = nobody
        return [far, Endpoint(loop, "near")]

    (far, near), told, _ = held(made, [caller])
    assert (far.asked, len(near.side.judgements)) == (1, 1)
    why = "nobody listens there: not connected within 40 s"
    assert told == [f"far: {why}: it is left out from here on, 0 of 1 talks with it are done"]
