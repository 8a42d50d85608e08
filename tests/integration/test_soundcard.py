"""The same conversation through real PortAudio, on the virtual sound card."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import numpy as np
import pytest

from tests.integration.soundcard import SoundCard, cut_ms, first, locate, sound_card
from tests.support.conversation import Conversation
from tests.support.environment import environment
from tests.wire import check, read
from voice_tui.audio.stream.pcm import RATE, Pcm

pytestmark = pytest.mark.wall_clock

QUIET_MS = 150
TRUTH_MS = 20
PAUSE_MS = 150  # a cut is found no more exactly than the silences of what is said allow
ALIGNED = RATE // 2  # samples of an answer before its cut by which it is found in the recording


def located(conversation: Conversation, truncation: dict[str, Any]) -> tuple[int, int]:
    """A sample of the cut answer shortly before its cut, and where it stands in the recording."""
    end = truncation["audio_end_ms"] * RATE // 1000
    near = max(0, end - ALIGNED)  # where the output ran dry before, what follows is later
    return near, locate(conversation.audio_of(truncation["item"])[near:end], conversation.heard)


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


@pytest.fixture(scope="module")
def conversation(
    card: SoundCard, served: str, local_voice: Callable[[str], Pcm], tmp_path_factory: pytest.TempPathFactory
) -> Conversation:
    folder = tmp_path_factory.mktemp("portaudio")
    story, barge = local_voice("Please tell me a long story."), local_voice("Excuse me, what is the time now?")
    log = folder / "events.jsonl"
    command = [*first(), sys.executable, "-m", "voice_tui", "talk", "--json", "--no-greeting", "--url", served]
    command += ["--preset", "server-vad", "--events", str(log), "--for", "120"]
    process_env = environment(folder) | card.environment
    problems = folder / "stderr"
    with (
        card.recording() as recording,
        problems.open("w") as stderr,
        subprocess.Popen(command, env=process_env, stdout=subprocess.PIPE, stderr=stderr, text=True) as run,
    ):
        assert run.stdout is not None
        told = map(json.loads, run.stdout)
        lines: list[dict[str, Any]] = []

        def until(notice: str, **data: str) -> None:
            """What is spoken waits for what the program says, so that on a slow machine nothing is missed."""
            for line in told:
                lines.append(line)
                if line.get("notice") == notice and data.items() <= line["data"].items():
                    return
            raise AssertionError(f"no {notice} with {data}: {problems.read_text()}")

        until("LinkChanged", link="live")
        card.speak(0.5, story)
        until("PhaseChanged", phase="assistant speaking")
        card.speak(3.0, barge, 0.5)
        until("Interrupted")
        until("PhaseChanged", phase="assistant speaking")
        until("PhaseChanged", phase="listening")
        run.send_signal(signal.SIGINT)
        lines += told
    assert run.returncode == 0, problems.read_text()
    notices = [(line["notice"], line["t"], line["data"]) for line in lines[:-1]]
    return Conversation(notices, lines[-1]["summary"], read(log), recording.pcm)


def test_the_devices_are_portaudios(conversation: Conversation) -> None:
    _, _, devices = next(n for n in conversation.notices if n[0] == "DevicesChanged")
    assert (devices["mic_problem"], devices["speaker_problem"]) == ("", "")
    assert devices["mic"] != "none"


def test_both_turns_are_answered_and_the_second_interrupts(conversation: Conversation) -> None:
    roles = [turn["role"] for turn in conversation.summary["turns"]]
    # A machine that is too busy to feed the card for half a second makes a pause, which cuts a turn in two.
    assert [role for role, _ in groupby(roles)][:3] == ["user", "assistant", "user"]
    assert roles[-1] == "assistant"
    assert conversation.summary["interruptions"]
    assert conversation.summary["errors"] == []


def test_audio_end_ms_agrees_with_the_recording_of_the_loudspeaker(conversation: Conversation) -> None:
    truncation = conversation.summary["truncations"][0]
    assert truncation["ack"] == "acknowledged"
    near, start = located(conversation, truncation)
    last, missing = (
        near * 1000 / RATE + ms
        for ms in cut_ms(conversation.audio_of(truncation["item"])[near:], conversation.heard, start)
    )
    print(f"audio_end_ms {truncation['audio_end_ms']}, in the recording {last:.1f} to {missing:.1f}")
    assert last - TRUTH_MS <= truncation["audio_end_ms"] <= missing + TRUTH_MS
    assert missing - last <= PAUSE_MS


def test_the_loudspeaker_is_silent_soon_after_the_decision(conversation: Conversation) -> None:
    truncation, interruption = conversation.summary["truncations"][0], conversation.summary["interruptions"][0]
    near, start = located(conversation, truncation)
    cut = start + truncation["audio_end_ms"] * RATE // 1000 - near
    answers = [turn["item"] for turn in conversation.summary["turns"] if turn["role"] == "assistant"]
    following = conversation.audio_of(answers[answers.index(truncation["item"]) + 1])
    next_start = locate(following, conversation.heard)
    silent = conversation.heard[cut + QUIET_MS * RATE // 1000 : next_start]
    assert len(silent) > RATE // 2
    assert np.abs(silent).max() < 10
    assert interruption["cancelled"] is False


def test_the_wire_log_conforms(conversation: Conversation) -> None:
    check(conversation.events)
