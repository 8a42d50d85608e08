"""What is otherwise on another platform stands behind one function each; here both ways are gone, as far as one can."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from voice_tui import private_file
from voice_tui.drivers import children, locks, signals
from voice_tui.drivers.devices import host, pipe_speaker
from voice_tui.drivers.devices.names import DeviceError
from voice_tui.drivers.tools import prints

posix = pytest.mark.skipif(os.name != "posix", reason="modes of files")


# ---- signals


async def test_a_signal_calls_the_action_on_the_loop_and_what_a_platform_lacks_is_left_out() -> None:
    came = asyncio.Event()
    signals.on_signals(came.set, ("SIGTERM", "SIGNOWHERE"))
    try:
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(came.wait(), 20)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="a terminal that is closed is SIGHUP on POSIX")
@pytest.mark.parametrize("nohup", [False, True])
async def test_a_terminal_that_is_closed_ends_what_nobody_wanted_to_outlive_it(nohup: bool) -> None:
    came, loop = asyncio.Event(), asyncio.get_running_loop()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if nohup else signal.SIG_DFL)
        signals.on_signals(came.set)
        if nohup:
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        else:
            signal.raise_signal(signal.SIGHUP)
            await asyncio.wait_for(came.wait(), 20)
    finally:
        for number, handler in handlers.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def test_where_the_loop_knows_no_signals_the_interpreter_s_own_handler_wakes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(*arguments: Any) -> None:
        raise NotImplementedError

    loop, came = asyncio.get_running_loop(), asyncio.Event()
    monkeypatch.setattr(loop, "add_signal_handler", refuses)
    before = signal.getsignal(signal.SIGINT)
    try:
        signals.on_signals(came.set, ("SIGINT",))
        signal.raise_signal(signal.SIGINT)
        await asyncio.wait_for(came.wait(), 20)
    finally:
        signal.signal(signal.SIGINT, before)


async def test_off_the_main_thread_a_signal_is_nobody_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*arguments: Any) -> None:
        raise NotImplementedError

    async def elsewhere() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "add_signal_handler", refuses)
        signals.on_signals(lambda: None, ("SIGINT",))

    before = signal.getsignal(signal.SIGINT)
    await asyncio.to_thread(asyncio.run, elsewhere())
    assert signal.getsignal(signal.SIGINT) is before


# ---- files for their owner only


@posix
def test_a_private_file_and_its_folders_are_their_owner_s(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    os.close(private_file.open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@posix
def test_a_file_that_others_could_read_is_replaced_by_one_that_they_cannot(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("old")
    path.chmod(0o644)
    private_file.replace_private(path, b"new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [".env"]


def test_what_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"):
        private_file.replace_private(path, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


# ---- processes and pipes


@pytest.mark.parametrize(("platform", "named"), [("linux", "start_new_session"), ("win32", "creationflags")])
def test_a_child_stands_apart_from_the_terminal(monkeypatch: pytest.MonkeyPatch, platform: str, named: str) -> None:
    monkeypatch.setattr(children, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 512, raising=False)
    assert list(children.apart()) == [named]


@posix
def test_a_child_is_in_a_group_of_its_own() -> None:
    program = "import os; print(os.getpgrp() == os.getpid())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, **children.apart()
    )
    assert done.stdout.strip() == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told how much a pipe holds")
def test_a_pipe_of_sound_is_short_and_what_is_no_pipe_is_left_alone(tmp_path: Path) -> None:
    import fcntl

    read, write = os.pipe()
    try:
        pipe_speaker.shorten(write)
        assert fcntl.fcntl(write, fcntl.F_GETPIPE_SZ) == pipe_speaker.PIPE_BYTES
    finally:
        os.close(read)
        os.close(write)
    with (tmp_path / "file").open("wb") as file:
        pipe_speaker.shorten(file.fileno())


def test_where_it_cannot_be_told_a_pipe_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe_speaker, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setattr(pipe_speaker, "fcntl", None, raising=False)
    pipe_speaker.shorten(-1)


def test_where_there_are_no_locks_a_file_is_always_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(locks, "sys", SimpleNamespace(platform="win32"))
    with (tmp_path / "log").open("wb") as one, (tmp_path / "log").open("wb") as other:
        assert locks.claimed(one)
        assert locks.claimed(other)


def test_on_windows_the_keyboard_s_descriptor_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prints, "os", SimpleNamespace(name="nt", dup=pytest.fail, dup2=pytest.fail))
    monkeypatch.setattr(sys, "stdin", sys.__stdin__)
    prints._keep_the_input()
    assert isinstance(sys.stdin, prints.NoInput)


# ---- sound


@pytest.mark.parametrize(("platform", "stays"), [("linux", False), ("darwin", True), ("win32", True)])
def test_only_on_linux_the_system_moves_its_streams(
    monkeypatch: pytest.MonkeyPatch, platform: str, stays: bool
) -> None:
    monkeypatch.setattr(host, "sys", SimpleNamespace(platform=platform))
    assert host.default_stays() is stays


@pytest.mark.parametrize("platform", [*host.INSTALL_HINTS, "freebsd14"])
def test_a_missing_portaudio_says_what_to_type_on_this_platform(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(host, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setattr("builtins.__import__", _without_library(__import__))
    with pytest.raises(DeviceError) as failure:
        host.sounddevice.__wrapped__()
    assert str(failure.value) == f"PortAudio is missing; {host.INSTALL_HINTS.get(platform, 'install it')}"


def test_nobody_is_given_a_module_that_another_thread_fails_to_import(monkeypatch: pytest.MonkeyPatch) -> None:
    alone: list[bool] = []
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    usual = _without_library(__import__, lambda: alone.append(host.importing.locked()))
    monkeypatch.setattr("builtins.__import__", usual)
    for _ in range(2):  # the lock is let go of
        with pytest.raises(DeviceError):
            host.sounddevice.__wrapped__()
    assert alone == [True, True]


def _without_library(usual: Any, asked: Callable[[], object] = lambda: None) -> Any:
    def imports(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "sounddevice":
            asked()
            raise OSError("PortAudio library not found")
        return usual(name, *arguments, **named)

    return imports
