"""What starts live and what is measured offline are the same numbers: a default stands in one table."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tests.support.harness import Harness
from voice_tui.audio.echo.calibration import ADVICE
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.thresholds import LEVELS, SURENESS
from voice_tui.audio.vad.engines import ENGINES, EnergyEngine
from voice_tui.audio.vad.segmenter import SegmentLimits
from voice_tui.cli import lab as commands
from voice_tui.conversation.checks.runs import QUIET_FRAMES
from voice_tui.conversation.turn_taking.policy import POLICIES, InterruptionPolicy, PolicySettings
from voice_tui.messages.knobs import KNOBS, TurnSettings
from voice_tui.messages.presets import PRESETS
from voice_tui.replay.frames import Watch
from voice_tui.replay.vad import detect

SILENCE = np.zeros(RATE, np.int16)


@pytest.fixture
def files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(commands, "recorded", lambda path: SILENCE)
    return [str(tmp_path / "mic.wav"), str(tmp_path / "ref.wav")]


def test_the_lab_judges_as_the_live_preset_does(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[PolicySettings] = []

    def open_loop(mic: Pcm, ref: Pcm, settings: PolicySettings, watch: Watch) -> list[object]:
        measured.append(settings)
        return []

    monkeypatch.setattr(commands, "open_loop", open_loop)
    assert CliRunner().invoke(commands.lab, ["barge", *files, "--preset", "natural"]).exit_code == 0

    live: list[PolicySettings] = []
    feed = InterruptionPolicy.feed

    def watch(self: InterruptionPolicy, evidence: Any, playing: bool, settings: PolicySettings) -> Any:
        live.append(settings)
        return feed(self, evidence, playing, settings)

    monkeypatch.setattr(InterruptionPolicy, "feed", watch)
    harness = Harness("natural").connect()
    harness.speak(50, 0.0)
    assert measured == [POLICIES["natural"]]
    assert set(live) == set(measured)


@pytest.mark.parametrize("name", sorted({f.name for f in fields(PolicySettings)} & set(KNOBS)))
def test_a_knob_of_a_policy_starts_where_it_starts_live(name: str) -> None:
    assert getattr(PolicySettings(), name) == getattr(TurnSettings(), name)


@pytest.mark.parametrize("name", KNOBS)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_knob_starts_on_its_scale(name: str, preset: str) -> None:
    start = getattr(PRESETS[preset].settings, name)
    assert KNOBS[name].check(start) == start


def test_the_calibration_advises_policies_as_they_are_measured() -> None:
    for advice in ADVICE.values():
        assert advice.engine in ENGINES
        assert POLICIES[advice.policy].sureness == SURENESS[advice.policy]
    assert {(KNOBS[name].low, KNOBS[name].high) for name in ("local_threshold", "interrupt_threshold")} == {LEVELS}


@pytest.mark.parametrize(
    ("options", "level", "limits"),
    [
        ((), 0.015, SegmentLimits()),
        (("--threshold", "0.04"), 0.04, SegmentLimits()),
        (("--threshold", "0"), 0.0, SegmentLimits()),
        (("--min-speech", "50", "--stop", "0.2"), 0.015, SegmentLimits(stop=0.2, min_speech_ms=50)),
    ],
)
def test_the_lab_segments_as_the_segmenter_does(
    files: list[str], monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], level: float, limits: SegmentLimits
) -> None:
    used: list[tuple[Any, SegmentLimits]] = []

    def watch(pcm: Pcm, engine: Any, limits: SegmentLimits, _: Watch) -> Any:
        used.append((engine, limits))
        return detect(pcm, engine, limits)

    monkeypatch.setattr(commands, "detect", watch)
    assert CliRunner().invoke(commands.lab, ["vad", files[0], "--engine", "energy", *options]).exit_code == 0
    ((engine, taken),) = used
    assert isinstance(engine, EnergyEngine)
    assert (engine.threshold, taken) == (level, limits)
    assert TurnSettings().local_threshold == EnergyEngine().threshold


def test_a_network_is_thresholded_in_the_same_proportion(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[SegmentLimits] = []

    def watch(pcm: Pcm, engine: Any, limits: SegmentLimits, _: Watch) -> Any:
        used.append(limits)
        return detect(pcm, engine, limits)

    monkeypatch.setattr(commands, "detect", watch)
    for threshold in ("0.5", "0.8"):
        arguments = ["vad", files[0], "--engine", "adaptive", "--threshold", threshold]
        assert CliRunner().invoke(commands.lab, arguments).exit_code == 0
    assert used[0] == SegmentLimits()
    assert used[1].stop / used[1].start == pytest.approx(used[0].stop / used[0].start)


def test_the_lab_calibrates_on_as_much_room_as_the_console() -> None:
    (room,) = [p for p in commands.calibrate.params if p.name == "room"]
    assert room.default == QUIET_FRAMES / 100
