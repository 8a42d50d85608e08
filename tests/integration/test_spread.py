"""Work on all cores ends when its program is told to: it leaves no process, no file, and no story of each process."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.environment import environment

pytestmark = [pytest.mark.wall_clock, pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal")]

PATIENCE_S = 60.0  # of the part of an hour that the work would take


async def at_work(folder: Path) -> None:
    """Until both processes have begun."""
    async with asyncio.timeout(PATIENCE_S):
        while len(left(folder)) < 2:  # noqa: ASYNC110  # of other processes no event tells
            await asyncio.sleep(0.05)


def left(folder: Path) -> list[Path]:
    return list(folder.glob("tmp*"))


@pytest.mark.parametrize("kill", [os.killpg, os.kill], ids=["as a terminal does", "the program alone"])
async def test_ctrl_c_ends_all_of_it(tmp_path: Path, kill: Callable[[int, int], None]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.long_work", str(tmp_path)),
        env=environment(tmp_path),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        await at_work(tmp_path)
        kill(process.pid, signal.SIGINT)
        async with asyncio.timeout(PATIENCE_S):
            out, _ = await process.communicate()  # its processes have the same output: they are all gone
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode not in (0, None)
    assert out.decode().count("KeyboardInterrupt") == 1, "the program's own, which a command tells in a line"
    assert "Process" not in out.decode()
    assert left(tmp_path) == []
