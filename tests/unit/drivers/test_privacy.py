"""Privacy is decided in one place: memory and voices follow, in whatever state either is."""

from __future__ import annotations

from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.memory_held import LISBON, options_at
from voice_tui.audio.voices.voiceprint import CepstralVoiceprinter
from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.memory.options import MemoryOptions
from voice_tui.drivers.memory.thread import Memory
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.voices.worker import VoiceprintOptions
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.memory import KeepFacts, MemoryChanged, SetPrivate
from voice_tui.messages.notices import Notice
from voice_tui.messages.speakers import KeepVoices, KnownVoice

ALICE = KnownVoice("Alice", np.eye(1, CepstralVoiceprinter.dim, dtype=np.float32)[0], 10.0, 5.0)


async def nowhere() -> Endpoint:
    raise AssertionError("nobody connects here")


def taken(memory: Memory) -> int:
    """How many facts there were; now there is none."""
    facts = memory.store.facts.page(limit=-1)
    for fact in facts:
        memory.store.facts.forget(fact.id)
    return len(facts)


class Household:
    """A conversation that never begins, with a memory and a file of voices."""

    def __init__(self, folder: Path, memory: str, *, private: bool) -> None:
        self.file = folder / "voices.json"
        self.memory: MemoryOptions | None = None
        if memory != "none":
            self.memory = options_at(folder / "memory.db", problem="the disk is gone" if memory == "broken" else "")
        self.notices: list[Notice] = []
        self._said_s = ALICE.seconds
        voices = VoiceprintOptions(lambda: 5.0, self.file, printer=CepstralVoiceprinter)
        options = RunnerOptions(nowhere, memory=self.memory, voices=voices, private=private)
        self.runner = ConversationRunner(options, self.notices.append)
        self.runner._workers.memory.begin()
        self.runner._drain()

    @property
    def shown(self) -> bool:
        """What the status bar says."""
        return [n for n in self.notices if isinstance(n, MemoryChanged)][-1].private

    def stores_voices(self) -> bool:
        self.file.unlink(missing_ok=True)
        self._said_s += 1  # what a run has stored and another took away does not come back: it must have become another
        self.runner._workers.voices.carry_out(KeepVoices((replace(ALICE, seconds=self._said_s),)))
        wait(self.runner._workers.voices._writes, 10)
        self.runner._workers.voices.poll()
        return self.file.exists()

    def stores_facts(self) -> bool:
        assert self.memory is not None
        self.runner.request(KeepFacts((LISBON,)))
        return self.memory.memory.submit(taken).result(10) == 1

    def close(self) -> None:
        self.runner._workers.voices.end()
        if self.memory is not None:
            self.memory.close()


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("memory", ["on", "none", "broken"])
def test_what_is_shown_holds_for_memory_and_voices(tmp_path: Path, memory: str, private: bool) -> None:
    home = Household(tmp_path, memory, private=private)
    expected = private
    for wish in (None, None, True, True, None, False, None):
        assert home.shown == expected
        assert home.stores_voices() == (not expected)
        if memory == "on":
            assert home.stores_facts() == (not expected)
        home.runner.request(SetPrivate(wish))
        expected = not expected if wish is None else wish
    home.close()
