"""What is said before a cluster is asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_tui.cli.judge import judge
from voice_tui.replay.cluster import ClusterError, check_address, spread


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "tls://host.example:1", "tcp://[::1]:8786"])
def test_an_address(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize("address", ["host:8786", "http://host:1", "tcp://host", "tcp://a b:1", "tcp://me@host:1", ""])
def test_what_is_none(address: str) -> None:
    with pytest.raises(ClusterError, match="is no address, give tcp://HOST:PORT"):
        check_address(address)


def test_a_wrong_one_is_one_line() -> None:
    done = CliRunner().invoke(judge, [str(Path(__file__)), "--scheduler", "nowhere"])
    assert done.exit_code == 2
    assert "--scheduler: 'nowhere' is no address, give tcp://HOST:PORT" in done.output


def test_without_distributed_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r'pip install "voice-tui\[cluster\]"'):
        list(spread(abs, [1], "tcp://127.0.0.1:1"))
