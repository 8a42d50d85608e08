"""Starting and ending the console as a user does: the terminal stays sane, no thread and no process is left."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.terminal import Terminal
from tests.support.environment import environment

pytestmark = [
    pytest.mark.wall_clock,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc"),
]

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path, local_voice: object) -> Iterator[Start]:
    terminals: list[Terminal] = []

    def run(*arguments: str, prelude: str = "") -> Terminal:
        terminals.append(Terminal(tmp_path, "--mic", "none", "--speaker", "none", *arguments, prelude=prelude))
        return terminals[-1]

    yield run
    for terminal in terminals:
        terminal.close()


LEAVES: dict[str, Callable[[Terminal], None]] = {
    "ctrl-q": lambda t: t.press("\x11"),
    "ctrl-c-twice": lambda t: t.press("\x03\x03"),
    "SIGINT": lambda t: t.signal(signal.SIGINT),
    "SIGTERM": lambda t: t.signal(signal.SIGTERM),
    "SIGHUP": lambda t: t.signal(signal.SIGHUP),
}


@pytest.mark.parametrize("leave", LEAVES)
def test_leaving_ends_everything_and_restores_the_terminal(start: Start, served: str, leave: str) -> None:
    own = leave == "SIGHUP"  # what is hardest to clean up after
    terminal = start() if own else start("--url", served)
    terminal.until("live")
    assert any("serve" in line for line in terminal.children()) == own
    LEAVES[leave](terminal)
    assert terminal.ended() == 0
    assert terminal.sane
    assert terminal.children() == []
    assert "Traceback" not in terminal.text


def test_esc_acts_and_a_byte_that_is_no_letter_ends_nothing(start: Start, served: str) -> None:
    terminal = start("--url", served)
    terminal.until("live")
    terminal.press(b"a\xffb")
    terminal.press("\x1b")  # leaves the input line: letters are commands
    terminal.read(0.3)
    terminal.press("?")
    terminal.until("Help ·")
    terminal.press("\x11")
    assert terminal.ended() == 0
    assert terminal.sane


def test_leaving_while_the_embedded_server_still_starts(start: Start) -> None:
    terminal = start()
    terminal.until("connecting")
    terminal.press("\x11")
    assert terminal.ended() == 0
    assert terminal.sane
    assert terminal.children() == []


def test_a_crash_of_the_voice_thread_is_one_line_and_exit_code_1(start: Start) -> None:
    broken = (
        "import voice_tui.drivers.conversation as v\n"
        "def boom(self, now):\n    if self.live: raise RuntimeError('boom')\n    old(self, now)\n"
        "old, v.ConversationRunner._step = v.ConversationRunner._step, boom"
    )
    terminal = start(prelude=broken)
    terminal.until("The conversation is over")
    terminal.press("\x11")  # what was said stays readable until one leaves
    assert terminal.ended() == 1
    assert terminal.sane
    last = terminal.text.strip().splitlines()[-1]
    assert "boom" in last
    assert "Traceback" not in terminal.text
    assert "Traceback" in terminal.log.read_text(), "the log has the whole story"
    assert terminal.children() == []


def test_a_crash_of_the_ui_is_one_line_and_exit_code_1(start: Start) -> None:
    broken = (
        "from voice_tui.ui.app import VoiceTuiApp\n"
        "def boom(self, *a, **k): raise RuntimeError('boom')\n"
        "VoiceTuiApp.on_notice_posted = boom"
    )
    terminal = start(prelude=broken)
    assert terminal.ended() == 1
    assert terminal.sane
    assert "boom" in terminal.text.strip().splitlines()[-1]
    assert "Traceback" not in terminal.text
    assert "Traceback" in terminal.log.read_text()
    assert terminal.children() == []


def test_an_endpoint_that_refuses_ends_with_its_reason(start: Start) -> None:
    def refuse(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                guest, _ = door.accept()
                with guest:
                    guest.recv(4096)
                    guest.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=refuse, args=(door,), daemon=True).start()
        terminal = start("--url", f"ws://127.0.0.1:{door.getsockname()[1]}/v1/realtime")
        assert terminal.ended() == 1
    assert terminal.sane
    assert "401" in terminal.text.strip().splitlines()[-1]


def test_without_a_terminal_one_line_points_to_talk(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "voice_tui"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        check=False,
    )
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert "voice-tui talk --mic demo" in line
