"""The pitch of a voice and how periodic it is, every 10 ms; and whether a second voice sounds beside it."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_tui.audio.spectral.mel import FFT, HOP
from voice_tui.audio.stream.resample import MODEL_RATE, Samples

WINDOW = 640  # samples at 16 kHz: 40 ms, two and a half periods of a deep voice
LAGS = slice(MODEL_RATE // 400, MODEL_RATE // 65)  # 400 Hz down to 65 Hz
VOICED = 0.55  # height of the autocorrelation peak from which on a frame is voiced
_TRANSFORM = 1024  # a lag of 246 on 640 samples does not wrap
_UNBIAS = (1 / (1 - np.arange(LAGS.start, LAGS.stop) / WINDOW)).astype(np.float32)
_EDGE = (WINDOW - FFT) // 2
Track = NDArray[np.float32]


def pitch(samples: Samples) -> tuple[Track, Track]:
    """Pitch of each frame in Hz, and the height of its autocorrelation peak, about 0 (noise) to 1 (periodic).

    Args:
        samples: 16 kHz, shape (n,).

    Returns:
        Two of shape (frames,), the frames being those of `mel.mel_power`.
    """
    if len(samples) < FFT:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    frames = sliding_window_view(np.pad(samples, _EDGE), WINDOW)[::HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    spectra = np.fft.rfft(frames, _TRANSFORM, axis=1)
    correlation = np.fft.irfft(spectra.real**2 + spectra.imag**2, axis=1)
    peaks = correlation[:, LAGS] * _UNBIAS
    lag = LAGS.start + peaks.argmax(axis=1)
    height = peaks.max(axis=1) / (correlation[:, 0] + 1e-7)
    return (MODEL_RATE / lag).astype(np.float32), np.clip(height, 0, 1).astype(np.float32)


def second_voice(samples: Samples) -> Track:
    """What sounds beside the main pitch and is periodic itself: high in frames where two people speak.

    Each frame less itself one period of the main pitch earlier, which silences that voice; then how periodic the rest
    is, times the share of the energy that it holds.

    Args:
        samples: 16 kHz, shape (n,).

    Returns:
        Shape (frames,), 0-1, the frames being those of `mel.mel_power`; 0 where there is no main pitch.
    """
    hz, height = pitch(samples)
    frames = len(hz)
    if not frames:
        return hz
    lags = np.rint(MODEL_RATE / hz).astype(np.intp)
    longest = LAGS.stop
    padded = np.pad(samples, (_EDGE + longest, _EDGE))
    at = longest + np.arange(frames)[:, None] * HOP + np.arange(WINDOW)
    now = padded[at]
    rest = now - padded[at - lags[:, None]]
    spectra = np.fft.rfft(rest, _TRANSFORM, axis=1)
    correlation = np.fft.irfft(spectra.real**2 + spectra.imag**2, axis=1)
    peaks = (correlation[:, LAGS] * _UNBIAS).max(axis=1) / (correlation[:, 0] + 1e-7)
    share = (rest**2).sum(axis=1) / (2 * (now**2).sum(axis=1) + 1e-7)
    return np.where(height > VOICED, np.clip(peaks, 0, 1) * np.clip(share, 0, 1), 0.0).astype(np.float32)
