"""A sound card that goes in mid-answer and comes back, with real PortAudio."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.integration.soundcard import SoundCard, unplugged_card

pytestmark = [pytest.mark.wall_clock, pytest.mark.outside]

ANSWER = 5 * 24_000
PROGRAM = f"""
import json, sys, threading, time
import numpy as np
from voice_tui.drivers.devices.watch import DeviceWatch
from voice_tui.drivers.equipment import Equipment
from voice_tui.drivers.options import RunnerOptions
from voice_tui.messages.inputs import Reported

def told(what):
    if isinstance(what, Reported):
        print(json.dumps([type(what.notice).__name__, repr(what.notice), handed()]), flush=True)

def handed():
    return equipment.speaker.ring.handed if "equipment" in globals() else 0

equipment = Equipment(RunnerOptions(resolve=None, watch=DeviceWatch()), told)
equipment.open(time.monotonic())
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
equipment.speaker.play(np.ones({ANSWER}, np.int16).tobytes())
looked = 0.0
while not over.is_set():
    now = time.monotonic()
    equipment.read(now)
    equipment.speaker.progress(now)
    if now - looked > 0.25:
        looked = now
        equipment.look(now)
        print(json.dumps(["played" if handed() else "silent", "", handed()]), flush=True)
    time.sleep(0.01)
print(json.dumps(["end", "", handed()]), flush=True)
equipment.close()
"""


def until(run: subprocess.Popen[str], fits: Callable[[str, str], bool]) -> int:
    """Read on until it is told; gives what had been handed to the loudspeaker by then, samples."""
    assert run.stdout is not None
    for line in run.stdout:
        name, words, handed = json.loads(line)
        if fits(name, words):
            return int(handed)
    raise AssertionError("it was never told")


def test_a_card_that_goes_pauses_the_answer_and_that_comes_back_plays_the_rest_of_it() -> None:
    with unplugged_card() as card:
        _go_and_come(card)


def _go_and_come(card: SoundCard) -> None:
    with card.up(None):
        run = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], env=card.environment_of_programs, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(run, lambda name, words: name == "played")
    try:
        held = until(run, lambda name, words: name == "DevicesChanged" and 'speaker_problem="' in words)
        assert 0 < held < ANSWER
        with card.up(None):
            back = until(run, lambda name, words: name == "DevicesChanged" and "speaker_problem=''" in words)
            assert held <= back < held + ANSWER / 10  # the device has begun when it is told
            assert run.stdin is not None
            until(run, lambda name, words: "loudspeaker" in words and "is there" in words)
            while until(run, lambda name, words: name == "played") < ANSWER:
                pass  # the rest of it is played
            run.stdin.write("\n")
            run.stdin.flush()
            assert until(run, lambda name, words: name == "end") == ANSWER
    finally:
        run.kill()
        run.wait()
        for stream in (run.stdin, run.stdout):
            if stream is not None:
                stream.close()
