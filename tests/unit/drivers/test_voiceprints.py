"""Telling voices apart beside a conversation: what the thread answers, and what stands on the disk."""

from __future__ import annotations

import json
import stat
import threading
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tests.support.synthetic_voices import DEEP
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.voices.voiceprint import CepstralVoiceprinter, Voiceprint, Voiceprinter
from voice_tui.cli.speakers import speakers
from voice_tui.drivers.voices.file import StoredVoice, VoiceFileError, known, read, updated, write
from voice_tui.drivers.voices.worker import VoiceprintOptions, Voiceprints
from voice_tui.messages.inputs import Input, Reported
from voice_tui.messages.notices import Notice
from voice_tui.messages.speakers import (
    Identify,
    JudgeVoice,
    KeepVoices,
    KnownVoice,
    SpeakerInput,
    VoiceHeard,
    VoiceJudged,
    VoicesReady,
)
from voice_tui.messages.talk import Announced

NOBODY = np.zeros((0, 0), np.float32)
DIM = CepstralVoiceprinter.dim
VECTOR = np.eye(1, DIM, dtype=np.float32)[0]
ALICE = KnownVoice("Alice", VECTOR, 10.0, 5.0)


class Desk:
    """The driver with everything it told."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        private: bool = False,
        stores: bool = True,
        printer: type = CepstralVoiceprinter,
    ) -> None:
        self.told: list[SpeakerInput] = []
        self.said: list[Notice] = []
        options = VoiceprintOptions(lambda: 5.0, path, stores, printer)
        self.driver = Voiceprints(options, self._receive, private=private)
        self.driver.begin()

    def _receive(self, told: Input) -> None:
        if isinstance(told, Reported):
            self.said.append(told.notice)
        else:
            assert isinstance(told, SpeakerInput)
            self.told.append(told)

    def answers(self, *commands: Identify | JudgeVoice | KeepVoices) -> list[SpeakerInput]:
        self.told.clear()
        for command in commands:
            self.driver.carry_out(command)
        waits: list[Future[Any]] = [*self.driver._waiting, *self.driver._writes]
        wait(waits, 30)
        self.driver.poll()
        return self.told


def stored(name: str, method: str = "cepstra-1") -> StoredVoice:
    return StoredVoice(name, method, [float(x) for x in VECTOR], 10.0, 5.0)


def test_a_turn_gets_its_voiceprint_and_silence_none() -> None:
    desk = Desk()
    assert desk.told == [VoicesReady("cepstra-1", CepstralVoiceprinter.likeness)]
    heard, nothing = desk.answers(
        Identify("a", DEEP.say(3.0, 1), NOBODY, True), Identify("b", np.zeros(24_000, np.int16), NOBODY, True)
    )
    assert isinstance(heard, VoiceHeard)
    assert heard.vector is not None
    assert heard.overlap is not None
    assert heard.speech_s > 1
    assert nothing == VoiceHeard("b", True, None)
    desk.driver.end()


def test_only_a_whole_turn_is_judged() -> None:
    desk = Desk()
    (heard,) = desk.answers(Identify("a", DEEP.say(3.0, 1), NOBODY, False))
    assert isinstance(heard, VoiceHeard)
    assert heard.overlap is None
    desk.driver.end()


def test_it_works_on_another_thread() -> None:
    threads: list[str] = []

    class Watched(CepstralVoiceprinter):
        def listen(self, pcm: Pcm) -> Voiceprint | None:
            threads.append(threading.current_thread().name)
            return super().listen(pcm)

    desk = Desk(printer=Watched)
    desk.answers(Identify("a", DEEP.say(1.0, 1), NOBODY, True))
    assert threads[0].startswith("voiceprints")
    desk.driver.end()


def test_what_fails_is_said_once_and_answered_each_time() -> None:
    class Broken(CepstralVoiceprinter):
        def listen(self, pcm: Pcm) -> Voiceprint | None:
            raise RuntimeError("no\nmodel")

    desk = Desk(printer=Broken)
    ask = Identify("a", DEEP.say(1.0, 1), NOBODY, True)
    answers = desk.answers(ask, ask, JudgeVoice("Alice", DEEP.say(1.0, 1)))
    assert [x.vector for x in answers if isinstance(x, VoiceHeard)] == [None, None]
    assert [x.problem for x in answers if isinstance(x, VoiceJudged)] == ["RuntimeError: no model"]
    assert [x.text for x in desk.said if isinstance(x, Announced)] == [
        "voices cannot be told apart: RuntimeError: no model"
    ]
    desk.driver.end()


def test_a_good_recording_is_a_known_voice_and_a_short_one_says_why() -> None:
    desk = Desk()
    good, short = desk.answers(JudgeVoice("Alice", quiet_end(DEEP.say(14.0, 3))), JudgeVoice("Bob", DEEP.say(2.0, 3)))
    assert isinstance(good, VoiceJudged)
    assert good.voice is not None
    assert (good.voice.name, good.voice.consented) == ("Alice", 5.0)
    assert isinstance(short, VoiceJudged)
    assert "must be 10 s or more" in short.problem
    desk.driver.end()


def quiet_end(pcm: Pcm) -> Pcm:
    """Without a quiet part nobody knows how loud the room is."""
    return np.concatenate([pcm, np.zeros(4 * 24_000, np.int16)])


def test_known_voices_are_there_in_the_next_conversation(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "voices.json"
    first = Desk(path)
    first.answers(KeepVoices((ALICE,)))
    first.driver.end()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (ready,) = Desk(path).told
    assert isinstance(ready, VoicesReady)
    assert [(v.name, v.seconds, v.consented) for v in ready.voices] == [("Alice", 10.0, 5.0)]
    assert list(path.parent.iterdir()) == [path], "nothing is left beside it"


@pytest.mark.parametrize(
    ("kept", "private", "stores"), [(False, False, True), (True, True, True), (True, False, False)]
)
def test_in_private_and_without_a_file_nothing_is_written(
    tmp_path: Path, kept: bool, private: bool, stores: bool
) -> None:
    path = tmp_path / "voices.json"
    desk = Desk(path if kept else None, private=private, stores=stores)
    desk.answers(KeepVoices((ALICE,)))
    desk.driver.end()
    assert not list(tmp_path.iterdir())
    assert [x.text for x in desk.said if isinstance(x, Announced)] == [
        "not stored: voices are known until the end only"
    ]


def test_private_can_change_while_one_talks(tmp_path: Path) -> None:
    path = tmp_path / "voices.json"
    desk = Desk(path)
    desk.driver.set_private(True)
    desk.answers(KeepVoices((ALICE,)))
    assert not path.exists()
    desk.driver.set_private(False)
    desk.answers(KeepVoices((ALICE,)))
    assert path.exists()
    desk.driver.end()


@pytest.mark.parametrize(
    "text", ["{", '{"version":2,"voices":[]}', '{"version":1,"voices":[{"name":"A"}]}',
             '{"version":1,"voices":[{"name":"","method":"m","vector":[1],"seconds":1,"consented":1}]}'],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_named_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "voices.json"
    path.write_text(text)
    with pytest.raises(VoiceFileError, match=r"voices\.json"):
        read(path)
    desk = Desk(path)
    assert desk.told == [VoicesReady("cepstra-1", CepstralVoiceprinter.likeness)]
    desk.answers(KeepVoices((ALICE,)))
    desk.driver.end()
    assert path.read_text() == text


def test_voices_of_another_method_stay_unless_their_owner_was_forgotten() -> None:
    before = [stored("Alice"), stored("Bob"), stored("Alice", "other"), stored("Bob", "other"), stored("Eve", "other")]
    after = updated(before, "cepstra-1", [ALICE], [ALICE, replace(ALICE, name="Bob")])
    assert {(v.name, v.method) for v in after} == {("Alice", "cepstra-1"), ("Alice", "other"), ("Eve", "other")}


def test_of_two_runs_neither_takes_a_voice_that_the_other_has_stored(tmp_path: Path) -> None:
    path, bob, eve = tmp_path / "voices.json", replace(ALICE, name="Bob"), replace(ALICE, name="Eve")
    write(path, [stored("Alice")])
    first, second = Desk(path), Desk(path)
    first.answers(KeepVoices((ALICE, bob)))
    first.driver.end()
    second.answers(KeepVoices((ALICE, eve)))
    second.driver.end()
    assert sorted(v.name for v in read(path)) == ["Alice", "Bob", "Eve"]


def test_a_voice_that_was_forgotten_meanwhile_does_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "voices.json"
    write(path, [stored("Alice"), stored("Eve")])
    desk = Desk(path)
    write(path, [stored("Eve")])  # Alice took her consent back on the command line
    desk.answers(KeepVoices((ALICE, replace(ALICE, name="Bob"), replace(ALICE, name="Eve"))))
    desk.driver.end()
    assert sorted(v.name for v in read(path)) == ["Bob", "Eve"]


def test_a_vector_of_another_size_is_no_use() -> None:
    assert known([stored("Alice")], "cepstra-1", DIM + 1) == ()


def test_the_last_voice_takes_the_file_with_it(tmp_path: Path) -> None:
    path = tmp_path / "voices.json"
    write(path, [stored("Alice")])
    write(path, [])
    assert not list(tmp_path.iterdir())


def test_the_command_line_lists_and_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "voices.json"
    monkeypatch.setattr("voice_tui.settings.paths.voices_file", lambda: path)
    run = CliRunner()
    assert run.invoke(speakers, ["list"]).output == "no voice is known yet\n"
    write(path, [stored("Alice"), stored("Bob", "other")])
    listed = run.invoke(speakers, ["list"]).output
    assert "Alice  (10 s of speech" in listed
    assert "not used" in listed
    wrong = run.invoke(speakers, ["forget", "Eve"])
    assert (wrong.exit_code, "there are: Alice, Bob" in wrong.output) == (1, True)
    assert run.invoke(speakers, ["forget", "Alice"], input="n\n").exit_code == 1
    assert run.invoke(speakers, ["forget", "Alice"], input="y\n").exit_code == 0
    assert [v["name"] for v in json.loads(path.read_text())["voices"]] == ["Bob"]


def test_the_command_line_enrols_with_consent_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "voices.json"
    monkeypatch.setattr("voice_tui.settings.paths.voices_file", lambda: path)
    printer: Voiceprinter = CepstralVoiceprinter()
    monkeypatch.setattr("voice_tui.cli.speakers.best_voiceprinter", lambda: printer)
    monkeypatch.setattr("voice_tui.cli.speakers.recorded", lambda _: quiet_end(DEEP.say(14.0, 3)))
    run = CliRunner()
    assert run.invoke(speakers, ["enrol", "Alice", "a.wav"], input="n\n").exit_code == 1
    assert not path.exists()
    done = run.invoke(speakers, ["enrol", "Alice", "a.wav"], input="y\n")
    assert "the voice of Alice is known" in done.output
    assert [v.name for v in read(path)] == ["Alice"]
