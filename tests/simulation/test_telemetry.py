"""A conversation is told as a trace while it happens, and its recording as the same one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import Scene, World, simulate
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.drivers.telemetry import Telemetry
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.memory import SetPrivate
from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import Record
from voice_tui.messages.talk import Announced, Severity, Truncated
from voice_tui.replay.telemetry import send
from voice_tui.telemetry.mapping import Span
from voice_tui.telemetry.trace import Trace

NOON_S = 1_780_000_000.0


class Kept:
    """A carrier that keeps what it is given."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.carried: list[tuple[str, float, Span]] = []
        self.closed_within_s: float | None = None

    @property
    def problem(self) -> str:
        return self.problems.pop() if self.problems else ""

    def carry(self, trace: str, epoch_s: float, spans: Sequence[Span]) -> None:
        self.carried += [(trace, epoch_s, span) for span in spans]

    def close(self, within_s: float) -> None:
        self.closed_within_s = within_s

    @property
    def names(self) -> list[str]:
        return [span.name for _, _, span in self.carried]


def talked(scene: Scene, carrier: Kept, preset: str = "server-vad", **how: Any) -> World:
    told = Telemetry(carrier, "talk-1", lambda: NOON_S)
    return simulate(scene, 7, preset, equipment=lambda world: {"telemetry": told, **how})


@pytest.mark.parametrize("preset", ["server-vad", "natural"])
def test_a_barge_in_is_told_live_with_what_was_measured_of_it(preset: str) -> None:
    live = Kept()
    world = talked(interrupted, live, preset)
    assert sorted(live.names) == [
        "conversation",
        "interruption",
        *["realtime_inference demo"] * 2,
        *["transcription gpt-transcribe"] * 2,
        *["turn"] * 2,
        *["user_speech"] * 2,
    ]
    assert live.names[-1] == "conversation"
    assert {(trace, epoch_s) for trace, epoch_s, _ in live.carried} == {("talk-1", NOON_S)}
    turns = [
        span.attributes["voice_tui.time_to_first_audible_ms"] for _, _, span in live.carried if span.name == "turn"
    ]
    assert turns == [turn.audible_ms for turn in world.told(TurnTimed)]
    cut, whole = [span.attributes for _, _, span in live.carried if span.name.startswith("realtime_inference")]
    assert cut["voice_tui.heard_ms"] == world.told(Truncated)[-1].audio_end_ms
    assert (cut["voice_tui.cut"], whole["voice_tui.cut"]) == (True, False)
    assert whole["voice_tui.heard_ms"] == whole["voice_tui.received_ms"]


def test_its_recording_tells_the_same(tmp_path: Path) -> None:
    live, again = Kept(), Kept()
    talked(interrupted, live, recording=RecordingOptions(tmp_path, always=True, beside=False))
    (found,) = shelf.kept(tmp_path)
    assert send(open_recording(found.path), again) == len(again.carried) == len(live.carried)
    names = [name for name, _, _ in again.carried]
    assert set(names) == {found.path.name}

    def shape(carrier: Kept) -> list[tuple[object, ...]]:
        return [
            (span.id, span.parent, span.name, round(span.start_s, 6), round(span.end_s, 2), len(span.attributes))
            for _, _, span in carrier.carried
        ]

    assert shape(again) == shape(live)


def test_one_that_was_begun_in_the_middle_has_its_moments_where_they_sound(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.wait(1.2345)
        world.want(Record(True))
        await world.say("Please tell me a long story.")
        await world.answering(ms=500)
        await world.say("Stop it now.")
        await world.quiet()

    recording = Kept()
    talked(scene, Kept(), recording=RecordingOptions(tmp_path, beside=False))
    talk = open_recording(shelf.kept(tmp_path)[-1].path)
    assert talk.session.talk_s > 1.2
    send(talk, recording)
    turn = next(span for _, _, span in recording.carried if span.name == "turn")
    assert abs(turn.end_s - int(np.flatnonzero(talk.heard)[0]) / RATE) <= 3 * FRAME / RATE


def test_what_is_private_is_in_no_trace() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say("This may be told.")
        await world.quiet()
        world.want(SetPrivate(True))
        await world.say("This may not.")
        await world.quiet()
        world.want(SetPrivate(False))
        await world.say("And this may.")
        await world.quiet()

    live = Kept()
    world = talked(scene, live)
    assert len(world.told(TurnTimed)) == 3
    ended = [(trace, span.name) for trace, _, span in live.carried if span.name in ("turn", "conversation")]
    assert ended == [
        ("talk-1", "turn"),
        ("talk-1", "conversation"),
        ("talk-1-2", "turn"),
        ("talk-1-2", "conversation"),
    ]


def test_a_talk_that_is_private_from_its_beginning_tells_nothing() -> None:
    live = Kept()
    talked(interrupted, live, private=True)
    assert live.carried == []


def test_a_receiver_that_is_away_is_said_once_and_the_talk_goes_on() -> None:
    live = Kept()
    live.problems = ["http://localhost:1 does not take the spans"]
    world = talked(interrupted, live)
    said = [notice for notice in world.told(Announced) if "does not take" in notice.text]
    assert [(notice.severity, notice.count) for notice in said] == [(Severity.WARNING, 1)]
    assert world.interruptions == 1


def test_a_trace_that_fails_takes_nothing_with_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Trace, t: float, notice: Notice) -> list[Span]:
        raise ZeroDivisionError

    monkeypatch.setattr(Trace, "observe", fail)
    live = Kept()
    assert talked(interrupted, live).interruptions == 1
    assert live.carried == []
    assert [record.message for record in caplog.records].count("the trace failed") == 1
