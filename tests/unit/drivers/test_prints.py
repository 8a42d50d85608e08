"""What tools print is logged line by line, whichever thread prints it and whatever else listens to the log."""

from __future__ import annotations

import logging
import sys
import threading

import pytest

from voice_tui.drivers.tools.prints import NoInput, Prints


def test_lines_of_two_threads_are_not_mixed(caplog: pytest.LogCaptureFixture) -> None:
    prints = Prints()
    with caplog.at_level(logging.INFO):
        prints.write("one ")
        other = threading.Thread(target=print, args=("another",), kwargs={"file": prints})
        other.start()
        other.join()
        prints.write("line\n")
    assert caplog.messages == ["a tool printed: another", "printed: one line"], "no tool runs on the main thread"


def test_a_handler_of_a_tool_that_writes_there_does_not_log_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    prints = Prints()
    handler = logging.StreamHandler(prints)
    logging.getLogger().addHandler(handler)
    try:
        with caplog.at_level(logging.INFO):
            print("hello", file=prints)
            logging.getLogger("mine").warning("oh")
    finally:
        logging.getLogger().removeHandler(handler)
    assert caplog.messages == ["printed: hello", "oh", "printed: oh"]


def test_a_tool_that_reads_fails_at_once_instead_of_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", NoInput())
    for read in (input, sys.stdin.read, sys.stdin.readline, sys.stdin.readlines, lambda: list(sys.stdin)):
        with pytest.raises(ValueError, match="can't read standard input"):
            read()
