"""A sweep in real time that is broken off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from voice_tui.cli.tuning import _all


class Deaf:
    """Trials of which each swallows the Ctrl-C that comes as it ends."""

    def __init__(self) -> None:
        self.made = 0

    async def one(self, tell: Callable[[str], None]) -> Any:
        self.made += 1
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        return SimpleNamespace(cost=None) if self.made < 4 else None


async def test_ctrl_c_that_a_trial_swallowed_ends_the_sweep_behind_it() -> None:
    trials: Any = Deaf()
    sweep = asyncio.create_task(_all(trials, 3))
    with pytest.raises(asyncio.CancelledError):
        await sweep
    assert trials.made == 1
