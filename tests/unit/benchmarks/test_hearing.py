"""The hearing benchmark: scenes are what their labels say, and the worst group is found."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.families import Spoken
from tests.benchmarks.hearing import HALF, ODDS, counted, curve, judged, measured, recordings
from tests.benchmarks.hearing_scenes import AXES, dealt, generate
from tests.benchmarks.sounds import RATE
from tests.benchmarks.utterances import spans, utterances
from tests.support.synthetic_voices import DEEP, HIGH, SyntheticVoice
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.audio.vad.engines import VadEngine


def spoken(name: str, voice: SyntheticVoice) -> Spoken:
    wave = np.concatenate((np.zeros(RATE // 10), voice.say(1.0, 1) / 32768, np.zeros(RATE // 10)))
    return Spoken(name, wave, spans(wave))


def test_scenes_are_read_as_they_were_written_and_the_same_for_the_same_seed(tmp_path: Path) -> None:
    voices = [spoken("high", HIGH), spoken("deep", DEEP)]
    for folder in ("one", "two"):
        generate(tmp_path / folder, voices, 2, seed=7, plain=True, seconds=0.5)
    first, second = recordings([tmp_path / "one"]), recordings([tmp_path / "two"])
    for scene, again in zip(first, second, strict=True):
        assert np.array_equal(scene.pcm, again.pcm)
        assert scene.groups.keys() == {"voice", *AXES}
        assert 0.1 < scene.speech.mean() < 0.9
        assert len(scene.speech) == len(scene.pcm) // FRAME
    assert {scene.groups["voice"] for scene in first} == {"high", "deep"}


def test_only_labels_of_the_kind_asked_for_are_read(tmp_path: Path) -> None:
    generate(tmp_path, [spoken("high", HIGH)], 1, plain=True, seconds=0.5)
    (tmp_path / "manifest.json").write_text(json.dumps({"source": "ours"}))
    assert len(recordings([tmp_path], "generated")) == 1
    assert recordings([tmp_path], "human") == []


def test_every_family_is_dealt_as_often_as_any_other() -> None:
    hand = dealt(np.random.default_rng(0), ("a", "b", "c"), 8)
    assert sorted(hand.count(name) for name in "abc") == [2, 3, 3]


def test_a_long_recording_is_cut_in_its_pauses() -> None:
    speech = ((0.5, 4.0), (4.1, 5.0), (6.0, 10.0))
    pieces = utterances(Spoken("reader", np.arange(11 * RATE, dtype=float), speech))
    assert [np.round(piece.speech, 3).tolist() for piece in pieces] == [[[0.1, 3.6], [3.7, 4.6]], [[0.1, 4.1]]]
    assert [piece.wave[0] / RATE for piece in pieces] == pytest.approx([0.4, 5.9])


class Late(VadEngine):
    """Says of every frame what the one before it was: the first sample above zero is speech."""

    def __init__(self) -> None:
        self.last = 0.0

    def feed(self, pcm: Pcm) -> float:
        was, self.last = self.last, float(pcm[0] > 0)
        return was

    def reset(self) -> None:
        self.last = 0.0


def test_a_judgement_counts_from_the_frame_with_which_it_was_known() -> None:
    speech = np.repeat([False, True, False, True], 5)
    odds = judged(Late(), np.repeat(speech, FRAME).astype(np.int16))
    assert np.array_equal(odds > 0, np.concatenate(([False], speech[:-1])))
    counts = counted(odds, speech)
    assert counts[:, HALF].tolist() == [8, 9, 10, 10]
    assert curve(counts)[HALF] == pytest.approx((0.1, 0.2))


def test_the_worst_group_is_found_and_its_threshold_is_chosen_on_the_others() -> None:
    speech = np.repeat([False, True], 50)
    good, soft = np.where(speech, 3.0, -3.0), np.where(speech, -1.0, -3.0)
    counts = np.array([counted(odds, speech) for odds in (good, good, soft)])
    groups = [{"noise": "fan"}, {"noise": "fan"}, {"noise": "crowd"}]
    result = measured("some", counts, groups)
    worst = result.groups[0]
    assert (worst.name, worst.f1, worst.low, worst.recordings) == ("noise: crowd", 0.0, 0.0, 1)
    assert result.groups[1].f1 == 1.0
    assert result.all.f1 == pytest.approx(0.8)
    # With the fan alone every threshold between is as good; the first that is best hears the soft voice as well.
    assert ODDS[0] < -3.0 < ODDS[8]
    assert result.chosen[0].f1 == 1.0
