"""Two people at one microphone, over real sockets: who spoke is shown, told to the model, and remembered by voice."""

from __future__ import annotations

import queue
import stat
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.integration.talking import Conversation, talk
from tests.support.environment import environment
from tests.wire import check
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.conversation import RunnerOptions
from voice_tui.drivers.thread import VoiceThread
from voice_tui.drivers.voices.file import read
from voice_tui.drivers.voices.worker import VoiceprintOptions
from voice_tui.endpoints.providers import Endpoint, url_endpoint
from voice_tui.messages.checks import CheckFailed, CheckNotice
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Profile
from voice_tui.messages.speakers import Enrol, RenameSpeaker, VoiceEnrolled
from voice_tui.messages.talk import Row, RowChanged, RowRemoved

pytestmark = pytest.mark.wall_clock

FIRST = "Could you please tell me how much is twelve times seven?"
SECOND = "What is nine plus four, if I may ask you that?"
THIRD = "And how much is thirty minus eleven, please?"
READING = (
    "The north wind and the sun were arguing about which of them was the stronger. A traveller came along the road, "
    "wrapped in a warm cloak. They agreed that whoever made him take his cloak off first should be called the "
    "stronger one. Then the north wind blew as hard as it could, and at last the sun shone out warmly."
)
DEEP, HIGH = 0.8, 1.3  # how much faster the one local voice is played: throat and pitch of two people
PAUSE_S = 9.0
# A question waits for the label however long that takes on this machine, so that only the label can let it go.
PATIENT = "import voice_tui.conversation.speakers.speakers as under_test\nunder_test.WAIT_S = 60.0"

Said = Callable[..., Path]


@pytest.fixture(scope="module")
def said(local_voice: Callable[[str], Pcm], tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Makes a wav file of (sentence, voice) and silences (seconds)."""
    folder = tmp_path_factory.mktemp("said")

    def make(name: str, *parts: tuple[str, float] | float) -> Path:
        pieces = [
            np.zeros(int(part * RATE), np.int16) if isinstance(part, float) else faster(local_voice(part[0]), part[1])
            for part in parts
        ]
        path = folder / f"{name}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(np.concatenate(pieces).tobytes())
        return path

    return make


def faster(pcm: Pcm, factor: float) -> Pcm:
    """Played at another rate, as a record."""
    at = np.arange(int(len(pcm) / factor)) * factor
    return np.asarray(np.interp(at, np.arange(len(pcm)), pcm), np.int16)


@pytest.fixture(scope="module")
def two(served: str, said: Said, tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    wav = said("two", 0.5, (FIRST, DEEP), PAUSE_S, (SECOND, HIGH), PAUSE_S, (THIRD, DEEP), 1.0)
    folder = tmp_path_factory.mktemp("two")
    return talk(folder, "--url", served, "--no-greeting", "--mic", str(wav), prelude=PATIENT)


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


def test_an_enrolled_voice_is_known_in_the_next_process(served: str, said: Said, tmp_path: Path) -> None:
    recording = said("reading", 0.5, (READING, DEEP), 0.5)
    done = commands(tmp_path, "enrol", "Alice", str(recording), "--yes")
    assert "the voice of Alice is known" in done.stdout, done.stderr
    (file,) = tmp_path.rglob("voices.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    wav = said("known", 0.5, (FIRST, DEEP), 0.2)
    conversation = talk(tmp_path, "--url", served, "--no-greeting", "--mic", str(wav))
    assert speakers(conversation) == ["Alice"]
    assert "Alice" in commands(tmp_path, "list").stdout
    assert commands(tmp_path, "forget", "Alice", "--yes").returncode == 0
    assert not file.exists()


def commands(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voice_tui", "speakers", *arguments],
        capture_output=True, text=True, check=False, timeout=60, env=environment(folder), stdin=subprocess.DEVNULL,
    )  # fmt: skip


class Rows:
    """What a screen would show; fed on the voice thread."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._changed = threading.Condition()

    def take(self, notice: Notice) -> None:
        with self._changed:
            if isinstance(notice, RowChanged):
                self._rows[notice.row.item_id] = notice.row
            elif isinstance(notice, RowRemoved):
                self._rows.pop(notice.item_id, None)
            self._changed.notify_all()

    def wait(self, *speakers: str, seconds: float = 60) -> None:
        """Until the user's turns have these labels."""
        end = time.monotonic() + seconds
        with self._changed:
            while (now := [r.speaker for r in self._rows.values() if r.role == "user" and r.spoken]) != list(speakers):
                assert self._changed.wait(end - time.monotonic()), f"{now} is not {speakers}"


def test_a_name_holds_back_and_forward(served: str, said: Said) -> None:
    wav = said("named", 0.5, (FIRST, DEEP), PAUSE_S, (SECOND, HIGH), PAUSE_S, (THIRD, DEEP), PAUSE_S)

    async def resolve() -> Endpoint:
        return url_endpoint(served, "", "")

    rows = Rows()
    thread = VoiceThread(RunnerOptions(resolve, mic=str(wav), speaker="none", voices=VoiceprintOptions(time.time)))
    thread.start(rows.take)
    try:
        rows.wait("Speaker 1", "Speaker 2")
        thread.send(RenameSpeaker(1, "Alice"))
        rows.wait("Alice", "Speaker 2")
        rows.wait("Alice", "Speaker 2", "Alice")
    finally:
        thread.stop(10)


def test_somebody_enrols_while_one_talks(served: str, said: Said, tmp_path: Path) -> None:
    wav = said("enrols", 1.5, (READING, HIGH), 1.0, (READING, HIGH), 2.0)

    async def resolve() -> Endpoint:
        return url_endpoint(served, "", "")

    results: queue.Queue[CheckNotice] = queue.Queue()
    live = threading.Event()

    def take(notice: Notice) -> None:
        if isinstance(notice, LinkChanged) and notice.link is Link.LIVE:
            live.set()
        elif isinstance(notice, VoiceEnrolled | CheckFailed):
            results.put(notice)

    voices = VoiceprintOptions(time.time, tmp_path / "voices.json")
    thread = VoiceThread(RunnerOptions(resolve, Profile(greeting=""), mic=str(wav), speaker="none", voices=voices))
    thread.start(take)
    try:
        assert live.wait(20)
        thread.send(Enrol("Eve"))
        result = results.get(timeout=60)
    finally:
        thread.stop(10)
    assert isinstance(result, VoiceEnrolled), result
    assert result.name == "Eve"
    assert [voice.name for voice in read(tmp_path / "voices.json")] == ["Eve"]
