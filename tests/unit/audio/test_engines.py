from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME, Pcm, mean_level
from voice_tui.audio.stream.resample import MODEL_FRAME, Down
from voice_tui.audio.vad.context import Context
from voice_tui.audio.vad.context_weights import DOUBT
from voice_tui.audio.vad.engines import DROPPED, ENGINES, EnergyEngine
from voice_tui.audio.vad.fused import BENEFIT_OF_DOUBT, mean
from voice_tui.audio.vad.models import SILERO_FRAME, logit
from voice_tui.audio.vad.perceptron import parse
from voice_tui.audio.vad.segmenter import Segment, SegmentLimits, SpeechSegmenter

RNG = np.random.default_rng(5)


def voice(seconds: float) -> Pcm:
    """Something like a voice: a buzz with gliding pitch through two formants, in syllables."""
    t = np.arange(int(seconds * 24_000)) / 24_000
    pitch = 120 + 25 * np.sin(2 * np.pi * 1.3 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / 24_000
    buzz = sum(
        np.sin(k * phase) * (np.exp(-(((k * 120 - 650) / 250) ** 2)) + 0.6 * np.exp(-(((k * 120 - 1700) / 350) ** 2)))
        for k in range(1, 26)
    )
    return np.asarray(9000 * buzz * np.clip(np.sin(2 * np.pi * 3 * t), 0.05, 1)).astype(np.int16)


def judged(name: str, pcm: Pcm) -> list[float]:
    engine = ENGINES[name]()
    return [engine.feed(pcm[i : i + FRAME]) for i in range(0, len(pcm) - FRAME + 1, FRAME)]


@pytest.mark.parametrize("name", list(ENGINES))
def test_frames_together_are_judged_as_one_after_the_other(name: str) -> None:
    pcm, engine = voice(0.3), ENGINES[name]()
    together = [p for at in range(0, 30, 5) for p in engine.judge(pcm[at * FRAME : (at + 5) * FRAME])]
    assert together == pytest.approx(judged(name, pcm), abs=1e-3)


@pytest.mark.parametrize("name", list(ENGINES))
def test_probabilities_of_silence_are_low_and_within_bounds(name: str) -> None:
    room = (RNG.standard_normal(24_000 * 2) * 20).astype(np.int16)
    p = judged(name, room)
    assert all(0 <= x <= 1 for x in p)
    assert np.mean(np.array(p[30:]) < 0.5) > 0.9


@pytest.mark.parametrize("name", ["energy", "adaptive", "fused"])
def test_a_voice_after_a_quiet_room_is_heard_within_100_ms(name: str) -> None:
    room = (RNG.standard_normal(24_000) * 20).astype(np.int16)
    p = judged(name, np.concatenate((room, voice(1))))
    assert max(p[100:112]) > 0.5


def test_fused_is_the_mean_of_both_models_and_what_their_context_adds() -> None:
    pcm = np.concatenate((np.zeros(24_000 // 2, np.int16), voice(1.0)))
    sure, quick = ([logit(p) for p in judged(name, pcm)] for name in ("silero", "earshot"))
    context, samples = Context(), Down().process(pcm)
    told = np.array(judged("fused", pcm))
    added = [
        DOUBT.log_odds(np.array(context.feed(levels, *both[:1], (i + 1) * MODEL_FRAME / SILERO_FRAME % 1, both[1])))
        for i, (levels, both) in enumerate(zip(context.levels(samples), zip(sure, quick, strict=True), strict=True))
    ]
    means = [mean(*both) for both in zip(sure, quick, strict=True)]
    assert np.log(told / (1 - told)) == pytest.approx(np.add(means, added), abs=1e-2)
    assert means == pytest.approx([(a + b) / 2 + BENEFIT_OF_DOUBT for a, b in zip(sure, quick, strict=True)])


def test_who_was_dropped_has_a_successor_that_is_there() -> None:
    assert not DROPPED.keys() & ENGINES.keys()
    assert set(DROPPED.values()) <= ENGINES.keys()


@pytest.mark.parametrize("name", list(ENGINES))
def test_reset_forgets_everything(name: str) -> None:
    pcm = voice(0.5)
    engine = ENGINES[name]()
    frames = [pcm[i : i + FRAME] for i in range(0, len(pcm), FRAME)]
    first = [engine.feed(f) for f in frames]
    engine.reset()
    assert [engine.feed(f) for f in frames] == first


@given(st.integers(0, 2000), st.floats(0.0005, 0.06))
def test_energy_is_above_one_half_exactly_above_its_threshold(amplitude: int, threshold: float) -> None:
    frame = np.full(FRAME, amplitude, np.int16)
    assert (EnergyEngine(threshold).feed(frame) > 0.5) == (mean_level(frame) > threshold)
    assert (EnergyEngine(threshold).feed(frame) >= 0.5) == (mean_level(frame) > threshold)


def segments(p: list[float], limits: SegmentLimits) -> list[Segment]:
    segmenter = SpeechSegmenter()
    found = [segmenter.feed(x, limits) for x in p]
    return [s for s in [*found, segmenter.finish()] if s is not None]


def test_a_segment_has_its_times() -> None:
    p = [0.0] * 50 + [0.9] * 30 + [0.0] * 50
    limits = SegmentLimits(0.5, 0.3, min_speech_ms=100, max_silence_ms=200, preroll_ms=40)
    assert segments(p, limits) == [Segment(start_ms=460, end_ms=800, decided_ms=600, end_decided_ms=1000)]


def test_between_the_thresholds_speech_goes_on_but_does_not_begin() -> None:
    limits = SegmentLimits(0.5, 0.3)
    assert segments([0.4] * 100, limits) == []
    assert segments([0.9] * 20 + [0.4] * 80, limits)[0].end_ms == 1000


def test_too_short_is_no_speech() -> None:
    assert segments([0.0] * 5 + [0.9] * 5 + [0.0] * 50, SegmentLimits(min_speech_ms=100)) == []


@given(
    st.lists(st.floats(0, 1), max_size=200),
    st.floats(0.1, 0.9),
    st.floats(0.1, 0.9),
    st.integers(0, 300),
    st.integers(10, 400),
    st.integers(0, 500),
)
def test_segments_are_ordered_and_decided_after_they_begin(
    p: list[float], start: float, stop: float, speech: int, silence: int, preroll: int
) -> None:
    last = 0
    for s in segments(p, SegmentLimits(start, stop, speech, silence, preroll)):
        assert last <= s.start_ms < s.end_ms <= s.end_decided_ms <= 10 * len(p)
        assert s.start_ms < s.decided_ms <= s.end_decided_ms
        last = s.end_ms


def test_weights_of_the_wrong_number_are_refused() -> None:
    assert parse("1 2 3 4 5", inputs=2, hidden=1).log_odds(np.zeros(2)) == pytest.approx(4 * np.tanh(3) + 5)
    with pytest.raises(ValueError, match="4 weights, expected 5"):
        parse("1 2 3 4", inputs=2, hidden=1)
