"""``voice-tui`` as a user types it, in this process and on virtual time: the embedded server is the world's."""

from __future__ import annotations

import json
import logging
import os
import wave
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from tests.simulation import equipment
from tests.simulation.people import Cast
from tests.simulation.real import real
from tests.simulation.world import World
from tests.support.conversation import Conversation
from tests.support.environment import environment
from tests.support.workshop import LoopWorkshop
from tests.wire import read
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.cli import configuration, scenarios, tools
from voice_tui.cli import talk as talk_command
from voice_tui.cli.main import main as voice_tui
from voice_tui.conversation.turn_taking import table
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.drivers.memory import options as memory_options
from voice_tui.drivers.voices import worker as voices_worker
from voice_tui.messages.presets import Detector
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.virtual_time import VirtualLoop

CALL_S = 0.02  # what each call of a tool takes


@dataclass(frozen=True)
class Done:
    """A command that has ended.

    Attributes:
        out, err: What it printed.
        code: Its exit code.
    """

    out: str
    err: str
    code: int


def run(
    folder: Path,
    *arguments: str,
    days: float = 0.0,
    cast: Callable[[], Cast] = real,
    act: Callable[[World], None] = lambda world: None,
) -> Done:
    """Run a command to its end.

    Args:
        folder: The user's: everything that is kept is kept there.
        arguments: Of the command line.
        days: How much later than the first day it is.
        cast: Who hears and speaks.
        act: Changes the world before it begins.
    """
    loop = VirtualLoop()
    world = World(loop, 0, cast=cast, days=days)
    act(world)
    with _inside(world, folder):
        result = CliRunner().invoke(voice_tui, arguments)
    loop.close()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.stdout, result.stderr, result.exit_code)


def talk(folder: Path, *arguments: str, cast: Callable[[], Cast] = real) -> Conversation:
    """``voice-tui talk`` to its end, with what it leaves behind; logs and recording lie in the folder."""
    speaker, log = folder / "speaker.wav", folder / "events.jsonl"
    done = run(folder, "talk", "--json", "--speaker", str(speaker), "--events", str(log), *arguments, cast=cast)
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in done.out.splitlines()]
    notices = [(line["notice"], line["t"], line["data"]) for line in lines[:-1]]
    return Conversation(notices, lines[-1]["summary"], read(log), read_recording(speaker).pcm)


def wav(path: Path, pcm: Pcm) -> str:
    """A recording that can be spoken into the microphone: what to give ``--mic``."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm.tobytes())
    return str(path)


@contextmanager
def _inside(world: World, folder: Path) -> Iterator[None]:
    """The command's doors lead into the world."""

    def run_here(main: Coroutine[Any, Any, Any]) -> Any:
        return virtual_time.run(lambda loop: main, world.loop)

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        with pytest.MonkeyPatch.context() as doors, patch.dict(os.environ, environment(folder), clear=True):
            doors.chdir(folder)
            for module in (talk_command, scenarios):
                doors.setattr(module, "asyncio", SimpleNamespace(run=run_here))
                doors.setattr(module, "RunnerOptions", world.reached)
                # What is heap now stays garbage of the tests.
                doors.setattr(module, "prepare_interpreter", lambda: None)
                doors.setattr(module, "synthesiser", lambda: world.speech.say)
            doors.setitem(table.DETECTORS, Detector.NATURAL, world.cast.natural)
            doors.setattr(configuration, "clock", world.clock)
            doors.setattr(tools, "ToolThreads", lambda: LoopWorkshop(world.loop, CALL_S))
            doors.setattr(memory_options, "open_memory", lambda path, now: equipment.memory(world, path))
            doors.setattr(
                voices_worker,
                "VoiceprintOptions",
                lambda now, path, stores: equipment.voiceprints(world, path, stores=stores),
            )
            yield
    finally:
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
