"""`voice-tui talk` as a user starts it: processes, sockets and a voice over the answer, in real time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.odd import odd_server
from tests.integration.talking import talk
from tests.support.environment import environment
from tests.support.odd_server import Oddities
from tests.support.words import word_error_rate
from tests.wire import check

pytestmark = pytest.mark.wall_clock

STORY = "Please tell me a long story."
BARGE_IN = "Wait a moment, what is the time now?"
TRUTH_MS = 20  # how far audio_end_ms may be from what truly sounded


def test_a_voice_over_the_answer_is_heard_through_a_socket(
    served: str, spoken: Callable[..., Path], tmp_path: Path
) -> None:
    wav = spoken(0.3, STORY, 6.0, BARGE_IN, 0.2)
    talked = talk(tmp_path, "--url", served, "--no-greeting", "--preset", "step4-cancel", "--mic", str(wav))
    (truncation,) = talked.summary["truncations"]
    assert truncation["ack"] == "acknowledged"
    assert talked.misjudged_ms(truncation["item"], truncation["audio_end_ms"]) <= TRUTH_MS
    assert word_error_rate(BARGE_IN, talked.texts("user")[-1]) <= 0.25
    assert talked.texts("assistant")[-1].startswith("It is ")
    check(talked.events)


def test_a_talk_without_a_url_starts_its_own_server(local_voice: object, tmp_path: Path) -> None:
    talked = talk(tmp_path, "--mic", "none", "--say", "What is nine plus four?")
    greeting, answer = talked.texts("assistant")
    assert "demo brain" in greeting
    assert "13" in answer
    check(talked.events)


@pytest.mark.parametrize(("refused", "code"), [(frozenset(), 0), (frozenset({"response.create"}), 3)])
async def test_the_exit_code_says_whether_what_was_asked_was_answered(
    tmp_path: Path, refused: frozenset[str], code: int
) -> None:
    async with odd_server(Oddities(refuses=refused)) as url:
        talk = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "voice_tui", "talk", "--url", url, "--mic", "none", "--speaker", "none"),
            *("--no-greeting", "--say", "Hello."),
            env=environment(tmp_path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaints = await talk.communicate()
    assert talk.returncode == code
    assert ("an answer failed" in complaints.decode()) == bool(code)
