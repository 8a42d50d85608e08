"""Esc acts at once, unless the user's environment says how long it waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import environment

PRINTS = "import voice_tui.ui.app; from textual import constants; print(constants.ESCAPE_DELAY)"


@pytest.mark.parametrize(("given", "delay_s"), [({}, "0.025"), ({"ESCDELAY": "300"}, "0.3")])
def test_esc_waits_so_long_for_the_rest_of_a_sequence(tmp_path: Path, given: dict[str, str], delay_s: str) -> None:
    own = environment(tmp_path)
    own.pop("ESCDELAY", None)
    done = subprocess.run([sys.executable, "-c", PRINTS], env=own | given, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == delay_s
