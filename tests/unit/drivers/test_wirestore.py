"""What went over the wire is kept, whole and in order, in little memory, and without secrets."""

from __future__ import annotations

import json
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.drivers import wirestore
from voice_tui.drivers.wirelog import Taps, WireLog
from voice_tui.drivers.wirestore import WireStore
from voice_tui.endpoints.families import REALTIME
from voice_tui.messages.inspection import Inspection

INSPECTION = REALTIME.inspection
DIRECTIONS = st.sampled_from(["client", "server", "here"])
EVENTS = st.tuples(DIRECTIONS, st.binary(max_size=300) | st.just(b'{"type":"x"}'), st.integers(1, 3))


def store(kept: int = 20_000, at_hand: int = 4_000_000, secrets: tuple[str, ...] = ()) -> WireStore:
    ticks = count()
    return WireStore(INSPECTION, lambda: next(ticks) / 100, secrets, kept=kept, at_hand=at_hand)


def settle(kept: WireStore) -> None:
    """Wait until everything that is to be put away is."""
    while kept._held > kept._at_hand:
        time.sleep(0.001)


def in_memory(kept: WireStore) -> int:
    return sum(len(event._raw) for event in kept._events.values() if event._raw is not None)


def words(kept: WireStore) -> list[tuple[str, bytes | None, int]]:
    events = [kept.event(number) for number in range(kept.first, kept.last + 1)]
    return [(e.direction, kept._raw(e), e.connection) for e in events if e is not None]


@one_in(2)
@given(st.lists(EVENTS, max_size=60), st.integers(1, 80), st.sampled_from([0, 100, 2_000, 100_000]))
def test_what_was_put_in_comes_out(told: list[tuple[str, bytes, int]], kept: int, at_hand: int) -> None:
    taken = store(kept, at_hand)
    try:
        for direction, raw, connection in told:
            taken.write(direction, raw, connection)
        assert words(taken) == told[-kept:]
        settle(taken)
        assert words(taken) == told[-kept:]
        assert in_memory(taken) <= at_hand
        assert taken.last == len(told)
        assert taken.first == max(0, len(told) - kept) + 1
    finally:
        taken.close()


def test_memory_is_bounded_and_so_are_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wirestore, "SEGMENT", 200_000)
    files: list[IO[bytes]] = []
    make = tempfile.TemporaryFile

    def counted(**more: Any) -> IO[bytes]:
        files.append(make(**more))
        return files[-1]

    monkeypatch.setattr("tempfile.TemporaryFile", counted)
    taken, raw = store(kept=200, at_hand=50_000), b'{"type":"x","delta":"%s"}' % (b"A" * 5_000)
    for _ in range(1_000):
        taken.write("server", raw)
    settle(taken)
    assert in_memory(taken) <= 50_000
    assert len(words(taken)) == 200
    assert all(kept == raw for _, kept, _ in words(taken))
    assert sum(not file.closed for file in files) <= 200 * len(raw) / 200_000 + 2
    taken.close()
    assert all(file.closed for file in files)


def test_what_comes_faster_than_the_file_takes_it_keeps_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wirestore, "MOST_AT_HAND", 1_000)
    monkeypatch.setattr(WireStore, "_begin", lambda self: None)  # a file that takes nothing
    taken = store(at_hand=500)
    for _ in range(100):
        taken.write("server", b'{"type":"error","error":{"message":"full"}}')
    assert in_memory(taken) < 2_000
    last = taken.event(100)
    assert last is not None
    assert taken.raw(last) is None
    assert taken.glance(last).type == "error"
    assert taken.line(last) == ""


def test_a_disk_that_is_full_costs_the_older_words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**more: Any) -> IO[bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    taken = store(at_hand=200)
    for number in range(50):
        taken.write("client", b'{"type":"t%02d"}' % number)
    settle(taken)
    assert "No space left" in taken.problem
    assert in_memory(taken) <= 200
    assert [taken.glance(e).type for e in taken._events.values()] == [f"t{n:02d}" for n in range(50)]
    taken.close()


def test_taking_an_event_decodes_nothing_and_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[bytes] = []

    def look(raw: bytes) -> Any:
        looks.append(raw)
        return INSPECTION.glance(raw)

    taken = WireStore(Inspection(look, INSPECTION.pairing, INSPECTION.sound), lambda: 0.0)
    for _ in range(1_000):
        taken.write("client", b'{"type":"input_audio_buffer.append","audio":"AAAA"}')
    assert looks == []
    assert taken._thread is None
    event = taken.event(7)
    assert event is not None
    assert taken.glance(event) is taken.glance(event)
    assert len(looks) == 1


def test_it_is_saved_as_events_writes_it(tmp_path: Path) -> None:
    ticks = count()
    log = WireLog(tmp_path / "events", clock=lambda: next(ticks) // 2)
    taken = WireStore(INSPECTION, lambda: next(ticks) // 2, at_hand=10)
    taps = Taps(None, log, taken)
    next(ticks)
    for raw in (b'{"type":"a"}', b"no JSON", b'{"type": "c", "x": 1}'):
        taps.write("server", raw, 2, "preview")
    log.close()
    assert taken.save(tmp_path / "saved") == 3
    saved, logged = ([json.loads(line) for line in (tmp_path / name).open()] for name in ("saved", "events"))
    assert [line | {"t": 0} for line in saved] == [line | {"t": 0} for line in logged]
    assert saved[1]["event"] == "no JSON"
    assert taken.save(tmp_path / "some", [2, 3]) == 2
    with pytest.raises(FileExistsError):
        taken.save(tmp_path / "saved")
    taken.close()


@pytest.mark.parametrize(
    ("event", "gone"),
    [
        ({"type": "session.update", "session": {"instructions": "the word is hunter2-hunter2"}}, "hunter2"),
        ({"type": "x", "tools": [{"type": "mcp", "authorization": 'abc\\"def'}]}, "abc"),
        ({"type": "x", "text": 'api_key=abcdef" and more\\'}, "abcdef"),
        ({"type": "x", "headers": {"Authorization": "Bearer abcdef"}}, "abcdef"),
        ({"type": "x", "text": "sk-proj-1234567890"}, "1234567890"),
    ],
)
def test_no_secret_comes_out_and_what_comes_out_is_json(event: dict[str, Any], gone: str, tmp_path: Path) -> None:
    taken = store(secrets=("hunter2-hunter2",))
    taken.write("client", json.dumps(event).encode())
    found = taken.event(1)
    assert found is not None
    raw = taken.raw(found)
    assert raw is not None
    assert gone not in raw.decode()
    assert json.loads(raw)["type"] == event["type"]
    taken.save(tmp_path / "saved")
    assert gone not in (tmp_path / "saved").read_text()
