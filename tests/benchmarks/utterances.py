"""Clean utterances with the times of their speech: our own voice, programs of Debian that speak, recordings."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import soundfile

from tests.benchmarks.families import HOP, Spoken, at_rate
from tests.benchmarks.labels import Tell, labelled
from tests.benchmarks.sounds import RATE, Wave
from tests.benchmarks.voices import TEXTS
from voice_tui.plain_text import one_line

UNDER_PEAK_DB = 40.0  # softer than the loud moments of a clean voice by so much is a pause
GAP_S = 0.15  # a shorter pause is part of speech
SHORTEST_S = 0.05
PIECE_S, CUT_S = 3.0, 0.1  # a recording is cut into pieces longer than this, in pauses, so far from speech


def spans(wave: Wave) -> tuple[tuple[float, float], ...]:
    """Where a clean voice speaks, s: by its level alone, for nothing else is there."""
    count = len(wave) // HOP
    db = 10 * np.log10((wave[: count * HOP].reshape(count, HOP) ** 2).mean(1) + 1e-12)
    loud = db > max(float(np.percentile(db, 95)) - UNDER_PEAK_DB, -65.0)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(int))).reshape(-1, 2) / 100
    found: list[tuple[float, float]] = []
    for start, end in edges.tolist():
        if found and start - found[-1][1] < GAP_S:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(s for s in found if s[1] - s[0] >= SHORTEST_S)


def local_voices(names: Sequence[str] = ("alloy", "cedar", "shimmer")) -> list[Spoken]:
    """The embedded server's voice, at several pitches."""
    from voice_tui.speech.synthesiser import LocalSynthesiser

    voice = LocalSynthesiser()
    made = [(name, voice.synthesise(text, name) / 32768) for name in names for text in TEXTS]
    return [Spoken(f"local {name}", wave, spans(wave)) for name, wave in made]


SPEAKERS: Mapping[str, tuple[str, ...]] = {
    "espeak-ng man": ("espeak-ng", "-v", "en-us", "-w", "{wav}", "{text}"),
    "espeak-ng woman": ("espeak-ng", "-v", "en-us+f3", "-w", "{wav}", "{text}"),
    "flite rms": ("flite", "-voice", "rms", "-t", "{text}", "-o", "{wav}"),
    "flite slt": ("flite", "-voice", "slt", "-t", "{text}", "-o", "{wav}"),
}
"""Programs of Debian that speak, where they are installed."""


def installed_voices(tell: Tell) -> list[Spoken]:
    """What the programs of `SPEAKERS` say, as far as they are there; of one that does not work it is told."""
    found: list[Spoken] = []
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "said.wav"
        for name, command in SPEAKERS.items():
            if shutil.which(command[0]) is None:
                continue
            said = []
            try:
                for text in TEXTS:
                    subprocess.run(
                        [part.format(wav=wav, text=text) for part in command], check=True, capture_output=True
                    )
                    said.append(read(wav))
            except (subprocess.CalledProcessError, OSError, soundfile.LibsndfileError) as error:
                tell(one_line(f"{name} is left out: {error}"))
                continue
            found += [Spoken(name, wave, spans(wave)) for wave in said]
    return found


def recorded_voices(folder: Path, tell: Tell, pattern: str = "*.json") -> list[Spoken]:
    """Clean recordings with labels (`tests.benchmarks.labels`), as utterances; what does not fit is told."""
    found = []
    for each in labelled(folder, tell, pattern=pattern):
        found += utterances(Spoken(each.label.path.stem, each.pcm / 32768, each.speech))
    return found


def utterances(spoken: Spoken) -> list[Spoken]:
    """A long recording, cut in the middle of pauses into pieces of some seconds."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for start, end in spoken.speech:
        now = pieces[-1]
        if now and start - now[-1][1] > 2 * CUT_S and now[-1][1] - now[0][0] > PIECE_S:
            pieces.append(now := [])
        now.append((start, end))
    found = []
    for piece in filter(None, pieces):
        first, last = max(0.0, piece[0][0] - CUT_S), piece[-1][1] + CUT_S
        wave = spoken.wave[round(first * RATE) : round(last * RATE)]
        found.append(Spoken(spoken.voice, wave, tuple((s - first, e - first) for s, e in piece)))
    return found


def read(path: Path) -> Wave:
    """A recording of any rate, as 24 kHz mono."""
    wave, rate = soundfile.read(path, always_2d=True)
    return at_rate(wave.mean(1), rate, RATE)
