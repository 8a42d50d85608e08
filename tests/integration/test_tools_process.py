"""The console in a real terminal while tools print, and while what they start prints: nothing of it is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.terminal import Terminal

pytestmark = pytest.mark.wall_clock

NOISES = ("import", "print", "error", "warning", "logging", "child", "offspring", "input", "typed")
NOISY = '''
import logging, subprocess, sys, warnings
print("noise-import.")

def weather(city: str) -> str:
    """The weather somewhere."""
    print("noise-print.")
    print("noise-error.", file=sys.stderr)
    warnings.warn("noise-warning.")
    logging.getLogger().addHandler(logging.StreamHandler())
    logging.getLogger("mine").warning("noise-logging.")
    subprocess.run("echo noise-child.; echo noise-offspring. >&2", shell=True)
    try:
        input("noise-question.")
    except ValueError:
        print("noise-input.")
    subprocess.run("cat; echo noise-typed.", shell=True)  # it inherits descriptor 0, too
    return f"foggy over {city}"
'''


def test_what_tools_print_does_not_reach_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "noisy_tools.py"
    path.write_text(NOISY, encoding="utf-8")
    terminal = Terminal(tmp_path, "--no-greeting", "--mic", "none", "--speaker", "none", "--tools", str(path))
    try:
        terminal.until("live")
        terminal.press("What is the weather in London?\r")
        terminal.until("foggy over London")
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert terminal.sane
        assert "noise" not in terminal.text
    finally:
        terminal.close()
    log = terminal.log.read_text(encoding="utf-8")
    assert [noise for noise in NOISES if f"noise-{noise}." not in log] == []
