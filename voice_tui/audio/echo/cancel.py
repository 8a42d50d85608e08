"""The WebRTC stages: high-pass, echo canceller with suppressor (AEC3), noise suppression; switchable while they run.

Every stage always runs and is always as late as the library makes it; switching one off takes the delayed input
instead of its output. So no switch moves the audio by a sample, and a stage that is switched on is already adapted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pywebrtc_audio import AudioProcessor, EchoCanceller, NoiseSuppressor

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE

CANCELLER_DELAY = 128  # samples at 16 kHz: 8 ms, measured with white noise
SUPPRESSOR_DELAY = 96  # samples: the overlap of its transform, 6 ms
LEVELS = (1, 2, 3)  # 12, 18 and 21 dB of suppression at most; the library's 6 dB level does too little to be a choice
ANALYSIS_LEVEL = 2  # the one that the barge-in evidence looks at, whatever is switched on for the ears


class _Delay:
    """Keeps a bypassed signal in step with a processed one."""

    def __init__(self, samples: int) -> None:
        self._kept = np.zeros(samples, np.int16)

    def process(self, pcm: Pcm) -> Pcm:
        line = np.concatenate((self._kept, pcm))
        self._kept = line[len(pcm) :]
        return line[: len(pcm)]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What the stages made of 10 ms, int16 at 16 kHz, shape (160,).

    Attributes:
        high_passed: The microphone without rumble, not delayed.
        cancelled: Behind the echo canceller (or its bypass), 8 ms late.
        suppressed: Behind noise suppression (or its bypass), 14 ms late.
        analysis: ``cancelled`` behind 18 dB of noise suppression, whatever is switched on; 14 ms late.
        speech_probability: The noise suppressor's own guess, 0-1.
    """

    high_passed: Pcm
    cancelled: Pcm
    suppressed: Pcm
    analysis: Pcm
    speech_probability: float


class Canceller:
    """High-pass, AEC3 and noise suppression in a row."""

    def __init__(self) -> None:
        self._high_pass = AudioProcessor(MODEL_RATE, high_pass_filter=True)
        self._aec = EchoCanceller(MODEL_RATE)
        self._bypass = _Delay(CANCELLER_DELAY)
        self._suppressors = {level: NoiseSuppressor(MODEL_RATE, level=level) for level in LEVELS}
        self._unsuppressed = _Delay(SUPPRESSOR_DELAY)

    def process(self, mic: Pcm, ref: Pcm, *, high_pass: bool, cancel: bool, level: int) -> Cleaned:
        """Take 10 ms of microphone and of what was handed to the loudspeaker at about that time.

        Args:
            mic: int16 at 16 kHz, shape (160,).
            ref: The same shape.
            high_pass: Whether the rumble filter is on.
            cancel: Whether the echo canceller is on.
            level: Noise suppression: 0 off, 1 to 3 as in `LEVELS`.
        """
        assert len(mic) == len(ref) == MODEL_FRAME
        filtered = self._high_pass.process(mic)
        if not high_pass:
            filtered = mic
        without_echo = self._aec.process(filtered, ref)
        late = self._bypass.process(filtered)
        cancelled = without_echo if cancel else late
        plain = self._unsuppressed.process(cancelled)
        outputs = {n: suppressor.process(cancelled) for n, suppressor in self._suppressors.items()}
        return Cleaned(
            filtered,
            cancelled,
            outputs[level] if level else plain,
            outputs[ANALYSIS_LEVEL],
            float(self._suppressors[ANALYSIS_LEVEL].speech_probability),
        )
