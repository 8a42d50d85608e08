"""Keys out of bytes as they come: what is Esc, what is another key's name, and what is neither."""

from __future__ import annotations

import sys

import pytest
import textual._parser
from textual import constants, events
from textual.drivers import linux_driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver

from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.common.terminal_driver import KeyParser, TerminalDriver
from voice_tui.ui.common.terminal_keys import ALONE_S, LOOK_S, alone_s, read_keys


class Typist:
    """A terminal by script: what each reading gives, None for a wait in which nothing comes. Then the console ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *readings: bytes | None) -> None:
        self._readings = list(readings)
        self._now = 0.0
        self.waits: list[float] = []
        monkeypatch.setattr(textual._parser, "get_time", lambda: self._now)

    def keys(self) -> list[str]:
        """The names of the keys that are made of it."""
        made = read_keys(KeyParser(), KeyParser.wait_s, self._read, lambda: not self._readings)
        return [message.key for message in made if isinstance(message, events.Key)]

    def _read(self, wait_s: float) -> bytes | None:
        self.waits.append(wait_s)
        given = self._readings.pop(0)
        self._now += wait_s if given is None else 0.0
        return given


def test_esc_acts_after_the_shorter_wait_and_idling_looks_no_oftener(monkeypatch: pytest.MonkeyPatch) -> None:
    typist = Typist(monkeypatch, None, b"\x1b", None, None)
    assert typist.keys() == ["escape"]
    assert typist.waits == [LOOK_S, LOOK_S, KeyParser.wait_s, LOOK_S]


@pytest.mark.parametrize(
    ("readings", "keys"),
    [
        ((b"\x1b", b"[A", None), ["up"]),
        ((b"\x1b[", b"1", b"5~", None), ["f5"]),
        ((b"\x1bj", None), ["alt+j"]),
        ((b"j\x1b", None, b"k", None), ["j", "escape", "k"]),
        ((b"\xc3", b"\xa4", None), ["ä"]),
        ((b"\xc3", None, b"\xa4", None), ["ä"]),
    ],
)
def test_a_name_that_comes_in_pieces_is_one_key(
    monkeypatch: pytest.MonkeyPatch, readings: tuple[bytes | None, ...], keys: list[str]
) -> None:
    assert Typist(monkeypatch, *readings).keys() == keys


def test_a_rest_that_was_there_in_time_is_the_rest_however_late_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    typist = Typist(monkeypatch, b"\x1b", b"[A", None)
    read = typist._read

    def late(wait_s: float) -> bytes | None:
        given = read(wait_s)
        typist._now += 10.0  # the thread had no core
        return given

    monkeypatch.setattr(typist, "_read", late)
    assert typist.keys() == ["up"]


def test_a_byte_that_is_no_letter_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Typist(monkeypatch, b"a\xffb", None).keys()[0::2] == ["a", "b"]


def test_a_terminal_that_is_gone_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    typist = Typist(monkeypatch, b"a", b"", b"b")
    assert typist.keys() == ["a"]
    assert len(typist.waits) == 2


@pytest.mark.parametrize(
    ("environment", "wait_s"),
    [
        ({}, ALONE_S),
        ({"ESCDELAY": "300"}, constants.ESCAPE_DELAY),
        ({"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, constants.ESCAPE_DELAY),
        ({"SSH_TTY": "/dev/pts/3"}, constants.ESCAPE_DELAY),
    ],
)
def test_over_a_network_or_where_a_time_is_given_the_wait_is_textuals(
    environment: dict[str, str], wait_s: float
) -> None:
    assert alone_s(environment) == wait_s
    assert ALONE_S < constants.ESCAPE_DELAY


def test_the_console_takes_our_driver_of_a_terminal_and_leaves_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert VoiceTuiApp(None).driver_class is TerminalDriver
    monkeypatch.setattr(constants, "DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    assert VoiceTuiApp(None).driver_class is HeadlessDriver


def test_another_textual_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "voice_tui.ui.common.terminal_driver", None)
    assert VoiceTuiApp(None).driver_class is LinuxDriver


def test_a_driver_that_has_not_what_it_takes_reads_as_textual_does(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    monkeypatch.setattr(linux_driver.LinuxDriver, "run_input_thread", lambda self: read.append(self))
    driver = object.__new__(TerminalDriver)  # nothing of what Textual's __init__ makes is there
    driver.run_input_thread()
    assert read == [driver]
