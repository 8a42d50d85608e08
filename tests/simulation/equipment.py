"""What a conversation may have beside it, on a world's time: a memory, and voiceprints."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.simulation.world import World
from voice_tui.audio.voices.dvector import best_voiceprinter
from voice_tui.audio.voices.voiceprint import Voiceprinter
from voice_tui.drivers.memory.options import MemoryOptions, open_memory
from voice_tui.drivers.recognition import RecogniserOptions
from voice_tui.drivers.voices.worker import VoiceprintOptions
from voice_tui.memory.embedding import Embedder, best_embedder
from voice_tui.rehearsal.virtual_time import InlineExecutor

REMEMBERING_S, TELLING_APART_S, WRITING_S = 0.005, 0.03, 0.3  # what each call takes


def memory(world: World, path: Path) -> MemoryOptions:
    """A memory; made before the loop runs.

    Args:
        world: Whose time it is on.
        path: Where it is kept.
    """
    loop = world.loop
    return open_memory(path, world.clock, embedder=_embedder, executor=lambda: InlineExecutor(loop, REMEMBERING_S))


def voiceprints(world: World, path: Path | None = None, *, stores: bool = True) -> VoiceprintOptions:
    """Voices told apart.

    Args:
        world: Whose time it is on.
        path, stores: See `VoiceprintOptions`.
    """
    loop = world.loop
    return VoiceprintOptions(world.clock, path, stores, _voiceprinter, lambda: InlineExecutor(loop, TELLING_APART_S))


def own_recogniser(world: World) -> RecogniserOptions:
    """Ours, with ears for the caller's words."""
    loop = world.loop
    return RecogniserOptions(lambda: world.speech, executor=lambda: InlineExecutor(loop, WRITING_S))


@cache
def _embedder() -> Embedder:
    """Loaded once."""
    return best_embedder()


@cache
def _voiceprinter() -> Voiceprinter:
    """Loaded once."""
    return best_voiceprinter()
