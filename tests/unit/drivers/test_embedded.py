"""What the embedded server is called."""

from __future__ import annotations

import pytest

from voice_tui.drivers.embedded import EmbeddedServer
from voice_tui.settings.values import ECHO


@pytest.mark.parametrize(
    ("url", "model", "shown"),
    [
        ("", "", "demo brain"),
        (ECHO, "", "echo"),
        ("http://127.0.0.1:8000/v1", "", "brain at 127.0.0.1:8000"),
        ("http://127.0.0.1:8000/v1", "llama3.2", "llama3.2"),
    ],
)
def test_it_says_what_thinks(url: str, model: str, shown: str) -> None:
    assert EmbeddedServer(url, model).model == shown
