"""What a recorded caller says, and what somebody said of that: the same in every talk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from voice_tui.audio.stream.audible import audible_frames
from voice_tui.audio.stream.pcm import Pcm, samples_to_ms
from voice_tui.drivers.devices.recordings import RecordingError, read_recording, read_tracks
from voice_tui.plain_text import one_line
from voice_tui.replay.frames import NOBODY, Onlooker
from voice_tui.replay.judge.labels import Channel, Label, labels_path, read_labels
from voice_tui.replay.judge.recording import looked_at
from voice_tui.replay.judge.sample import INPUT
from voice_tui.replay.judge.speech import without_echo


@dataclass(frozen=True)
class Caller:
    """A caller.

    Attributes:
        path: The recording.
        pcm: What is said, int16 at 24 kHz.
        labels: What somebody said of it, on its own clock.
        remark: What is wrong with the file, one line; "" for nothing.
    """

    path: Path
    pcm: Pcm
    labels: tuple[Label, ...] = ()
    remark: str = ""

    @property
    def length_ms(self) -> int:
        """How long it takes to say it."""
        return samples_to_ms(len(self.pcm))

    @property
    def print(self) -> str:
        """Another one for another caller, or for other labels."""
        said = hashlib.sha256(self.pcm.tobytes())
        said.update(repr(self.labels).encode())
        return said.hexdigest()[:16]

    def labels_from(self, begins_ms: int) -> list[Label]:
        """The labels in a talk in which the caller begins there."""
        return [
            replace(label, start_ms=label.start_ms + begins_ms, end_ms=label.end_ms + begins_ms)
            for label in self.labels
            if label.channel is Channel.USER
        ]


def callers_voice(path: Path, onlooker: Onlooker = NOBODY) -> tuple[Pcm, str]:
    """What a caller said: the left channel of a stereo recording without its echo, or the only one of another.

    Args:
        path: The recording.
        onlooker: Sees how far it is.

    Returns:
        int16 at 24 kHz, and what is wrong with the file.

    Raises:
        RecordingError: It can't be read, or nothing can be heard of a caller.
    """
    try:
        with onlooker.reading(path) as told:
            tracks = read_tracks(path, told)
    except RecordingError:
        with onlooker.reading(path) as told:
            recording = read_recording(path, told)
        return _audible(path, recording.pcm, "it"), recording.remark
    tracks = looked_at(path, tracks, "are they in the right order, the user's left?")
    return _audible(path, without_echo(tracks.left, tracks.right, onlooker).sound, "its left channel"), tracks.remark


def _audible(path: Path, pcm: Pcm, where: str) -> Pcm:
    """The same, if a talk can be judged by it."""
    if not audible_frames(pcm).any():
        raise RecordingError(one_line(f"{path}: nothing can be heard of a caller in {where}"))
    return pcm


def caller_of(path: Path, onlooker: Onlooker = NOBODY) -> Caller:
    """The caller of a recording, or of the folder of a sample of Full-Duplex-Bench, with the labels beside it.

    Args:
        path: The recording, or the folder.
        onlooker: Sees how far it is.

    Raises:
        RecordingError: See `callers_voice`.
        LabelError: The labels can't be read.
    """
    voice = path / INPUT if path.is_dir() else path
    pcm, remark = callers_voice(voice, onlooker)
    beside = labels_path(voice)
    return Caller(path, pcm, tuple(read_labels(beside)) if beside.exists() else (), remark)
