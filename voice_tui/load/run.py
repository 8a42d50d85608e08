"""What the users of one process of a load share: one clock for all microphones, one count, the frames for the wire."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

import gevent
import psutil

from voice_tui.endpoints.families import Codec
from voice_tui.endpoints.providers import Endpoint
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.load.metronome import Metronome
from voice_tui.load.speech import Utterance
from voice_tui.load.tally import Tally
from voice_tui.load.turns import Mark

STAYS_EVERY = 10
"""Sessions."""


class Failed(Exception):
    """Something was not answered; the text is its code."""


class Run:
    """One process of a load.

    Args:
        target: Where all its sessions go.
        seed: Of every accident.
        name: Of this process among the others: each has accidents of its own.
        preset: How turns are taken by all of a client; "": by the few events that a talk needs.
    """

    def __init__(self, target: Endpoint, seed: int, name: str, preset: str = "") -> None:
        self.endpoint, self.preset = target, preset
        self.tally = Tally()
        self.metronome = Metronome(time.perf_counter, gevent.sleep, self.tally.lag)
        self._seed, self._name, self._numbers = seed, name, count()
        self._frames: dict[int, tuple[Utterance, tuple[bytes, ...]]] = {}  # an utterance is long: its id is its key
        self._began, self._began_cpu = time.perf_counter(), time.process_time()
        random.seed(f"{seed} {name}")  # which task comes next is Locust's choice, by this
        self._process = psutil.Process()
        self._most_open = self._stays_next = 0
        gc.collect()
        gc.freeze()
        self._beats = gevent.spawn(self.metronome.run)

    def opened(self) -> None:
        """A session is open, and counted.

        What is there while more are open than ever stays: the garbage collector looks at none of it again, which would
        hold the microphones of 600 sessions up for as long as a frame, every three seconds.
        """
        if self.tally.open > self._most_open:
            self._most_open = self.tally.open
            if self._most_open >= self._stays_next:
                self._stays_next = self._most_open + STAYS_EVERY
                gc.freeze()

    def chance(self) -> Random:
        """The chance of one more user."""
        return Random(f"{self._seed} {self._name} {next(self._numbers)}")

    def written(self, codec: Codec) -> Callable[[Utterance], tuple[bytes, ...]]:
        """Frames as a connection writes them: all connections of a run agree on one format, so once is enough."""

        def write(utterance: Utterance) -> tuple[bytes, ...]:
            if id(utterance) not in self._frames:
                frames = tuple(codec.encode(ce.InputAudioBufferAppend(audio=frame)) for frame in utterance.frames)
                self._frames[id(utterance)] = utterance, frames
            return self._frames[id(utterance)][1]

        return write

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.perf_counter() - self._began

    def counted(self) -> Tally:
        """What it has counted until now."""
        self.tally.memory = max(self.tally.memory, self._process.memory_info().rss)
        self.tally.cpu = (time.process_time() - self._began_cpu) / max(self.seconds, 1e-3)
        return self.tally

    def tell(self, environment: Any, mark: Mark) -> None:
        """Tell Locust. What failed has no time there: percentiles speak of what was answered."""
        environment.events.request.fire(
            request_type="",
            name=mark.name,
            response_time=None if mark.code else mark.seconds * 1000,
            response_length=0,
            exception=Failed(mark.code) if mark.code else None,
            context={},
        )

    def stop(self) -> None:
        """Send no frames any more."""
        self._beats.kill(block=False)
