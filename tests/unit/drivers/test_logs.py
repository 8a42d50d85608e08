import logging
from contextlib import suppress
from pathlib import Path

import pytest

from voice_tui.drivers.logs import LogFile, Redactor, log_to, redact
from voice_tui.drivers.wirelog import WireLog


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key sk-proj-abcdefghijklmnop in a sentence", "abcdefghijklmnop"),
        ("Authorization: Bearer eyJhbGciOi.payload", "eyJhbGciOi.payload"),
        ("api-key: 0123456789abcdef", "0123456789abcdef"),
        ("{'api-key': '0123456789abcdef'}", "0123456789abcdef"),
        ("GET /x?api-key=0123456789abcdef HTTP/1.1", "0123456789abcdef"),
        ("bearer tok_123456", "tok_123456"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, secret: str) -> None:
    assert secret not in redact(text, [])
    assert "…" in redact(text, [])


def test_ordinary_lines_stay_as_they_are() -> None:
    line = "connection to host lost (close 1006), next try in 0.5 s; the key was refused"
    assert redact(line, []) == line


def test_known_secrets_never_reach_the_file_not_even_in_a_traceback(tmp_path: Path) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    path = tmp_path / "folder" / "voice-tui.log"
    try:
        log_to(path, ["hunter2-hunter2"])
        try:
            int("refused hunter2-hunter2")
        except ValueError:
            logging.getLogger("x").exception("failed with hunter2-hunter2")
        for handler in root.handlers:
            handler.close()
    finally:
        root.handlers[:], root.level = handlers, level
    text = path.read_text()
    assert "ValueError: invalid literal for int() with base 10: 'refused …'" in text
    assert "hunter2" not in text


def test_wire_log_lines_hold_time_direction_dialect_and_the_event_as_it_was(tmp_path: Path) -> None:
    import json

    path = tmp_path / "events.jsonl"
    log = WireLog(path)
    log.write("client", b'{"type":"response.create","event_id":"e"}')
    log.write("server", b"not json", 2, "preview")
    log.close()
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert set(first) == {"t", "dir", "session", "dialect", "event"}
    assert (first["dir"], first["dialect"]) == ("client", "ga")
    assert first["event"] == {"type": "response.create", "event_id": "e"}
    assert (second["session"], second["dialect"], second["event"]) == (2, "preview", "not json")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_on_a_full_disk_is_said_once_and_done_without(capfd: pytest.CaptureFixture[str]) -> None:
    log = LogFile(Path("/dev/full"))
    for line in ("one", "two", "three"):
        log.handle(logging.makeLogRecord({"msg": line, "levelno": logging.WARNING}))
    (said,) = capfd.readouterr().err.splitlines()
    assert said.startswith("voice-tui: log file /dev/full: ")
    assert "No space left" in said
    with suppress(OSError):
        log.close()


def test_nothing_in_a_log_is_an_order_to_the_terminal_that_shows_it() -> None:
    record = logging.makeLogRecord({"msg": "\x1b[2Jwiped\x9b31m", "name": "x"})
    assert Redactor([]).format(record).endswith(" x: wiped")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_events_on_a_full_disk_cost_the_file_and_nothing_else() -> None:
    log = WireLog(Path("/dev/full"))
    for _ in range(1000):
        log.write("client", b'{"type":"response.create"}')
    log.close()
    assert log.problem == "/dev/full: No space left on device"
