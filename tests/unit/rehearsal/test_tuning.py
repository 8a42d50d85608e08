"""The trials of a sweep with an endpoint: which there are, what is kept of them, what comes between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.messages.usage import Bill
from voice_tui.rehearsal import tuning as module
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.call import Disturbed, Held
from voice_tui.rehearsal.caller import Caller, caller_of
from voice_tui.rehearsal.results import Results, Setup, results_path
from voice_tui.rehearsal.tuning import Tuning, on_steps, turnable
from voice_tui.replay.judge.labels import Label, labels_path, write_labels
from voice_tui.replay.judge.timeline import Kind
from voice_tui.replay.sweep.grid import GridError, axis, combinations
from voice_tui.replay.sweep.trial import Settings, Trial

GRID = combinations([axis("silence_duration_ms=200,600,1500", turnable("server-vad"))])
SETUP = Setup("somewhere/demo", "server-vad", "sound")


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    soundfile.write(tmp_path / "call.wav", np.full(RATE, 3_000, np.int16), RATE)
    return caller_of(tmp_path / "call.wav")


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short silence ends turns too early, a long one late."""

    def trial_of(held: Held, *_: object) -> Trial:
        silence_ms = float(held.folder.name)
        return Trial(1, 1, (silence_ms,), int(silence_ms < 500), 10_000)

    monkeypatch.setattr(module, "trial_of", trial_of)


class Talks:
    """What was held; some of it goes wrong first."""

    def __init__(self, *wrong: Exception | str) -> None:
        self.held: list[float] = []
        self._wrong = list(wrong)

    async def __call__(self, caller: Caller, settings: Settings, folder: Path) -> Held:
        wrong = self._wrong.pop(0) if self._wrong else ""
        if isinstance(wrong, Exception):
            raise wrong
        self.held.append(settings["silence_duration_ms"])
        return Held(Path(f"{settings['silence_duration_ms']:g}"), 0, Bill(), wrong)


async def all_of(tuning: Tuning) -> None:
    while await tuning.one():
        pass


def run(main: Coroutine[Any, Any, Any]) -> Any:
    return virtual_time.run(lambda loop: main)


def test_the_best_is_found_and_every_trial_is_kept_beside_the_recording(caller: Caller) -> None:
    talks = Talks()
    tuning = Tuning([caller], GRID, SETUP, talks)
    assert tuning.count == 4
    assert tuning.seconds() > 4
    run(all_of(tuning))
    result = tuning.result(1.0)
    assert result is not None
    assert talks.held == [500, 200, 600, 1500]  # first the preset as it stands: with it all others are compared
    assert result.best.settings == {"silence_duration_ms": 600}
    assert result.as_it_is.trial.latencies_ms == (500,)
    lines = [json.loads(line) for line in results_path(caller.path).read_text().splitlines()]
    assert [line["settings"]["silence_duration_ms"] for line in lines] == talks.held


def test_what_is_done_is_not_done_again(caller: Caller) -> None:
    first, second = Talks(), Talks()
    tuning = Tuning([caller], GRID, SETUP, first)
    run(tuning.one())
    run(tuning.one())
    with results_path(caller.path).open("ab") as file:
        file.write(b'{"version": 1, "caller')  # a process that was ended as it wrote
    again = Tuning([caller], GRID, SETUP, second)
    found = again.result(1.0)
    assert found is not None
    assert [row.settings for row in found.rows] == [{"silence_duration_ms": 200}]  # of what is done
    run(all_of(again))
    assert (first.held, second.held) == ([500, 200], [600, 1500])
    assert not Tuning([caller], GRID, SETUP, Talks()).left()


@pytest.mark.parametrize("change", [{"where": "elsewhere/demo"}, {"preset": "natural"}, {"speech": "voice"}])
def test_trials_of_something_else_do_not_count(caller: Caller, change: dict[str, str]) -> None:
    run(all_of(Tuning([caller], GRID, SETUP, Talks())))
    assert len(Tuning([caller], GRID, replace(SETUP, **change), Talks()).left()) == 4


def test_nor_those_of_another_caller_or_of_other_labels(caller: Caller) -> None:
    run(all_of(Tuning([caller], GRID, SETUP, Talks())))
    write_labels(labels_path(caller.path), [Label(0, 500, kind=Kind.BACKCHANNEL)])
    assert len(Tuning([caller_of(caller.path)], GRID, SETUP, Talks()).left()) == 4


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{}",
        b"\xff",
        b'{"trial": 1}',
        b'{"hits": 1, "wanted": 1, "latencies_ms": [NaN], "false": 0, "of_ms": 1}',
        b'{"hits": 1, "wanted": 1, "latencies_ms": [], "false": 0, "of_ms": 1}',
        b'{"hits": -1, "wanted": 1, "latencies_ms": [], "false": 0, "of_ms": 1}',
    ],
)
def test_a_line_that_is_no_result_is_nobodys(caller: Caller, line: bytes) -> None:
    results = Results(caller, SETUP)
    results.keep({"silence_duration_ms": 200}, Trial(1, 1, (5.0,), 0, 10), {})
    told = json.loads(results.path.read_text())
    broken = line if b'"hits"' not in line else json.dumps({**told, "trial": json.loads(line)}).encode()
    results.path.write_bytes(broken + b"\n")
    assert Results(caller, SETUP).of({"silence_duration_ms": 200}) is None


def test_a_lost_line_is_another_try_and_then_the_end(caller: Caller) -> None:
    lost = Disturbed("the line was lost: close 1006")
    tuning = Tuning([caller], GRID, SETUP, Talks(lost, "", lost, lost, lost))
    said: list[str] = []

    async def main() -> float:
        assert await tuning.one(said.append) is not None
        assert said == ["the line was lost: close 1006: this talk is held again in 5 s"]
        began = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionFailed, match="close 1006, 3 times"):
            await tuning.one(said.append)
        return asyncio.get_running_loop().time() - began

    assert run(main()) == pytest.approx(15)  # the pauses grow
    assert len(tuning.left()) == 3


def test_an_answer_that_failed_is_another_try_and_then_how_the_endpoint_is(caller: Caller) -> None:
    talks = Talks("the answer failed: rate limit", "", "x", "x", "x")
    tuning = Tuning([caller], GRID, SETUP, talks)

    async def main() -> None:
        assert await tuning.one() is not None
        assert await tuning.one() is not None

    run(main())
    assert talks.held == [500, 500, 200, 200, 200]
    kept = [json.loads(line)["remark"] for line in results_path(caller.path).read_text().splitlines()]
    assert kept == ["", "x"]


def test_values_stand_on_the_steps_of_their_knob_and_only_what_acts_can_be_turned(caller: Caller) -> None:
    assert on_steps(axis("silence_duration_ms=210,220,400", turnable("server-vad"))).values == (200, 400)
    assert "patience_s" not in turnable("server-vad")
    with pytest.raises(GridError, match="sureness: no such setting here"):
        Tuning([caller], [{"sureness": 4}], SETUP, Talks())


def test_an_endpoint_with_little_left_of_its_budgets_is_left_alone_first(caller: Caller) -> None:
    class Tired(Talks):
        async def __call__(self, caller: Caller, settings: Settings, folder: Path) -> Held:
            held = await super().__call__(caller, settings, folder)
            return replace(held, rest_s=40.0 if len(self.held) == 1 else 0.0)

    tuning, said = Tuning([caller], GRID, SETUP, Tired()), list[str]()

    async def main() -> list[float]:
        clock = asyncio.get_running_loop().time
        took = []
        for _ in range(3):
            began = clock()
            assert await tuning.one(said.append)
            took.append(clock() - began)
        return took

    assert run(main()) == pytest.approx([0, 40, 0])  # what was paid for is kept before the rest
    assert said == ["little is left of the endpoint's limits of rate: it is left alone for 40 s"]
