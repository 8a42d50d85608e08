"""The server as a process: its end."""

from __future__ import annotations

import threading

import pytest

from voice_tui.server.serve import INFERENCE, leave


def test_the_process_waits_for_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr("os._exit", left.append)
    done = threading.Event()
    computing = threading.Thread(target=done.wait, name=f"{INFERENCE}_0")
    computing.start()
    with pytest.raises(SystemExit):
        leave(3)
    assert left == [3]
    done.set()
    computing.join()
