"""Speech in, words out: the recogniser, by default Moonshine tiny-en on onnxruntime."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.speech import packages
from voice_tui.speech.probability import MODEL_FRAME, judge, to_model_rate

SAMPLE_RATE = 16_000  # Hz; what the model was trained on
START_TOKEN, END_TOKEN = 1, 2  # <s>, </s>; 0 is <unk>
TOKENS_PER_SECOND = 6.5  # more than anyone says; a model that babbles is cut off here
MIN_TOKENS = 6
WORD_START = "▁"  # how the tokenizer writes a space


def read_tokens(path: Path) -> list[bytes]:
    """The vocabulary of ``tokenizer.bin``: a length (one byte, or two from 128 on), then so many bytes, repeated."""
    raw = path.read_bytes()
    tokens: list[bytes] = []
    at = 0
    while at < len(raw):
        length = raw[at]
        at += 1
        if length >= 128:
            length += raw[at] * 128 - 128
            at += 1
        tokens.append(raw[at : at + length])
        at += length
    return tokens


SILENT = 4  # only what ends the process


class Moonshine:
    """The tiny English model.

    Args:
        folder: Where ``encoder_model.ort``, ``decoder_model_merged.ort`` and ``tokenizer.bin`` lie.
        threads: Threads inside one operator; they sleep while idle (spinning would burn a core).
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._ort = packages.load("onnxruntime", "onnxruntime")
        self._ort.set_default_logger_severity(SILENT)  # it writes to descriptor 2; what fails is raised as well
        options = self._ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._encoder = self._session(folder / "encoder_model.ort", options)
        self._decoder = self._session(folder / "decoder_model_merged.ort", options)
        self._vocabulary = read_tokens(folder / "tokenizer.bin")
        inputs = self._decoder.get_inputs()
        self._input_names = {spec.name for spec in inputs}
        self._past = [spec for spec in inputs if spec.name.startswith("past_key_values")]
        self._outputs = [spec.name for spec in self._decoder.get_outputs()]

    def _session(self, path: Path, options: Any) -> Any:
        return self._ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def transcribe(self, audio: NDArray[np.float32]) -> str:
        """What was said.

        Args:
            audio: Mono samples at 16 kHz, full scale 1.0; at most about 30 s (the model heard no longer ones).
        """
        words = b"".join(self._vocabulary[token] for token in self._decode(audio))
        return words.decode("utf-8", "replace").replace(WORD_START, " ").strip()

    def _decode(self, audio: NDArray[np.float32]) -> list[int]:
        value = self._ort.OrtValue.ortvalue_from_numpy
        samples = np.ascontiguousarray(audio, np.float32)[None]
        mask = value(np.ones(samples.shape, np.int64))
        fed = {"input_values": value(samples), "attention_mask": mask}
        feed: dict[str, Any] = {"encoder_hidden_states": self._encoder.run_with_ort_values(None, fed)[0]}
        if "encoder_attention_mask" in self._input_names:
            feed["encoder_attention_mask"] = mask
        for spec in self._past:
            _, heads, _, width = spec.shape
            feed[spec.name] = value(np.zeros((1, heads, 0, width), np.float32))
        tokens: list[int] = []
        token = START_TOKEN
        limit = MIN_TOKENS + int(samples.shape[1] / SAMPLE_RATE * TOKENS_PER_SECOND)
        for step in range(limit):
            feed["input_ids"] = value(np.array([[token]], np.int64))
            if "use_cache_branch" in self._input_names:
                feed["use_cache_branch"] = value(np.array([step > 0]))
            logits, *present = self._decoder.run_with_ort_values(None, feed)
            token = int(logits.numpy()[0, -1].argmax())
            if token == END_TOKEN:
                break
            tokens.append(token)
            for name, kept in zip(self._outputs[1:], present, strict=True):
                # What the encoder said is remembered once; the decoder's own memory grows at every step.
                if step == 0 or ".decoder." in name:
                    feed[name.replace("present", "past_key_values")] = kept
        return [t for t in tokens if t > END_TOKEN]


# In noise alone the model would hear "You". Measured: white noise stays above 0.6 for at most 48 ms on end, the
# shortest words ("hi", "it", "no") for at least 250 ms.
SPEECH = 0.6
MIN_SPEECH_FRAMES = 8  # 128 ms
MAX_PIECE_S = 20  # the model was trained on at most 30 s
CUT_WINDOW_S = 6  # a longer recording is cut at its quietest place in the last so many seconds of a piece
COMMAS = re.compile(r"(?:\s*,)+")


class Recogniser(Protocol):
    """Anything that writes down speech. Called from worker threads, several at once."""

    def transcribe(self, pcm: Pcm) -> str:
        """What was said (24 kHz mono), "" where nobody spoke."""
        ...


def quiet_cuts(probabilities: list[float]) -> list[int]:
    """Where to cut a recording that is too long for the model: frame indices, between words where possible."""
    longest, window = (seconds * SAMPLE_RATE // MODEL_FRAME for seconds in (MAX_PIECE_S, CUT_WINDOW_S))
    cuts: list[int] = []
    start = 0
    while len(probabilities) - start > longest:
        tail = probabilities[start + longest - window : start + longest]
        start += longest - window + tail.index(min(tail)) + 1
        cuts.append(start)
    return cuts


class LocalRecogniser:
    """Moonshine tiny-en with the weights inside the moonshine-voice wheel.

    Args:
        threads: Threads inside one operator.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """

    def __init__(self, threads: int = 2) -> None:
        self._model = Moonshine(packages.folder("moonshine_voice", "moonshine-voice") / "assets" / "tiny-en", threads)
        self._model.transcribe(np.zeros(SAMPLE_RATE // 2, np.float32))  # the first run allocates: not during a turn

    def transcribe(self, pcm: Pcm) -> str:
        """What was said (24 kHz mono), "" where nobody spoke."""
        audio = to_model_rate(pcm)
        probabilities = judge(audio)
        bounds = [0, *(cut * MODEL_FRAME for cut in quiet_cuts(probabilities)), len(audio)]
        pieces = (self._piece(audio[start:end]) for start, end in pairwise(bounds))
        return tidied(" ".join(words for words in pieces if words))

    def _piece(self, audio: NDArray[np.float32]) -> str:
        return self._model.transcribe(audio) if has_speech(judge(audio)) else ""


def tidied(words: str) -> str:
    """The words with one comma where the model writes several ("however,,"), each behind its word."""
    return COMMAS.sub(",", words).lstrip(", ")


def has_speech(probabilities: list[float]) -> bool:
    """Whether somebody spoke for at least `MIN_SPEECH_FRAMES` on end."""
    runs = (len(list(run)) for speech, run in groupby(p >= SPEECH for p in probabilities) if speech)
    return any(length >= MIN_SPEECH_FRAMES for length in runs)
