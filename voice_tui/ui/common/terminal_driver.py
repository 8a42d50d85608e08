"""Textual's driver of a terminal, with keys that are read as ours are.

It is made of what Textual does not promise to keep: who takes it is ready for an ``ImportError``
(`driver_choice.py`).
"""

from __future__ import annotations

import os
import select

from textual._parser import Read1
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from voice_tui.ui.common.terminal_keys import alone_s, read_keys

CHUNK_BYTES = 4096


class KeyParser(XTermParser):
    """Textual's, with a wait of ours for the rest of a key's name."""

    wait_s = alone_s(os.environ)

    def read1(self, timeout: float | None = None) -> Read1:  # type: ignore[override]
        """A character, now or within the wait."""
        return Read1(None if timeout is None else self.wait_s)


class TerminalDriver(LinuxDriver):
    """Textual's, with an input thread of ours."""

    def run_input_thread(self) -> None:
        """Give the console its keys until it ends."""
        try:
            fd, ended, parser = self.fileno, self.exit_event.is_set, KeyParser(self._debug)
        except (AttributeError, TypeError):  # another Textual
            super().run_input_thread()
            return

        def read(wait_s: float) -> bytes | None:
            return os.read(fd, CHUNK_BYTES) if select.select([fd], [], [], wait_s)[0] else None

        for message in read_keys(parser, parser.wait_s, read, ended):
            self.process_message(message)
