"""voice-tui in a terminal multiplexer: keys go in as a user types them, and the screen is read as a user sees it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

PATIENCE_S = 60.0
LOOK_S = 0.1
ESCAPE_S = 0.6  # Escape and a letter close together are Alt and that letter, more so on a busy machine
GONE = "[it ended]"


class NotOnScreen(AssertionError):
    """What was waited for never came."""


class Tmux:
    """One window of a tmux server of its own, which ends with it.

    Args:
        folder: For the server's socket, and where one is.
        environment: Of what runs in it.
        size: Columns and lines.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], size: tuple[int, int] = (120, 36)) -> None:
        self._folder, self._environment, self._size = folder, dict(environment), size
        self._environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._begun = False

    def start(self, *arguments: str) -> None:
        """Run ``voice-tui`` with these arguments; what ran before has ended."""
        command = shlex.join([sys.executable, "-m", "voice_tui", *arguments])
        columns, lines = self._size
        line = f"{command}; printf '\\n%s %s' '{GONE}' $?; sleep 600"
        if self._begun:
            self._tmux("respawn-window", "-k", line)
            return
        size = ("-x", str(columns), "-y", str(lines))
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(self._folder), line)
        self._tmux("set-option", "-s", "set-clipboard", "on")
        self._begun = True

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: ``F5``, ``M-k``, ``C-c``, ``Enter``, ``Escape``."""
        for key in keys:
            self._tmux("send-keys", key)
            time.sleep(ESCAPE_S if key == "Escape" else LOOK_S)

    def type(self, words: str) -> None:
        """Type, as it is."""
        self._tmux("send-keys", "-l", words)

    def enter(self, words: str) -> None:
        """Type a line and send it with Enter."""
        self.type(words)
        self.press("Enter")

    def screen(self, *, coloured: bool = False) -> str:
        """What is on the screen."""
        return self._tmux("capture-pane", "-p", *(["-e", "-N"] if coloured else []))

    def until(self, *patterns: str, within: float = PATIENCE_S) -> str:
        """Wait until all patterns are on the screen at once; gives it.

        Raises:
            NotOnScreen: They did not come.
        """
        end = time.monotonic() + within
        while True:
            screen = self.screen()
            missing = [pattern for pattern in patterns if not re.search(pattern, screen)]
            if not missing:
                return screen
            if time.monotonic() > end:
                raise NotOnScreen(f"{missing} did not come within {within:g} s; the screen:\n{screen}")
            time.sleep(LOOK_S)

    def gone(self, pattern: str, within: float = PATIENCE_S) -> str:
        """Wait until a pattern is no longer on the screen; gives it.

        Raises:
            NotOnScreen: It stayed.
        """
        end = time.monotonic() + within
        while re.search(pattern, screen := self.screen()):
            if time.monotonic() > end:
                raise NotOnScreen(f"{pattern!r} stayed for {within:g} s; the screen:\n{screen}")
            time.sleep(LOOK_S)
        return screen

    def ended(self) -> tuple[int, str]:
        """Wait for the program's end: its exit code, and what stands in the terminal then."""
        screen = self.until(re.escape(GONE) + r" \d+")
        code = re.search(re.escape(GONE) + r" (\d+)", screen)
        assert code is not None
        return int(code[1]), screen

    def clipboard(self) -> str:
        """What was copied last."""
        return self._tmux("show-buffer")

    def close(self) -> None:
        """End the server and what runs in it."""
        if self._begun:
            self._tmux("kill-server")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._folder / "tmux"), *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        return done.stdout
