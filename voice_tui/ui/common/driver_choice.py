"""Which of Textual's drivers the console takes: ours in place of that of a terminal."""

from __future__ import annotations

from textual.driver import Driver

REPLACED = ("textual.drivers.linux_driver", "LinuxDriver")


def with_our_keys(driver: type[Driver]) -> type[Driver]:
    """Ours in place of Textual's driver of a terminal.

    Any other one (of Windows, of a browser, one that ``TEXTUAL_DRIVER`` names) stays as it is, and so does that of a
    Textual that is made otherwise.
    """
    if (driver.__module__, driver.__name__) != REPLACED:
        return driver
    try:
        from voice_tui.ui.common.terminal_driver import TerminalDriver
    except ImportError:
        return driver
    return TerminalDriver
