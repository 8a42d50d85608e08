"""The console in a real pseudo-terminal: what a user's terminal goes through."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.support.environment import environment

ALT_SCREEN_OFF = "\x1b[?1049l"
CURSOR_ON = "\x1b[?25h"
PATIENCE_S = 30.0


class Terminal:
    """Runs ``voice-tui`` under a pty of 120x36.

    Args:
        folder: Its home for logs and configuration; also marks its processes.
        arguments: Command line.
        prelude: Python that runs in the process first (to break something).
    """

    def __init__(self, folder: Path, *arguments: str, prelude: str = "") -> None:
        self.folder = folder
        self.log = folder / "voice-tui.log"
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self._slave = slave
        self.before = termios.tcgetattr(slave)
        start = (
            f"{prelude}\nimport sys\nfrom voice_tui.cli.main import main\nsys.argv[1:] = {list(arguments)!r}\nmain()"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", start, str(self.log)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(folder) | {"TERM": "xterm-256color", "VOICE_TUI_LOG_FILE": str(self.log)},
            start_new_session=True,
        )
        self.output = ""

    def read(self, seconds: float) -> None:
        """Take what the program prints."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self._master], [], [], min(left, 0.05))[0]:
                if self.process.poll() is not None:
                    return
                continue
            try:
                self.output += os.read(self._master, 65536).decode("utf-8", "replace")
            except OSError:
                return

    @property
    def text(self) -> str:
        """The output without escape sequences."""
        return re.sub(r"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[()][AB0]|\x1b[=>]", "", self.output)

    def until(self, words: str) -> None:
        """Wait for words on the screen."""
        end = time.monotonic() + PATIENCE_S
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} never came; the last output: {self.text[-500:]!r}"
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.text[-800:]!r}"
            self.read(0.1)

    def press(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for the end; returns the exit code."""
        end = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < end, "it did not end"
            self.read(0.1)
        self.read(0.2)
        return int(self.process.returncode)

    @property
    def sane(self) -> bool:
        """The terminal is as it was before: modes restored, main screen, cursor shown."""
        modes_restored = termios.tcgetattr(self._slave) == self.before
        return modes_restored and self.output.rfind(ALT_SCREEN_OFF) > 0 and self.output.rfind(CURSOR_ON) > 0

    def children(self) -> list[str]:
        """Command lines of this run's processes that are still alive (the embedded server)."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(self.log.with_suffix("")) in line:  # the server logs to a file of its own beside it
                found.append(line)
        return found

    def close(self) -> None:
        """Kill what is left."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)
        os.close(self._slave)
