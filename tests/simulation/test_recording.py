"""Recorded talks live again: the engine, fed its tape, tells the same notices byte for byte."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.simulation.people import scripted
from tests.simulation.test_determinism import interrupted, interrupted_on_a_bad_line
from tests.simulation.walk import take
from tests.simulation.world import Scene, World, simulate
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.conversation import kept as ears
from voice_tui.conversation.turn_taking import table
from voice_tui.drivers.call import HungUp
from voice_tui.drivers.devices.room_noise import RoomOptions
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.export import export
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.messages.inputs import FramesCaptured
from voice_tui.messages.link import EndCall, Reconnected, RehearseRollover
from voice_tui.messages.memory import SetPrivate
from voice_tui.messages.noise import NoiseChanged, SetNoise
from voice_tui.messages.presets import Detector
from voice_tui.messages.recording import Record, RecordingChanged
from voice_tui.messages.talk import Announced
from voice_tui.replay.account import account_of
from voice_tui.replay.judge.recording import HearingSettings, judge_recording
from voice_tui.replay.tape import check
from voice_tui.scenario.noises import hiss

SECRET = 'sk-a"key\\of-the-user'


def keeping(folder: Path, **how: Any) -> Callable[[World], Mapping[str, Any]]:
    def equipment(world: World) -> Mapping[str, Any]:
        return {"recording": RecordingOptions(folder, beside=False, **{"always": True, **how})}

    return equipment


def recorded(
    scene: Scene, folder: Path, preset: str = "server-vad", seed: int = 7, **how: Any
) -> tuple[World, RecordedTalk]:
    """A talk, and the newest recording of it."""
    world = simulate(scene, seed, preset, equipment=keeping(folder, **how))
    return world, open_recording(shelf.kept(folder)[-1].path)


@pytest.fixture(autouse=True)
def _scripted_ears(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine that lives a talk again has the ears that it had in its world."""
    cast = scripted()
    monkeypatch.setitem(table.DETECTORS, Detector.NATURAL, cast.natural)
    ears.EARS.append(cast.ears)  # the very list: who hears has it by name
    yield
    ears.EARS.pop()


@pytest.fixture(scope="module")
def barge_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded barge-in, to be copied before it is changed."""
    return recorded(interrupted, tmp_path_factory.mktemp("barge-in"))[1].path


@pytest.fixture
def copied(barge_in: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(barge_in, tmp_path / "copied")


# ---- living it again


@pytest.mark.parametrize("preset", ["server-vad", "natural", "push-to-talk", "step4-cancel"])
def test_a_recorded_barge_in_lives_again_without_a_difference(preset: str, tmp_path: Path) -> None:
    world, talk = recorded(interrupted, tmp_path, preset)
    verdict = check(talk)
    assert verdict.first is None
    assert verdict.same
    assert verdict.notices == len(world.notices) > 300
    assert world.interruptions == 1


def test_so_does_a_talk_with_the_noise_of_another_room(tmp_path: Path) -> None:
    """It is turned down while they talk; what the engine heard is what was kept."""

    async def scene(world: World) -> None:
        world.runner.request(SetNoise(36.0))
        await interrupted(world)

    def equipment(world: World) -> Mapping[str, Any]:
        return {**keeping(tmp_path)(world), "room": RoomOptions("hiss", hiss, 40.0)}

    world = simulate(scene, 7, "server-vad", equipment=equipment)
    talk = open_recording(shelf.kept(tmp_path)[-1].path)
    assert [notice for notice in world.notices if isinstance(notice, NoiseChanged)] == [
        NoiseChanged("hiss", 40.0),
        NoiseChanged("hiss", 36.0),
    ]
    verdict = check(talk)
    assert verdict.first is None
    assert verdict.notices == len(world.notices)
    heard = [i.pcm for i in talk.inputs() if isinstance(i, FramesCaptured)]
    assert min(float(np.abs(pcm).max()) for pcm in heard) > 0, "all that was heard has the noise in it"


def test_so_does_a_talk_that_lost_its_connection(tmp_path: Path) -> None:
    world, talk = recorded(interrupted_on_a_bad_line, tmp_path)
    assert check(talk).same
    assert len(talk.notice_lines) == len(world.notices)


def test_so_does_one_in_which_another_connection_was_made_ready_and_took_over(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say("Please tell me a long story.")
        await world.answering(ms=500)
        world.want(RehearseRollover())
        await world.wait(1.0)
        await world.say("Wait, what is nine plus four?")
        await world.quiet()
        await world.until(lambda: bool(world.told(Reconnected)), "another connection has taken over")
        await world.say("And what did I ask you before?")
        await world.quiet()

    _, talk = recorded(scene, tmp_path)
    assert check(talk).first is None


@pytest.mark.outside
@pytest.mark.parametrize("seed", [0, 5, 6, 7])  # of each temper one, each begins with another preset
def test_so_does_a_random_walk(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = RecordingOptions(tmp_path, always=True, beside=False)
    reached = World.reached
    monkeypatch.setattr(World, "reached", lambda world, **more: reached(world, **more | {"recording": options}))
    take(seed)
    verdict = check(open_recording(shelf.kept(tmp_path)[-1].path))
    assert verdict.first is None
    assert verdict.notices > 1_000


def test_one_notice_that_is_another_is_found_and_named(copied: Path) -> None:
    path = copied / shelf.NOTICES
    before = path.read_text()
    number = next(n for n, line in enumerate(before.splitlines()) if '"Truncated"' in line)
    lines = before.splitlines(keepends=True)
    notice = json.loads(lines[number])
    heard = notice["Truncated"]["audio_end_ms"]
    notice["Truncated"]["audio_end_ms"] = heard + 10
    lines[number] = json.dumps(notice, separators=(",", ":")) + "\n"
    path.write_text("".join(lines))
    verdict = check(open_recording(copied))
    assert (verdict.differences, verdict.same) == (1, False)
    assert verdict.first is not None
    assert verdict.first.number == number + 1
    assert verdict.first.fields == [("Truncated.audio_end_ms", str(heard + 10), str(heard), " (by -10)")]


def test_one_input_that_is_missing_is_noticed(copied: Path) -> None:
    path = copied / shelf.TAPE
    lines = path.read_bytes().splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if line.startswith(b'{"CutDone"'))
    path.write_bytes(b"".join(lines[:cut] + lines[cut + 1 :]))
    assert not check(open_recording(copied)).same


def test_where_there_is_no_tape_nobody_can_say(copied: Path) -> None:
    (copied / shelf.TAPE).unlink()
    (copied / shelf.NOTICES).unlink()
    verdict = check(open_recording(copied))
    assert not verdict.same
    assert verdict.unchecked.startswith("it has no tape")


def test_versions_that_differ_are_named(copied: Path) -> None:
    session = json.loads((copied / shelf.SESSION).read_text())
    session["versions"]["numpy"] = "0.1"
    (copied / shelf.SESSION).write_text(json.dumps(session))
    verdict = check(open_recording(copied))
    assert set(verdict.versions) == {"numpy"}
    assert verdict.same, "another version may compute the same"


def test_what_another_version_told_is_left_out_and_counted(copied: Path) -> None:
    path = copied / shelf.NOTICES
    known = len(list(open_recording(copied).notices()))
    with path.open("ab") as file:
        file.write(b'{"t":1.0,"NoticeOfTomorrow":{}}\n{"t":2.0,"Interrupted":{}}\n')
    talk = open_recording(copied)
    assert len(list(talk.notices())) == known
    assert talk.unread == 2


def test_a_tape_of_another_version_is_not_checked(copied: Path) -> None:
    path = copied / shelf.TAPE
    path.write_bytes(b'{"InputOfTomorrow":{}}\n' + path.read_bytes())
    verdict = check(open_recording(copied))
    assert not verdict.same
    assert verdict.unchecked == (
        "its tape can't be read here: InputOfTomorrow: 'InputOfTomorrow' is no kind of message that is known here"
    )


# ---- its sound


def test_the_left_channel_is_what_the_engine_was_given_and_the_right_one_what_was_heard(tmp_path: Path) -> None:
    world, talk = recorded(interrupted, tmp_path, "natural")
    frames = [step for step in talk.inputs() if isinstance(step, FramesCaptured)]
    given = np.concatenate([frame.pcm for frame in frames])
    assert np.array_equal(talk.microphone[: len(given)], given)
    heard = world.speaker.heard
    loud = np.flatnonzero(heard)
    right = talk.heard[: len(heard)]
    assert np.array_equal(right[loud[0] : loud[-1] + 1], heard[loud[0] : loud[-1] + 1]), "where it was"


def test_both_channels_are_on_one_clock_where_it_begins_in_the_middle(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.wait(1.2345)
        world.want(Record(True))
        await world.say("Please tell me a long story.")
        await world.answering(ms=500)
        await world.say("Stop it now.")
        await world.quiet()
        world.want(Record())
        await world.wait(1)

    world, talk = recorded(scene, tmp_path, always=False)
    assert not talk.session.whole
    assert talk.session.talk_s > 1.2345
    answer = next(said for said in account_of(talk).said if said.row.role == "assistant")
    assert abs(answer.at_s - int(np.flatnonzero(talk.heard)[0]) / RATE) <= 3 * FRAME / RATE, "where it sounds"
    assert check(talk).unchecked.startswith("it was begun in the middle")
    assert b"*The recording began in the middle of the talk.*" in export(talk, "md")
    assert json.loads(export(talk, "json"))["whole"] is False
    assert [notice.on for notice in world.told(RecordingChanged)] == [True, False]
    loud = next(step for step in talk.inputs() if isinstance(step, FramesCaptured) and step.pcm.any())
    # Both devices began together, so in the world the two clocks are one.
    in_the_world = int(np.flatnonzero(world.speaker.heard)[0]) - loud.sample_index
    on_the_tape = int(np.flatnonzero(talk.heard)[0]) - int(np.flatnonzero(talk.microphone)[0] // FRAME * FRAME)
    assert abs(on_the_tape - in_the_world) <= FRAME, "10 ms"


def test_nothing_but_its_owner_may_read_it(tmp_path: Path) -> None:
    _, talk = recorded(interrupted, tmp_path / "new" / "folder")
    assert stat.S_IMODE(talk.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in talk.path.iterdir()} == {0o600}


def test_who_only_types_is_judged_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        for question in ("What is nine plus four?", "And what is two plus two?"):
            world.write_text(question)
            await world.quiet()

    _, talk = recorded(scene, tmp_path)
    assert not talk.microphone.any()
    judgement, _ = judge_recording(talk.talk, "typed", HearingSettings())
    figures: Any = judgement.as_json()["tau_voice"]
    assert figures["R_R"] == {"hits": 2, "n": 2, "rate": 1.0}


# ---- what ends it


def test_a_private_talk_is_not_recorded_and_one_that_becomes_private_no_longer(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.want(SetPrivate(True))
        await world.say("Nobody shall hear this.")
        world.want(Record(True))
        await world.quiet()

    world, talk = recorded(scene, tmp_path)
    assert [notice.on for notice in world.told(RecordingChanged)] == [True, False]
    assert talk.session.problem == "this is a private conversation: nothing is recorded"
    assert not talk.microphone.any()
    said = [notice.text for notice in world.told(Announced)]
    assert said.count("this is a private conversation: nothing is recorded") == 2
    assert len(shelf.kept(tmp_path)) == 1


def test_what_was_said_in_private_stands_in_no_later_recording_of_the_same_talk(tmp_path: Path) -> None:
    """The model goes on knowing it: it would stand in what is read, summarised and told to the next connection."""

    async def scene(world: World) -> None:
        await world.live()
        world.want(SetPrivate(True))
        await world.say("Please say what is walnut.")
        await world.quiet()
        world.want(SetPrivate(False))
        world.want(Record(True))
        await world.say("What is nine plus four?")
        await world.quiet()

    world, _ = recorded(scene, tmp_path)
    assert any("walnut" in words for _, words in world.said)
    held = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert held
    assert [path.name for path in held if b"walnut" in path.read_bytes()] == []
    assert world.told(Announced)[-1].text.startswith("something was said in private")


def test_a_talk_in_which_nothing_was_said_in_private_is_recorded_on(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say("What is nine plus four?")
        await world.quiet()
        world.want(SetPrivate(True))
        world.want(SetPrivate(False))
        await world.wait(1.0)

    world, _ = recorded(scene, tmp_path)
    assert [notice.on for notice in world.told(RecordingChanged)] == [True, False, True]
    assert len(shelf.kept(tmp_path)) == 2


def test_a_folder_that_cannot_be_made_is_said_and_the_talk_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    world = simulate(interrupted, 7, equipment=keeping(tmp_path / "file"))
    (notice,) = world.told(RecordingChanged)
    assert not notice.on
    assert notice.problem.startswith(f"recording: {tmp_path / 'file'}: ")
    assert world.interruptions == 1


def test_no_secret_stands_in_any_file(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(f"My key is {SECRET}, is it good?")
        await world.quiet()

    _, talk = recorded(scene, tmp_path, secrets=(SECRET,))
    held = {each.name: each.read_bytes() for each in talk.path.iterdir()}
    forms = [SECRET.encode(), json.dumps(SECRET)[1:-1].encode()]
    assert [name for name, raw in held.items() for form in forms if form in raw] == []
    assert talk.session.redacted > 0
    assert check(talk).unchecked.startswith("a secret was taken out")
    assert b"is it good?" in held[shelf.TAPE]


def test_a_line_that_is_lost_for_good_takes_nothing_from_what_is_known(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.wait(1.0)
        world.want(EndCall("enough"))
        await world.wait(2.0)

    with pytest.raises(HungUp):
        recorded(scene, tmp_path)
    session = open_recording(shelf.kept(tmp_path)[-1].path).session
    assert (session.endpoint, session.model) == ("embedded", "demo")


def test_a_sudden_end_leaves_what_was_written(barge_in: Path, copied: Path) -> None:
    talk, torn = open_recording(barge_in), copied
    for name in (shelf.TAPE, shelf.NOTICES):
        raw = (torn / name).read_bytes()
        (torn / name).write_bytes(raw[: len(raw) * 2 // 3 + 7])
    session = json.loads((torn / shelf.SESSION).read_text()) | {"ended": False, "seconds": 0.0}
    (torn / shelf.SESSION).write_text(json.dumps(session))
    verdict = check(open_recording(torn))
    assert verdict.cut
    assert verdict.differences == 0
    assert 100 < verdict.notices < len(talk.notice_lines)
    assert FRAME * len(list(open_recording(torn).inputs())) > RATE
