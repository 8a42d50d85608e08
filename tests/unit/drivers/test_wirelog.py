"""The log of wire events: one run writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_tui.drivers.wirelog import WireLog


def test_two_runs_do_not_write_one_log(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    first = WireLog(path)
    first.write("client", b'{"type":"a"}')
    with pytest.raises(OSError, match="another run writes to it"):
        WireLog(path)
    first.write("client", b'{"type":"b"}')
    first.close()
    assert [line.count('"event"') for line in path.read_text().splitlines()] == [1, 1]


def test_the_log_of_a_former_run_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for name in ("a", "b"):
        log = WireLog(path)
        log.write("client", b'{"type":"%s"}' % name.encode())
        log.close()
    assert len(path.read_text().splitlines()) == 1


def test_what_is_no_file_may_be_everybodys() -> None:
    first, second = WireLog(Path("/dev/null")), WireLog(Path("/dev/null"))
    second.write("client", b"{}")
    for log in (first, second):
        log.close()
        assert not log.problem
