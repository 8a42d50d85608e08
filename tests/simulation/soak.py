"""A conversation that lasts: what grows in it that should not.

    python -m tests.simulation.soak [--minutes 60] [--preset server-vad]

It is held on virtual time, in one process with the embedded server. Printed are what the process takes after twenty
minutes and at its end, what came into being in between by file, and what is open at both moments.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import os
import sys
import threading
import tracemalloc
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tests.simulation.people import RecordedSpeaker, Speech
from tests.simulation.world import World, simulate
from tests.support.arguments import above_zero
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Interrupted, Phase, PhaseChanged

SENTENCES = ("What is twelve plus two?", "Please tell me the time.", "I have nine apples.", "Tell me a long story.")
INTERRUPTED = "Tell me a long story."
WARM_MINUTES = 20.0  # before anything is counted: the five minutes of audio that a server keeps are full by then
MOST_GROWTH = 0.05  # of what the process takes
PAGE = os.sysconf("SC_PAGE_SIZE")


class ForgetfulListener(RecordedSpeaker):
    """Keeps nothing of what is heard."""

    def hear(self, block: Pcm) -> None:
        """Nobody asks for it."""


class LongWorld(World):
    """Keeps nothing of what happens in it but how often."""

    turns = interrupted = 0

    def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
        """Wire events are not kept."""

    def note(self, kind: str, words: str) -> None:
        """Nor is a trace."""

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, PhaseChanged):
            self.phase = notice.phase
        elif isinstance(notice, Interrupted):
            self.interrupted += 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What the process takes.

    Attributes:
        resident: Bytes of memory.
        objects: That the collector knows.
        tasks, threads, files: That are alive or open.
    """

    resident: int
    objects: int
    tasks: int
    threads: int
    files: int

    @classmethod
    def now(cls) -> Taken:
        """At this moment, without garbage and without what the allocator holds back."""
        gc.collect()
        if sys.platform == "linux":
            ctypes.CDLL(None).malloc_trim(0)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        files = len(os.listdir("/proc/self/fd"))
        return cls(pages * PAGE, len(gc.get_objects()), len(asyncio.all_tasks()), threading.active_count(), files)

    def __str__(self) -> str:
        size = f"{self.resident / 1e6:.1f} MB"
        return f"{size}, {self.objects} objects, {self.tasks} tasks, {self.threads} threads, {self.files} files"


@dataclass(frozen=True, slots=True)
class Soaked:
    """A long talk: what was taken early and late, and what became of it."""

    early: Taken
    late: Taken
    turns: int
    interruptions: int
    grown: tuple[str, ...]

    @property
    def growth(self) -> float:
        """Of the memory, as a share of what was taken early."""
        return self.late.resident / self.early.resident - 1

    @property
    def leaks(self) -> bool:
        """Tasks, threads or files came and did not go."""
        early, late = self.early, self.late
        return (early.tasks, early.threads, early.files) != (late.tasks, late.threads, late.files)


def soak(minutes: float, preset: str, *, warm: float = WARM_MINUTES, traced: bool = False) -> Soaked:
    """Hold a talk of so many virtual minutes.

    Args:
        minutes: How long.
        preset: How turns are taken.
        warm: Minutes before anything is counted.
        traced: Find out where memory was asked for; that takes several times as long.
    """
    taken: list[Taken] = []
    traces: list[tracemalloc.Snapshot] = []

    def look() -> None:
        taken.append(Taken.now())
        if traced:
            traces.append(tracemalloc.take_snapshot())

    async def talk(world: World) -> None:
        assert isinstance(world, LongWorld)
        speech = world.speech
        assert isinstance(speech, Speech)
        await world.live()
        for text in SENTENCES:
            speech.say(text)
        for number, text in cycle(enumerate(SENTENCES)):
            sentence = speech.pcm(number, text)
            world.microphone.say(sentence)
            await world.until(lambda: world.microphone.finished, "it is said")
            world.turns += 1
            if text == INTERRUPTED:
                await world.answering(ms=1500)
                world.microphone.say(speech.pcm(0, SENTENCES[0]))
                world.turns += 1
            await world.until(lambda: world.phase is not Phase.LISTENING, "something happens")
            await world.quiet(2.0)
            if not taken and world.now > warm * 60:
                look()
            if world.now > minutes * 60:
                look()
                return

    if traced:
        tracemalloc.start()
    worlds: list[LongWorld] = []

    def speaker(world: World) -> dict[str, object]:
        assert isinstance(world, LongWorld)
        worlds.append(world)
        return {"open_speaker": lambda name: ForgetfulListener()}

    simulate(talk, preset=preset, world=LongWorld, equipment=speaker, session_limit_s=minutes * 120)
    grown: tuple[str, ...] = ()
    if traced:
        lines = traces[1].compare_to(traces[0], "lineno")
        grown = tuple(str(line) for line in lines[:25])
        tracemalloc.stop()
    return Soaked(taken[0], taken[1], worlds[0].turns, worlds[0].interrupted, grown)


def main() -> int:
    """Hold the talk and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=above_zero, default=60)
    parser.add_argument("--preset", choices=list(PRESETS), default="server-vad")
    parser.add_argument("--traced", action="store_true", help="say where memory was asked for")
    options = parser.parse_args()
    warm = min(WARM_MINUTES, options.minutes / 3)
    found = soak(options.minutes, options.preset, warm=warm, traced=options.traced)
    print(f"{options.minutes:g} minutes, {options.preset}: {found.turns} turns, {found.interruptions} interruptions")
    print(f"early: {found.early}\nlate:  {found.late}\ngrowth of memory {100 * found.growth:+.1f} %")
    print(*found.grown, sep="\n")
    return int(found.leaks or found.growth > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
