from __future__ import annotations

import pytest

pytest.importorskip("httpx2", reason="the local extra is not installed")

from voice_tui.server.brains.chat import SILENCE, CallAssembler, completions_url, messages, offer
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn, Result, Tool


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


def test_messages_tell_what_was_heard() -> None:
    turns = (
        DialogueTurn("user", ""),
        DialogueTurn("assistant", "Once upon", interrupted=True),
        DialogueTurn("user", "Stop."),
    )
    assert messages(Dialogue("Be kind.", turns)) == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": SILENCE},
        {"role": "assistant", "content": "Once upon … (the user interrupted here)"},
        {"role": "user", "content": "Stop."},
    ]
    assert messages(Dialogue("Be kind.", (), "Be rude.")) == [{"role": "system", "content": "Be rude."}]


WEATHER = Call("weather", '{"city":"Oslo"}', "c1")
CLOCK = Call("clock", "{}", "c2")


def calling(*calls: Call) -> dict[str, object]:
    functions = [
        {"id": c.call_id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}} for c in calls
    ]
    return {"role": "assistant", "content": None, "tool_calls": functions}


def test_calls_made_together_are_one_message_and_their_results_follow_at_once() -> None:
    said = DialogueTurn("user", "Hurry.")
    events = (DialogueTurn("user", "Hi"), WEATHER, CLOCK, said, Result("c1", "snow"), Result("c2", "nine"))
    assert messages(Dialogue("", events)) == [
        {"role": "user", "content": "Hi"},
        calling(WEATHER, CLOCK),
        {"role": "tool", "tool_call_id": "c1", "content": "snow"},
        {"role": "tool", "tool_call_id": "c2", "content": "nine"},
        {"role": "user", "content": "Hurry."},
    ]


def test_a_call_without_a_result_and_a_result_without_a_call_are_only_notes() -> None:
    assert messages(Dialogue("", (WEATHER, Result("other", "sun")))) == [
        {"role": "system", "content": "(The function weather was called; it gave no result.)"},
        {"role": "system", "content": "The function returned: sun"},
    ]


@pytest.mark.parametrize(
    ("choice", "forced", "sent"),
    [
        ("auto", "", "auto"),
        ("none", "", "none"),
        ("required", "", "required"),
        ("required", "weather", {"type": "function", "function": {"name": "weather"}}),
    ],
)
def test_tools_are_passed_through(choice: str, forced: str, sent: object) -> None:
    tool = Tool("weather", "Look it up.", {"type": "object", "properties": {}})
    body = offer(Dialogue("", (), tools=(tool,), tool_choice=choice, forced=forced))
    assert body["tool_choice"] == sent
    function = {"name": "weather", "description": "Look it up.", "parameters": {"type": "object", "properties": {}}}
    assert body["tools"] == [{"type": "function", "function": function}]
    assert offer(Dialogue("", (), tool_choice=choice)) == {}


@pytest.mark.parametrize("indexed", [True, False])
def test_calls_are_put_together_from_pieces(indexed: bool) -> None:
    pieces: list[tuple[int, dict[str, object]]] = [
        (0, {"name": "weather", "arguments": ""}),
        (0, {"arguments": '{"city":'}),
        (0, {"arguments": '"Oslo"}'}),
        (1, {"name": "clock", "arguments": None}),
        (2, {"name": "dial", "arguments": {"to": 1}}),
    ]
    calls = CallAssembler()
    for index, function in pieces:
        calls.feed([{"function": function, **({"index": index} if indexed else {})}])
    assert calls.finish() == [Call("weather", '{"city":"Oslo"}'), Call("clock", "{}"), Call("dial", '{"to": 1}')]
    assert CallAssembler().finish() == []
