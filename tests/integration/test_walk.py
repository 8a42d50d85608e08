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


def test_a_newcomer_does_twelve_tasks(tmp_path: Path, local_voice: object) -> None:
    assert len(TASKS) == 12
    with afternoon(tmp_path) as walk:
        for task in TASKS:
            task.do(walk)
        assert "Traceback" not in (tmp_path / "voice-tui.log").read_text(encoding="utf-8")
