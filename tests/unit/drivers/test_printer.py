"""Lines are printed in order, and a slow reader holds nobody up."""

from __future__ import annotations

import threading

from voice_tui.drivers.printer import Printer


def test_a_reader_who_does_not_read_holds_nobody_up_and_misses_nothing() -> None:
    reads, printed = threading.Event(), list[str]()

    def out(line: str) -> None:
        reads.wait()
        printed.append(line)

    printer = Printer(out)
    lines = [str(i) for i in range(1000)]
    for line in lines:
        printer(line)  # would never return if it waited for the reader
    assert printed == []
    reads.set()
    printer.close()
    assert printed == lines


def test_a_reader_who_has_gone_ends_nothing() -> None:
    def out(line: str) -> None:
        raise BrokenPipeError

    printer = Printer(out)
    printer("one")
    printer("two")
    printer.close()
