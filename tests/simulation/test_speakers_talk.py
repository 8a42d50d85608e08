"""Two people at one microphone: who spoke is shown, told to the model, and remembered by voice."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest

from tests.simulation.commands import run, talk, wav
from tests.simulation.equipment import voiceprints
from tests.simulation.real import RealSpeech, headset
from tests.simulation.scenes import said
from tests.simulation.world import World, simulate
from tests.support.conversation import Conversation
from tests.wire import check
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.devices.microphones import VirtualMicrophone
from voice_tui.drivers.voices.file import read
from voice_tui.messages.checks import CheckFailed
from voice_tui.messages.speakers import Enrol, RenameSpeaker, VoiceEnrolled

pytestmark = pytest.mark.usefixtures("real_models")

FIRST = "Could you please tell me how much is twelve times seven?"
SECOND = "What is nine plus four, if I may ask you that?"
THIRD = "And how much is thirty minus eleven, please?"
READING = (
    "The north wind and the sun were arguing about which of them was the stronger. A traveller came along the road, "
    "wrapped in a warm cloak. They agreed that whoever made him take his cloak off first should be called the "
    "stronger one. Then the north wind blew as hard as it could, and at last the sun shone out warmly."
)
DEEP, HIGH = 0.8, 1.3  # how much faster the one local voice is played: throat and pitch of two people
PAUSE_S = 6.0


def spoken(*parts: tuple[str, float] | float) -> Pcm:
    """(sentence, voice) and silences (seconds)."""
    say = RealSpeech().say
    return said(*(part if isinstance(part, float) else faster(say(part[0]), part[1]) for part in parts))


def faster(pcm: Pcm, factor: float) -> Pcm:
    """Played at another rate, as a record."""
    at = np.arange(int(len(pcm) / factor)) * factor
    return np.asarray(np.interp(at, np.arange(len(pcm)), pcm), np.int16)


@pytest.fixture(scope="module")
def two(real_models: None, tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    folder = tmp_path_factory.mktemp("two")
    pcm = spoken(0.5, (FIRST, DEEP), PAUSE_S, (SECOND, HIGH), PAUSE_S, (THIRD, DEEP), 1.0)
    return talk(folder, "--no-greeting", "--mic", wav(folder / "two.wav", pcm), cast=headset)


def speakers(conversation: Conversation) -> list[str]:
    return [turn["speaker"] for turn in conversation.summary["turns"] if turn["role"] == "user"]


def test_both_are_labelled(two: Conversation) -> None:
    assert speakers(two) == ["Speaker 1", "Speaker 2", "Speaker 1"], two.summary["turns"]


def test_the_model_is_told_before_it_is_asked(two: Conversation) -> None:
    sent = [e["event"] for e in two.events if e["dir"] == "client"]
    labels = [e for e in sent if e["type"] == "conversation.item.create" and e["item"]["role"] == "system"]
    assert [e["item"]["content"][0]["text"] for e in labels] == ["[Speaker 2 speaking]", "[Speaker 1 speaking]"]
    order = [e for e in sent if e in labels or e["type"] == "response.create"]
    assert order[-2] == labels[-1], "from the second voice on the question waits for the label"
    assert order[-1]["type"] == "response.create"


def test_and_finds_the_label_before_the_turn(two: Conversation) -> None:
    users = [t["item"] for t in two.summary["turns"] if t["role"] == "user"]
    placed = {e["item"]["id"]: e["previous_item_id"] for e in two.received("conversation.item.added")}
    labels = [item for item in placed if item.startswith("label_")]
    for label, turn in zip(labels, users[1:], strict=True):
        assert placed[label] == placed[turn], "the label stands where the turn stood, so the turn stands behind it"


def test_on_a_wire_as_it_should_be(two: Conversation) -> None:
    check(two.events)


def test_an_enrolled_voice_is_known_in_the_next_run(tmp_path: Path) -> None:
    recording = wav(tmp_path / "reading.wav", spoken(0.5, (READING, DEEP), 0.5))
    done = run(tmp_path, "speakers", "enrol", "Alice", recording, "--yes")
    assert "the voice of Alice is known" in done.out, done.err
    (file,) = tmp_path.rglob("voices.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    microphone = wav(tmp_path / "known.wav", spoken(0.5, (FIRST, DEEP), 0.2))
    assert speakers(talk(tmp_path, "--no-greeting", "--mic", microphone, cast=headset)) == ["Alice"]
    assert "Alice" in run(tmp_path, "speakers", "list").out
    assert run(tmp_path, "speakers", "forget", "Alice", "--yes").code == 0
    assert not file.exists()


def test_a_name_holds_back_and_forward() -> None:
    async def renamed(world: World) -> None:
        async def until(*labels: str) -> None:
            def now() -> list[str]:
                return [row.speaker for row in world.rows if row.role == "user" and row.spoken]

            await world.until(lambda: now() == list(labels), f"the speakers are {labels}")

        await until("Speaker 1", "Speaker 2")
        world.want(RenameSpeaker(1, "Alice"))
        await until("Alice", "Speaker 2")
        await until("Alice", "Speaker 2", "Alice")
        await world.quiet()

    pcm = spoken(0.5, (FIRST, DEEP), PAUSE_S, (SECOND, HIGH), PAUSE_S, (THIRD, DEEP), PAUSE_S)
    world = simulate(
        renamed,
        cast=headset,
        open_microphone=lambda name: VirtualMicrophone(pcm, "two"),
        equipment=lambda world: {"voices": voiceprints(world)},
    )
    check(world.wire)


def test_somebody_enrols_while_one_talks(tmp_path: Path) -> None:
    async def enrols(world: World) -> None:
        await world.live()
        world.want(Enrol("Eve"))
        await world.until(lambda: bool(world.told(VoiceEnrolled) + world.told(CheckFailed)), "the check is over")

    pcm = spoken(1.5, (READING, HIGH), 1.0, (READING, HIGH), 2.0)
    world = simulate(
        enrols,
        cast=headset,
        open_microphone=lambda name: VirtualMicrophone(pcm, "enrols"),
        equipment=lambda world: {"voices": voiceprints(world, tmp_path / "voices.json")},
    )
    assert world.told(CheckFailed) == []
    assert [enrolled.name for enrolled in world.told(VoiceEnrolled)] == ["Eve"]
    assert [voice.name for voice in read(tmp_path / "voices.json")] == ["Eve"]
