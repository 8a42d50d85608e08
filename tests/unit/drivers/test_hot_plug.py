"""Devices that go and come back, on virtual time: what is told, what is opened, what is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.plugged import Plugged
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers import equipment as module
from voice_tui.drivers.devices.loudspeakers import HeldSpeaker, TimedSpeaker
from voice_tui.drivers.equipment import RETRY_S, WATCH_AFTER_S, Equipment
from voice_tui.drivers.options import RunnerOptions
from voice_tui.messages.inputs import Input, Progressed, Reported
from voice_tui.messages.link import DevicesChanged, SelectDevice
from voice_tui.messages.talk import Announced


class Room:
    """A desk with devices, and the equipment of a conversation that uses them."""

    def __init__(self, *, mic: str = "", speaker: str = "", **more: Any) -> None:
        self.now = 0.0
        self.desk = Plugged("Yeti", "Headset", speakers=("Headphones", "Monitor"))
        self.told: list[Input] = []
        options = RunnerOptions(
            resolve=lambda: None,  # type: ignore[arg-type,return-value]  # nobody connects
            mic=mic, speaker=speaker, watch=self.desk,
            open_microphone=self.desk.microphone, open_speaker=self.desk.loudspeaker, **more,
        )  # fmt: skip
        self.equipment = Equipment(options, self.told.append)
        self.equipment.open(0.0)

    def pass_time(self, seconds: float) -> int:
        """Go on; gives how many frames the microphone delivered."""
        frames = 0
        for _ in range(round(seconds / 0.25)):
            self.now += 0.25
            self.desk.now = self.now
            frames += len(self.equipment.read(self.now))
            self.equipment.look(self.now)
            self.equipment.speaker.progress(self.now)
        return frames

    @property
    def devices(self) -> DevicesChanged:
        return [n.notice for n in self.told if isinstance(n, Reported) and isinstance(n.notice, DevicesChanged)][-1]

    @property
    def said(self) -> list[str]:
        return [n.notice.text for n in self.told if isinstance(n, Reported) and isinstance(n.notice, Announced)]


def test_a_microphone_that_goes_is_said_once_and_comes_back_by_itself() -> None:
    room = Room()
    assert room.pass_time(6) == 600
    room.desk.unplug("Yeti", "Headset")
    room.pass_time(4)
    assert room.said == ["the microphone 'Yeti' is gone: it comes back by itself"]
    assert room.devices.mic_problem == "the microphone 'Yeti' is gone"
    assert (room.devices.speaker, room.devices.speaker_problem) == ("Headphones", "")
    room.desk.plug("Yeti")
    room.pass_time(1)
    assert room.said[1:] == ["the microphone 'Yeti' is there"]
    assert (room.devices.mic, room.devices.mic_problem) == ("Yeti", "")
    assert room.pass_time(2) == 200


def test_what_was_being_said_waits_for_the_loudspeaker_and_goes_on_at_the_very_sample() -> None:
    room = Room(speaker="Headphones")
    room.pass_time(6)
    answer = np.arange(2 * RATE, dtype=np.int16)
    room.equipment.speaker.play(answer.tobytes())
    room.pass_time(1)
    room.desk.unplug("Headphones")
    room.pass_time(4)
    held = room.equipment.speaker
    assert isinstance(held, HeldSpeaker)
    stopped_at = held.ring.handed
    assert stopped_at == RATE
    assert room.said == ["the loudspeaker 'Headphones' is gone: what it was saying waits until it is back"]
    assert held.ring.handed == stopped_at  # nobody could have heard more of it
    room.desk.plug("Headphones", output=True)
    room.pass_time(3)
    assert room.devices.speaker_problem == ""
    assert room.equipment.speaker.ring.handed == len(answer)
    assert np.array_equal(room.desk.heard("Headphones"), answer)


def test_a_cut_is_carried_out_while_the_loudspeaker_is_gone() -> None:
    room = Room(speaker="Headphones")
    room.equipment.speaker.play(np.ones(RATE, np.int16).tobytes())
    room.pass_time(0.5)
    room.desk.unplug("Headphones")
    room.pass_time(0.5)
    room.equipment.speaker.flush(1)
    room.now += 1.0
    told = [*room.equipment.speaker.progress(room.now), *room.equipment.speaker.progress(room.now)]
    assert [type(each).__name__ for each in told if not isinstance(each, Progressed)] == ["CutDone"]


def test_another_microphone_is_no_answer_to_the_one_that_was_named() -> None:
    room = Room(mic="Yeti")
    room.pass_time(6)
    room.desk.unplug("Yeti")
    room.pass_time(3)
    room.desk.plug("Webcam")
    room.pass_time(3)
    assert room.devices.mic_problem
    room.desk.plug("Yeti")
    room.pass_time(1)
    assert (room.devices.mic, room.devices.mic_problem) == ("Yeti", "")


def test_one_that_is_not_ready_yet_is_tried_again_a_few_times() -> None:
    room = Room(mic="Yeti")
    room.pass_time(6)
    room.desk.unplug("Yeti")
    room.pass_time(3)
    room.desk.busy = 2
    room.desk.plug("Yeti")
    room.pass_time(0.5)
    assert room.devices.mic_problem
    room.pass_time(2 * RETRY_S + 0.5)
    assert room.devices.mic_problem == ""


def test_the_system_s_own_device_is_followed_where_streams_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "default_stays", lambda: True)
    room = Room()
    room.pass_time(WATCH_AFTER_S + 1)
    assert room.devices.mic == "Yeti"
    room.desk.make_default("Headset")
    room.pass_time(1)
    assert room.devices.mic == "Headset"
    assert room.pass_time(1) == 100


def test_where_the_system_moves_its_streams_nobody_looks_and_nothing_is_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "default_stays", lambda: False)
    room = Room()
    opened = list(room.desk.opened)
    room.pass_time(WATCH_AFTER_S + 1)
    assert not room.desk.looking
    room.desk.make_default("Headset")
    room.pass_time(1)
    assert room.desk.opened == opened


def test_nobody_looks_before_the_start_is_over_and_not_while_all_is_there() -> None:
    room = Room(mic="Yeti", speaker="Headphones")
    room.pass_time(20)
    assert not room.desk.looked
    missing = Room(mic="Blue")
    missing.pass_time(WATCH_AFTER_S - 1)
    assert not missing.desk.looked
    missing.pass_time(2)
    assert missing.desk.looking


def test_a_chosen_device_is_taken_at_once_and_the_answer_goes_on_there() -> None:
    room = Room()
    room.equipment.speaker.play(np.ones(2 * RATE, np.int16).tobytes())
    room.pass_time(1)
    room.equipment.select(SelectDevice("Monitor", output=True), room.now)
    room.equipment.select(SelectDevice("Headset"), room.now)
    assert (room.devices.mic, room.devices.speaker) == ("Headset", "Monitor")
    room.pass_time(2)
    assert len(room.desk.heard("Headphones")) + len(room.desk.heard("Monitor")) == 2 * RATE


def test_a_chosen_device_that_is_not_there_says_what_there_is() -> None:
    room = Room()
    room.equipment.select(SelectDevice("nonsense"), room.now)
    assert room.devices.mic_problem == "microphone: nothing is called 'nonsense'; there are 'Yeti', 'Headset'"


def test_what_is_no_device_is_left_alone(tmp_path: Any) -> None:
    room = Room(speaker="none")
    room.pass_time(6)
    assert isinstance(room.equipment.speaker, TimedSpeaker)
    speaker = room.equipment.speaker
    room.equipment.select(SelectDevice("Headset"), room.now)
    assert room.equipment.speaker is speaker


def test_without_a_watch_it_goes_on_without_as_before() -> None:
    room = Room(mic="Yeti")
    room.equipment = Equipment(replace(room.equipment._options, watch=None), room.told.append)
    room.equipment.open(0.0)
    room.desk.unplug("Yeti")
    room.pass_time(1)
    assert room.said == ["the microphone 'Yeti' is gone: going on without a microphone"]


def test_a_device_that_was_named_and_is_not_there_is_said_at_the_start_and_one_that_was_not_is_not() -> None:
    room = Room(mic="nonsense")
    assert room.said == ["microphone: nothing is called 'nonsense'; there are 'Yeti', 'Headset'"]
    room = Room()
    room.desk.unplug("Yeti", "Headset")
    room.desk.start_anew()
    room.equipment.open(0.0)
    assert room.devices.mic_problem == "no microphone was found"
    assert room.said == []
