"""A known voice from a recording of it: whether the recording is good enough, and the voiceprint if it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice_tui.audio.spectral.mel import FRAMES_PER_S, mel_power, speech_db, speech_frames, with_breath
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import down
from voice_tui.audio.voices.clusters import Stretch, cluster
from voice_tui.audio.voices.voiceprint import Likeness, Vector, Voiceprinter, unit

MIN_SPEECH_S = 10.0
MIN_SNR_DB = 9.0  # speech over the quietest tenth of the recording; below, one voice in ten is taken for another
PIECES = 5  # that the recording is cut into, to see whether they are one voice
CLEAR = 0.8  # cosine of pieces, free of blur, that is perfect


class EnrolmentError(ValueError):
    """A recording cannot be enrolled; the message says why and what is needed."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A voice to be known by.

    Attributes:
        vector: Its voiceprint.
        seconds: Of speech in the recording, with its short pauses.
        quality: 0-1: how alike the pieces of the recording are; 0.5 is as alike as two voices may be.
        snr_db: Of the recording, estimated.
    """

    vector: Vector
    seconds: float
    quality: float
    snr_db: float


def enrol(pcm: Pcm, by: Voiceprinter) -> Enrolment:
    """Take a recording of one person.

    Args:
        pcm: int16 at 24 kHz, with at least `MIN_SPEECH_S` of speech, short pauses counted.
        by: Who makes the voiceprint.

    Raises:
        EnrolmentError: Too little speech, too much noise, or more than one voice.
    """
    snr_db = estimate_snr_db(pcm)
    heard = by.listen(pcm)
    seconds = float(with_breath(speech_frames(mel_power(down(pcm)))).sum()) / FRAMES_PER_S
    if heard is None or seconds < MIN_SPEECH_S:
        raise EnrolmentError(f"recording: {seconds:.1f} s of speech, must be {MIN_SPEECH_S:.0f} s or more")
    if snr_db < MIN_SNR_DB:
        raise EnrolmentError(
            f"recording: the voice is {snr_db:.0f} dB above the noise, must be {MIN_SNR_DB:.0f} dB or more"
        )
    groups = np.array_split(heard.windows, min(PIECES, len(heard.windows)))
    pieces = [unit(group.mean(axis=0)) for group in groups]
    piece_s = seconds / len(pieces)
    stretches = [Stretch(piece * np.float32(piece_s), piece_s) for piece in pieces]
    voices = cluster(stretches, by.likeness, most=len(pieces))
    if len(voices) > 1:
        raise EnrolmentError(f"recording: it sounds like {len(voices)} voices, must be one")
    return Enrolment(heard.vector, seconds, _quality(pieces, piece_s, by.likeness), snr_db)


def estimate_snr_db(pcm: Pcm) -> float:
    """Level of the speech over the quietest tenth of a recording, dB; 0 if nothing in it stands out."""
    power = mel_power(down(pcm))
    speech = speech_frames(power)
    if not speech.any():
        return 0.0
    level = speech_db(power)
    return float(np.median(level[speech]) - np.quantile(level, 0.1))


def _quality(pieces: list[Vector], piece_s: float, likeness: Likeness) -> float:
    """How alike pieces are: 0.5 where one voice and two are equally likely, 1 from `CLEAR` on."""
    if len(pieces) < 2:
        return 1.0
    table = np.stack(pieces) @ np.stack(pieces).T
    alike = (table.sum() - len(pieces)) / (len(pieces) * (len(pieces) - 1))
    clear = alike / float(likeness.clear(np.array(piece_s))) ** 2
    top = likeness.near + (1 - likeness.near) * CLEAR
    return float(np.clip(0.5 + 0.5 * (clear - likeness.near) / (top - likeness.near), 0, 1))
