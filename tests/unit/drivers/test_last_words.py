"""What a server wrote last is read to its end before it is told."""

from __future__ import annotations

import asyncio
import os

import pytest

from voice_tui.drivers.tools import last_words
from voice_tui.drivers.tools.last_words import LastWords


def writer(words: LastWords) -> int:
    """The descriptor that a process would have of its own."""
    return os.dup(words.file().fileno())


def test_all_of_it_is_read_before_the_last_line_is_told() -> None:
    words = LastWords("library")
    process = writer(words)
    for number in range(500):
        os.write(process, b"%d books\n" % number)
    os.write(process, b"\x1b[31mfire\n\n")
    os.close(process)
    assert asyncio.run(words.whole()) == "fire"


def test_what_holds_it_open_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_words, "PATIENCE_S", 0.0)
    words = LastWords("library")
    process = writer(words)
    asyncio.run(words.whole())  # it comes back
    os.close(process)


def test_where_there_is_no_process_nothing_is_waited_for() -> None:
    words = LastWords("library")
    words.text = "HTTP 401"
    assert asyncio.run(words.whole()) == "HTTP 401"
