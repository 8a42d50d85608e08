"""What tools print is logged line by line, whichever thread prints it and whatever else listens to the log."""

from __future__ import annotations

import logging
import sys
import threading

import pytest

from voice_tui.drivers.tools.prints import NoInput, Prints
from voice_tui.drivers.tools.workshop import ToolThreads


def test_lines_of_two_threads_are_not_mixed(caplog: pytest.LogCaptureFixture) -> None:
    prints = Prints()
    with caplog.at_level(logging.INFO):
        prints.write("one ")
        other = threading.Thread(target=print, args=("another",), kwargs={"file": prints}, name="textual-output")
        other.start()
        other.join()
        prints.write("line\n")
    assert caplog.messages == ["printed: another", "printed: one line"]


@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_tool_prints_is_told_from_what_the_screen_prints(
    caplog: pytest.LogCaptureFixture, *, is_async: bool
) -> None:
    prints, threads = Prints(), ToolThreads()

    def say() -> None:
        print("hello", file=prints)

    async def say_later() -> None:
        say()

    with caplog.at_level(logging.INFO):
        (threads.run(say_later) if is_async else threads.block(say, "say")).result(20)
    threads.close()
    assert caplog.messages == ["a tool printed: hello"]


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
