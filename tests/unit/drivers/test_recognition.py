"""The recogniser's worker: loaded when it is first needed, and whatever becomes of it, the talk goes on."""

from __future__ import annotations

import threading
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.recognition import RecogniserOptions, RecogniserWorker
from voice_tui.messages.inputs import Input, Reported
from voice_tui.messages.recognition import RecogniserReady, WriteDown, WrittenDown
from voice_tui.messages.talk import Announced

PCM = np.zeros(240, np.int16)


class Ears:
    """Counts what it is asked, and says on which thread."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem, self.heard = problem, 0
        self.threads: set[str] = set()

    def transcribe(self, pcm: Pcm) -> str:
        self.threads.add(threading.current_thread().name)
        self.heard += 1
        if self.problem is not None:
            raise self.problem
        return f" words {self.heard} "


def one_thread() -> Executor:
    return ThreadPoolExecutor(1, "ears")


def worker(ears: Ears | Exception) -> tuple[RecogniserWorker, list[Input], list[int]]:
    loads: list[int] = []

    def load() -> Ears:
        loads.append(1)
        if isinstance(ears, Exception):
            raise ears
        return ears

    told: list[Input] = []
    made = RecogniserWorker(RecogniserOptions(load, executor=one_thread), told.append)
    made.begin()
    return made, told, loads


def test_it_says_that_it_is_there_and_costs_nothing_until_it_is_asked() -> None:
    made, told, loads = worker(Ears())
    made.poll()
    made.end()
    assert told == [RecogniserReady("English")]
    assert loads == []


def test_it_is_loaded_once_and_hears_on_a_thread_of_its_own_in_order() -> None:
    made, told, loads = worker(ears := Ears())
    for row in ("a", "b"):
        made.write_down(WriteDown(row, PCM))
    made.end()
    assert told[1:] == [WrittenDown("a", "words 1"), WrittenDown("b", "words 2")]
    assert len(loads) == 1
    assert ears.threads.isdisjoint({threading.current_thread().name})


def test_one_that_fails_is_said_once_and_gives_no_words() -> None:
    for ears in (Ears(RuntimeError("no memory\nat all")), OSError("no file")):
        made, told, _ = worker(ears)
        for row in ("a", "b"):
            made.write_down(WriteDown(row, PCM))
        made.end()
        assert [each for each in told if isinstance(each, WrittenDown)] == [WrittenDown("a", ""), WrittenDown("b", "")]
        (said,) = [each.notice for each in told if isinstance(each, Reported)]
        assert isinstance(said, Announced)
        assert "\n" not in said.text


def test_without_one_nothing_is_said() -> None:
    told: list[Input] = []
    made = RecogniserWorker(None, told.append)
    made.begin()
    made.write_down(WriteDown("a", PCM))
    made.poll()
    made.end()
    assert told == []
