"""A caller tries an endpoint's settings on virtual time: talks of some seconds with the embedded server."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.simulation.people import LevelVoice, Speech
from tests.support.server_fakes import LoudIsSpeech
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.recording import shelf
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.call import Held, SettingRefused, hold
from voice_tui.rehearsal.caller import Caller, caller_of
from voice_tui.rehearsal.measured import judgement_of
from voice_tui.rehearsal.results import Setup
from voice_tui.rehearsal.talk import Models, in_memory
from voice_tui.rehearsal.tuning import Tuning, turnable
from voice_tui.rehearsal.virtual_time import VirtualLoop
from voice_tui.replay.judge.labels import Label, labels_path, write_labels
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.judge.timeline import Kind
from voice_tui.replay.sweep.grid import axis, combinations
from voice_tui.replay.sweep.trial import Settings

SPEECH = Speech()
QUESTION = SPEECH.say("Please tell me a story.")
HALF = len(QUESTION) // 2
Talking = Callable[[Caller, Settings, Path], Coroutine[Any, Any, Held]]


def pause(ms: int) -> Pcm:
    return np.zeros(ms * RATE // 1000, np.int16)


PAUSED = np.concatenate((pause(500), QUESTION[:HALF], pause(350), QUESTION[HALF:], pause(200)))
"""A question with a pause of 350 ms in it."""


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    soundfile.write(tmp_path / "call.wav", PAUSED, RATE)
    return caller_of(tmp_path / "call.wav")


def run(main: Callable[[Talking], Coroutine[Any, Any, None]]) -> None:
    """On virtual time, with what holds a talk."""

    def began(loop: VirtualLoop) -> Coroutine[Any, Any, None]:
        async def talk(caller: Caller, settings: Settings, folder: Path) -> Held:
            options = in_memory(loop, Models(SPEECH, LevelVoice(), LoudIsSpeech), "server-vad")
            return await hold(options, caller.pcm, settings, folder)

        return main(talk)

    virtual_time.run(began)


def test_the_known_best_is_found(caller: Caller) -> None:
    async def main(talk: Talking) -> None:
        grid = combinations([axis("silence_duration_ms=200,1500", turnable("server-vad"))])
        tuning = Tuning([caller], grid, Setup("here", "server-vad", UserSpeech.SOUND.value), talk)
        while await tuning.one():
            pass
        result = tuning.result(1.0)
        assert result is not None
        assert [row.trial.false for row in result.rows] == [1, 0]  # the pause is no end of a turn
        assert [row.trial.hits for row in (*result.rows, result.as_it_is)] == [1, 1, 1]
        assert result.as_it_is.trial.false == 0
        assert result.as_it_is.cost < min(row.cost for row in result.rows)
        (late,) = result.rows[1].trial.latencies_ms
        assert 1_500 <= late <= 1_700

    run(main)


def test_the_caller_begins_where_it_is_said_and_its_labels_come_along(caller: Caller, tmp_path: Path) -> None:
    write_labels(labels_path(caller.path), [Label(500, 2_200, kind=Kind.BACKCHANNEL)])
    labelled = caller_of(caller.path)

    async def main(talk: Talking) -> None:
        held = await talk(labelled, {}, tmp_path / "kept")
        left = soundfile.read(held.folder / shelf.TALK, dtype="int16")[0].T[0]
        onset_ms = np.flatnonzero(np.abs(left) > 500)[0] * 1000 / RATE
        assert abs(onset_ms - (held.begins_ms + 500)) <= 15
        assert judgement_of("talk", held, labelled, UserSpeech.SOUND).figures["S_BC"] is not None

    run(main)


def test_a_setting_that_is_not_there_is_one_line(caller: Caller, tmp_path: Path) -> None:
    async def main(talk: Talking) -> None:
        with pytest.raises(SettingRefused, match="effort: this model is not known to think"):
            await talk(caller, {"effort": 2.0}, tmp_path / "kept")

    run(main)
