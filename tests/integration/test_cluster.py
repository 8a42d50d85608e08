"""Judging and sweeping on a Dask cluster: a scheduler and two workers on this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import environment
from tests.support.slow_work import slowly
from tests.support.stereo_talks import StereoTalk

pytest.importorskip("distributed", reason='needs a cluster: pip install "voice-tui[cluster]"')

from voice_tui.replay import cluster

pytestmark = pytest.mark.outside

LIMIT_S = 240
TALKS = {
    "a.wav": StereoTalk(8, [(0.5, 1.5), (4, 6)], [(2, 5)]),
    "b.wav": StereoTalk(8, [(0.5, 1.5), (5, 6)], [(2.5, 5.5)]),
    "c.wav": StereoTalk(8, [(0.5, 1.5)], [(3, 5)]),
}
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def process(folder: Path, *command: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "dask.log").open("ab") as log:
        one = subprocess.Popen(
            [sys.executable, *command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder,
            env={**environment(folder), "PYTHONPATH": str(ROOT), **more},
        )  # fmt: skip
    try:
        yield one
    finally:
        one.kill()
        one.wait()


Cluster = tuple[str, list[subprocess.Popen[bytes]]]


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    """Address of a scheduler, and its two workers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = ("-m", "dask", "scheduler", "--host", address, "--no-dashboard", "--no-show")
    worker = ("-m", "dask", "worker", address, "--no-nanny", "--no-dashboard", "--nthreads", "1")
    with ExitStack() as everybody:
        everybody.enter_context(process(tmp_path, *scheduler))
        workers = [everybody.enter_context(process(tmp_path, *worker)) for _ in range(2)]
        import distributed

        connect: Any = distributed.Client
        with connect(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, workers


def voice_tui(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voice_tui", *arguments], capture_output=True, text=True, timeout=LIMIT_S, cwd=folder,
        env={**environment(folder), "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_results_are_those_of_this_machine(dask: Cluster, tmp_path: Path) -> None:
    address, _ = dask
    calls = tmp_path / "calls"
    calls.mkdir()
    for name, talk in TALKS.items():
        talk.save(calls / name)
    (calls / "broken.wav").write_text("no recording")
    judge = ("judge", "calls", "--json")
    sweep = ("lab", "sweep", "calls", "--preset", "step4-cancel", "--param", "debounce_ms=0,300", "--json")
    for command in (judge, sweep):
        here, there = voice_tui(tmp_path, *command), voice_tui(tmp_path, *command, "--scheduler", address)
        assert there.returncode == here.returncode, there.stderr
        assert there.stdout == here.stdout
        assert len(here.stdout.splitlines()) == 4 if command is judge else 3
        assert "broken.wav" in here.stderr
        assert there.stderr.replace(str(tmp_path) + "/", "") == here.stderr


def test_a_worker_that_is_killed_costs_nothing_but_time(dask: Cluster) -> None:
    address, workers = dask
    found: dict[int, int] = {}
    for i, result in cluster.spread(slowly, list(range(8)), address):
        found[i] = result
        if len(found) == 1:
            os.kill(workers[0].pid, signal.SIGKILL)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert found == {i: slowly(i, 0) for i in range(8)}


def test_what_is_wrong_is_one_line(dask: Cluster, tmp_path: Path) -> None:
    address, _ = dask
    TALKS["c.wav"].save(tmp_path / "c.wav")
    nobody = f"tcp://127.0.0.1:{free_port()}"
    done = voice_tui(tmp_path, "judge", "c.wav", "--scheduler", nobody)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: --scheduler: {nobody} can't be reached")
    assert len(done.stderr.splitlines()) == 1
    with pytest.raises(cluster.ClusterError, match=r"can't read .*nowhere\.wav: it has to be there"):
        list(cluster.spread(slowly, [1], address, [tmp_path / "nowhere.wav"]))


def test_other_versions_are_not_mixed(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    address, _ = dask
    here = cluster._versions()
    monkeypatch.setattr(cluster, "_versions", _Other({**here, "numpy": "1.0"}))
    with pytest.raises(cluster.ClusterError, match=r"worker tcp://.*: numpy is .* there and 1\.0 here"):
        list(cluster.spread(slowly, [1], address))


class _Other:
    """What is installed here, as if it were something else; a worker that gets it says what it has itself."""

    def __init__(self, versions: dict[str, str]) -> None:
        self._versions = versions

    def __call__(self) -> dict[str, str]:
        return self._versions

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (cluster, "_versions")
