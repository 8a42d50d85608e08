"""`voice-tui test` as a CI job runs it: a process, its embedded server, and the clock on the wall."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.environment import environment

pytestmark = pytest.mark.wall_clock

LIMIT_S = 120


def test_scenarios_are_played_one_after_the_other_with_one_server(local_voice: object, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voice_tui", "test", "tool-call", "memory", "--junit", str(tmp_path / "report.xml")],
        capture_output=True, text=True, timeout=LIMIT_S, env=environment(tmp_path), stdin=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[-1] == "2 passed, 0 failed"
    cases = ET.parse(tmp_path / "report.xml").findall(".//testcase")
    assert [case.get("name") for case in cases] == ["a tool is called", "the context remembers"]
    assert not [*(tmp_path / "voice-tui" / "failures").glob("*")]
