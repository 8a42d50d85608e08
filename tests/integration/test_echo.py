"""The echo test through real PortAudio, on a virtual sound card that has an echo, and on one that has none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.soundcard import Echo, SoundCard, sound_card
from tests.support.environment import environment

pytestmark = pytest.mark.wall_clock


def echo_test(card: SoundCard, folder: Path) -> dict[str, Any]:
    env = environment(folder) | card.environment
    command = [sys.executable, "-m", "tests.integration.echo_process"]
    root = Path(__file__).parents[2]
    run = subprocess.run(command, env=env, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    result: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    print(result)
    assert result["problems"] == ["", ""]
    return result


def test_an_echo_is_measured(tmp_path: Path) -> None:
    with sound_card(Echo(level_db=-20, delay_ms=60)) as card:
        result = echo_test(card, tmp_path)
    assert result["finding"] == "heard"
    assert result["leakage_db"] == pytest.approx(-20, abs=3)
    assert 20 <= result["delay_ms"] <= 300
    if not result["jumps"]:  # a card that a busy machine lets starve; what an echo that moves leaves is not judged
        assert result["erle_db"] > 3


def test_no_echo_is_not_heard(tmp_path: Path) -> None:
    with sound_card() as card:
        result = echo_test(card, tmp_path)
    assert result["finding"] == "not heard"
    assert result["leakage_db"] is None
    assert result["below_db"] < -60
