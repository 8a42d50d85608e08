"""A newcomer's afternoon in a real terminal, task by task."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.integration.walk import TASKS, afternoon

pytestmark = [
    pytest.mark.wall_clock,
    pytest.mark.outside,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids="{0[0]}x{0[1]}".format)
def test_a_newcomer_does_twelve_tasks(tmp_path: Path, local_voice: object, size: tuple[int, int]) -> None:
    assert len(TASKS) == 12
    with afternoon(tmp_path, size) as walk:
        for task in TASKS:
            task.do(walk)
        assert "Traceback" not in (tmp_path / "voice-tui.log").read_text(encoding="utf-8")
