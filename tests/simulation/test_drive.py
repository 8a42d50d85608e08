"""`voice-tui drive`: another program is the user, line by line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.simulation.test_scenarios import never_ready
from tests.simulation.world import World
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.virtual_time import VirtualLoop
from voice_tui.scenario.drive import Drive, Driven
from voice_tui.scenario.model import STEPS
from voice_tui.speech.synthesiser import WARM_UP

STORY = {"type": "Please tell me a long story."}


def driven(*lines: object, gone_after: int | None = None, before: Any = None) -> tuple[Driven, list[dict[str, Any]]]:
    """What comes of these lines, and what is written; whoever reads it may be gone after so many lines."""
    out: list[str] = []

    async def given() -> AsyncIterator[bytes]:
        for line in lines:
            yield line if isinstance(line, bytes) else json.dumps(line).encode()

    async def run(world: World) -> Driven:
        if before:
            before(world)

        def spoken(text: str) -> Pcm:
            return world.speech.say(text) if text != WARM_UP else np.zeros(240, np.int16)

        drive = Drive(world.options, spoken, out.append, lambda: gone_after is None or len(out) < gone_after)
        return await drive.run(given())

    def main(loop: VirtualLoop) -> Coroutine[Any, Any, Driven]:
        return run(World(loop, 0, strict=True))

    found = virtual_time.run(main)
    return found, [json.loads(line) for line in out]


def of(told: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in told if kind in line]


def test_a_step_in_is_a_result_out_with_its_line_and_its_id() -> None:
    found, told = driven(
        {"say": "How much is two plus three?", "id": "first"},
        {"expect": {"event": "answered", "text_contains": "5"}, "id": 2},
        {"expect": {"event": "answered", "text_contains": "6", "within_ms": 5_000}},
    )
    assert found == Driven(done=2, failed=1)
    say, right, wrong = of(told, "step")
    assert (say["step"], say["line"], say["id"], say["ok"], say["reason"]) == ("say", 1, "first", True, "")
    assert (right["id"], right["ok"]) == (2, True)
    assert "id" not in wrong
    assert "its text is 'That is 5.', without '6'" in wrong["reason"]
    assert say["t"] < right["t"] <= wrong["t"]


def test_notices_come_between_as_talk_tells_them_with_the_events_that_they_are() -> None:
    _, told = driven(STORY, {"wait": "assistant_speaking"}, {"interrupt": None}, {"wait": "truncated"})
    names = [name for line in of(told, "notice") for name in line["events"]]
    for name in ("connected", "user_turn", "thinking", "assistant_speaking", "interrupted", "truncated", "answered"):
        assert name in names
    assert "LevelMeasured" not in {line["notice"] for line in of(told, "notice")}
    at = [next(i for i, line in enumerate(told) if key in line and line[key] == value) for key, value in (
        ("notice", "Interrupted"), ("step", "interrupt"), ("step", "wait"),
    )]  # fmt: skip
    assert at[0] < at[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"shout": "Hi."}, "has none of say, type, play, interrupt, wait, pause, set, expect, give exactly one"),
        ({"say": 5}, "say: 5 is not allowed, give words, at most 4,000 letters"),
        ({"say": "Hi.", "send_after": {"event": "soon"}}, "send_after.event: 'soon' is not allowed, give one of"),
        ({"expect": {"event": "answered", "within": 3}}, "expect.within: unknown, there are event, calls, figure"),
        ({"expect": {"figure": "L_Y", "at_most": 1}}, "expect.figure: L_Y is of a whole talk: voice-tui test"),
        ({"set": {"knobs": {"sureness": 99}}}, "set.knobs.sureness: 99 is not allowed, give 1 to 12"),
        ({"say": "Hi.", "id": True}, "id: True is not allowed, give a text or a whole number"),
        ([1], "[1] is not allowed, give a table with one of say"),
        (b"say hello", "'say hello' is no JSON"),
        (b"\xff\x1b[2J", "is no JSON"),
        (b"[" * 9_000, "is no JSON"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_told_and_the_next_is_done(line: object, words: str) -> None:
    found, told = driven(line, b"", {"pause": 10})
    assert found == Driven(done=1, wrong=1)
    [error] = of(told, "error")
    assert words in error["error"]
    assert error["error"].isprintable()
    assert error["line"] == 1
    [step] = of(told, "step")
    assert (step["step"], step["line"]) == ("pause", 3)


def test_a_step_that_cannot_be_done_has_failed_and_the_next_is_done() -> None:
    found, told = driven(
        {"wait": "interrupted", "within_ms": 500},
        {"play": "gone.wav"},
        {"say": "Hi.", "send_after": {"event": "error", "within_ms": 9}},
        {"pause": 1},
    )
    assert found == Driven(done=1, failed=3)
    waited, played, said, _ = of(told, "step")
    assert waited["reason"].startswith("waited 500 ms for interrupted in vain")
    assert waited["ms"] >= 500
    assert played["reason"].startswith("play: gone.wav: No such file")
    assert said["reason"].startswith("waited 9 ms for error in vain")


def test_the_end_of_the_lines_ends_it_once_the_answer_was_heard() -> None:
    found, told = driven({"type": "How much is two plus three?"})
    assert found == Driven(done=1)
    assert list(told[-1]) == ["summary"]
    assert [(turn["role"], turn["text"]) for turn in told[-1]["summary"]["turns"]] == [
        ("user", "How much is two plus three?"), ("assistant", "That is 5."),
    ]  # fmt: skip
    assert "answered" in [name for line in of(told, "notice") for name in line["events"]]


def test_nobody_who_reads_ends_it_too() -> None:
    _, told = driven(STORY, {"pause": 60_000}, gone_after=20)
    assert of(told, "step")[0]["step"] == "type"
    assert told[-1]["summary"]["turns"][0]["text"] == STORY["type"]


def test_a_connection_that_cannot_be_is_raised_and_the_summary_is_the_last_line(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed, match="HTTP 401"):
        driven(STORY, before=lambda world: setattr(world.network, "status", 401))


def test_why_nobody_is_connected_is_told() -> None:
    found, told = driven({"type": "Hello."}, before=never_ready)
    assert (found.done, found.failed) == (0, 1)
    assert of(told, "error")[0]["error"].startswith("not connected within 60 s: embedded: HTTP 503, ")


def test_every_kind_of_step_is_one_line() -> None:
    given = {
        "say": {"say": "How much is two plus three?"}, "type": STORY, "play": {"play": "knock"},
        "interrupt": {"interrupt": None}, "wait": {"wait": "quiet"}, "pause": {"pause": 5},
        "set": {"set": {"muted": True}}, "expect": {"expect": {"event": "error", "absent": True}},
    }  # fmt: skip
    assert set(given) == set(STEPS)
    found, told = driven(*given.values())
    assert found == Driven(done=len(STEPS))
    assert [line["step"] for line in of(told, "step")] == list(given)
