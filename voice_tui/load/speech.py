"""What the users of a load say: real speech, made once, cut into frames and written for the wire once.

It is made by a process of its own: the model's threads would not survive that Locust's processes part.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import msgspec
import numpy as np

from voice_tui.audio.stream.audible import audible_frames
from voice_tui.audio.stream.pcm import FRAME as AUDIBLE_STEP
from voice_tui.audio.stream.pcm import RATE, Pcm, to_pcm
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.load.metronome import FRAME
from voice_tui.load.voice import NO_VOICE

QUESTIONS = (
    "What time is it?",
    "How much is twelve times seven?",
    "What is the capital of France?",
    "Which day is it today?",
)
LONG = "Please tell me a long story."
INTERRUPTION = "Wait, what is nine plus four?"
MAKER = "voice_tui.load.voice"
RECORDED = Path(__file__).parents[1] / "probe" / "question.wav"
"""What everybody says where no voice is installed."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that is said.

    Attributes:
        frames: PCM of 20 ms each, 16 bit, mono, 24 kHz.
        begins_s, ends_s: When it can be heard, s from its first sample.
    """

    frames: tuple[bytes, ...]
    begins_s: float
    ends_s: float


SILENCE = Utterance((bytes(2 * FRAME),), 0.0, 0.0)


def utterance(pcm: Pcm) -> Utterance:
    """Speech, int16 at 24 kHz, shape (n,), in frames; the last one is filled up with silence."""
    audible = np.flatnonzero(audible_frames(pcm))
    begins, ends = (int(audible[0]), int(audible[-1]) + 1) if len(audible) else (0, 0)
    whole = np.concatenate((pcm, np.zeros(-len(pcm) % FRAME, np.int16))).astype("<i2", copy=False)
    frames = tuple(whole[at : at + FRAME].tobytes() for at in range(0, len(whole), FRAME))
    return Utterance(frames, begins * AUDIBLE_STEP / RATE, ends * AUDIBLE_STEP / RATE)


class Spoken:
    """Words, spoken: each text once in a process.

    Attributes:
        remark: What is to be said of the voice, "" for nothing.
    """

    def __init__(self) -> None:
        self.remark = ""
        self._known: dict[str, Utterance] = {}
        self._making = Lock()

    def prepare(self, *texts: str) -> None:
        """Have them made; before a run, so that nobody waits for them while it lasts."""
        with self._making:
            if unknown := [text for text in texts if text not in self._known]:
                self._make(unknown)

    def __call__(self, text: str) -> Utterance:
        """One of them, made now where it is not known."""
        if text not in self._known:
            self.prepare(text)
        return self._known[text]

    def _make(self, texts: list[str]) -> None:
        asked = msgspec.msgpack.encode(texts)
        done = subprocess.run([sys.executable, "-m", MAKER], input=asked, capture_output=True, check=False)
        if done.returncode == NO_VOICE:
            self.remark = 'everybody says the same: for more, pip install "voice-tui[local]"'
            said = utterance(read_recording(RECORDED).pcm)
            self._known |= dict.fromkeys(texts, said)
            return
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip().splitlines()
            raise RuntimeError(f"the voice does not speak: {words[-1] if words else done.returncode}")
        made = msgspec.msgpack.decode(done.stdout, type=list[bytes])
        self._known |= {text: utterance(to_pcm(raw)) for text, raw in zip(texts, made, strict=True)}


spoken = Spoken()
"""The voice of a process."""
