from __future__ import annotations

import pytest

pytest.importorskip("httpx2", reason="the local extra is not installed")

from voice_tui.local.chat_brain import SILENCE, completions_url, messages, shown
from voice_tui.local.conversation import Conversation, Turn


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions"),
        ("http://localhost/v1/chat/completions", "http://localhost/v1/chat/completions"),
        ("localhost:8080", "http://localhost:8080/chat/completions"),
        ("https://h.example/openai/v1?api-version=1#x", "https://h.example/openai/v1/chat/completions?api-version=1"),
    ],
)
def test_both_kinds_of_url_are_understood(url: str, endpoint: str) -> None:
    assert completions_url(url) == endpoint


def test_what_is_secret_in_a_url_is_not_shown() -> None:
    assert shown("https://me:secret@h.example:8443/v1?key=secret") == "https://h.example:8443/v1"


def test_messages_tell_what_was_heard() -> None:
    turns = (Turn("user", ""), Turn("assistant", "Once upon", interrupted=True), Turn("user", "Stop."))
    assert messages(Conversation("Be kind.", turns)) == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": SILENCE},
        {"role": "assistant", "content": "Once upon … (the user interrupted here)"},
        {"role": "user", "content": "Stop."},
    ]
    assert messages(Conversation("Be kind.", (), "Be rude.")) == [{"role": "system", "content": "Be rude."}]
