"""A recording through a voice detector."""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.vad.engines import VadEngine
from voice_tui.audio.vad.segmenter import Segment, SegmentLimits, SpeechSegmenter
from voice_tui.replay.frames import Watch, split, unwatched


@dataclass(frozen=True, slots=True)
class VadResult:
    """What a detector made of a recording.

    Attributes:
        probabilities: One every 10 ms; number i was known after (i + 1) * 10 ms of audio.
        segments: Speech.
    """

    probabilities: list[float]
    segments: list[Segment]


def detect(pcm: Pcm, engine: VadEngine, limits: SegmentLimits, watch: Watch = unwatched) -> VadResult:
    """Run a detector as it would run live: frame by frame, nothing looked up ahead."""
    segmenter = SpeechSegmenter()
    probabilities, segments = [], []
    for frame in watch(split(pcm)):
        p = engine.feed(frame)
        probabilities.append(p)
        segments.append(segmenter.feed(p, limits))
    segments.append(segmenter.finish())
    return VadResult(probabilities, [s for s in segments if s is not None])
