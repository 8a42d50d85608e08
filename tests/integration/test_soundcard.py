"""The same conversation through real PortAudio, on the virtual sound card."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.integration.soundcard import SoundCard, locate, sound_card, sounded_ms
from tests.support.conversation import Conversation
from tests.support.environment import environment
from tests.wire import check, read
from voice_tui.audio.stream.pcm import RATE, Pcm

pytestmark = pytest.mark.wall_clock

QUIET_MS = 150
TRUTH_MS = 20


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
    command = [sys.executable, "-m", "voice_tui", "talk", "--json", "--no-greeting", "--url", served, "--for", "19"]
    command += ["--preset", "server-vad"]
    process_env = environment(folder) | card.environment
    with card.recording() as recording:
        run = subprocess.Popen(
            [*command, "--events", str(log)], env=process_env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        card.speak(2.0, story, 6.0, barge, 0.5)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 0, err[-2000:]
    lines = [json.loads(line) for line in out.splitlines()]
    notices = [(line["notice"], line["t"], line["data"]) for line in lines[:-1]]
    return Conversation(notices, lines[-1]["summary"], read(log), recording.pcm)


def test_the_devices_are_portaudios(conversation: Conversation) -> None:
    _, _, devices = next(n for n in conversation.notices if n[0] == "DevicesChanged")
    assert (devices["mic_problem"], devices["speaker_problem"]) == ("", "")
    assert devices["mic"] != "none"


def test_both_turns_are_answered_and_the_second_interrupts(conversation: Conversation) -> None:
    assert [turn["role"] for turn in conversation.summary["turns"]] == ["user", "assistant"] * 2
    assert len(conversation.summary["interruptions"]) == 1
    assert conversation.summary["errors"] == []


def test_audio_end_ms_agrees_with_the_recording_of_the_loudspeaker(conversation: Conversation) -> None:
    (truncation,) = conversation.summary["truncations"]
    assert truncation["ack"] == "acknowledged"
    sent = conversation.audio_of(truncation["item"])
    truly = sounded_ms(sent, conversation.heard, locate(sent, conversation.heard))
    print(f"audio_end_ms {truncation['audio_end_ms']}, in the recording {truly:.1f}")
    assert abs(truncation["audio_end_ms"] - truly) <= TRUTH_MS


def test_the_loudspeaker_is_silent_soon_after_the_decision(conversation: Conversation) -> None:
    (truncation,) = conversation.summary["truncations"]
    (interruption,) = conversation.summary["interruptions"]
    sent = conversation.audio_of(truncation["item"])
    start = locate(sent, conversation.heard)
    cut = start + truncation["audio_end_ms"] * RATE // 1000
    answer = conversation.audio_of(conversation.summary["turns"][-1]["item"])
    next_start = locate(answer, conversation.heard)
    silent = conversation.heard[cut + QUIET_MS * RATE // 1000 : next_start]
    assert len(silent) > RATE // 2
    assert np.abs(silent).max() < 10
    assert interruption["cancelled"] is False


def test_the_wire_log_conforms(conversation: Conversation) -> None:
    check(conversation.events)
