"""A recorded talk made ready: what the ears noted frame by frame, and which cuts would have been right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.barge_in.evidence import Evidence
from voice_tui.audio.stream.audible import Stretch
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, FULL_SCALE, Pcm
from voice_tui.replay.barge import judged
from voice_tui.replay.frames import Watch, unwatched
from voice_tui.replay.judge.labels import Label
from voice_tui.replay.judge.tau_voice import YIELD_WINDOW_MS
from voice_tui.replay.judge.timeline import TURNS, Sound, Timeline, Verdict


class Truth(StrEnum):
    """What tells which cuts are right."""

    LABELS = "labels"
    """Somebody said it."""
    AGREEMENT = "agreement"
    """Another detector, which hears the whole talk before it says where somebody begins: no truth, but another ear."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody wants to interrupt, or is to be heard to the end.

    Attributes:
        start_ms: The onset of the voice.
        end_ms: Of an interruption: until when a cut is for it; of a turn: its end.
    """

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class SweptTalk:
    """What a sweep needs to know of a talk; it travels between processes.

    Attributes:
        name: Which.
        truth: Where `wanted` comes from.
        wanted: The interruptions, in order.
        turns: The turns that begin while the agent is silent, in order.
        length_ms: Of the talk.
        agent_ms: How long the agent speaks.
        at: Frames in which the agent can be heard, and one before each time, shape (n,).
        playing: Whether it can, shape (n,).
        cut, duck: The evidence, log-odds, shape (n,).
        voiced: Whether there is a voice, shape (n,).
        played_s: How long something has been played, shape (n,).
        level: The microphone's mean of ``|x|`` in every frame, full scale 1.0, shape (frames,).
        mic: The microphone, int16 at 24 kHz, where more than its level is asked for; None: it is not.
        remark: What is wrong with its file, one line; "" for nothing.
    """

    name: str
    truth: Truth
    wanted: tuple[Wanted, ...]
    turns: tuple[Wanted, ...]
    length_ms: int
    agent_ms: int
    at: NDArray[np.int64]
    playing: NDArray[np.bool_]
    cut: NDArray[np.float64]
    duck: NDArray[np.float64]
    voiced: NDArray[np.bool_]
    played_s: NDArray[np.float64]
    level: NDArray[np.float32]
    mic: Pcm | None = None
    remark: str = ""

    def evidence(self) -> Iterable[tuple[Evidence, bool]]:
        """Frame by frame, as `voice_tui.replay.barge.judged` gave it."""
        columns = (self.duck, self.cut, self.voiced, self.played_s, self.playing)
        for duck, cut, voiced, played_s, playing in zip(*(c.tolist() for c in columns), strict=True):
            yield Evidence(duck, cut, voiced, played_s), playing


def denied(sound: Sound, labels: Iterable[Label]) -> bool:
    """Whether a verdict says that nobody wanted to interrupt there."""
    return any(
        label.verdict is Verdict.FALSE and sound.start_ms < label.end_ms and label.start_ms < sound.end_ms
        for label in labels
    )


def wanted_cuts(timeline: Timeline, labels: Sequence[Label]) -> tuple[tuple[Wanted, ...], Truth]:
    """The interruptions, and where they come from.

    A turn that begins while the agent speaks wants to interrupt, unless a verdict says that nobody did; and so does
    what a verdict calls a real or a missed interruption where no sound is.
    """
    affirmed = [label for label in labels if label.verdict in (Verdict.REAL, Verdict.MISSED)]
    found = [
        Wanted(sound.start_ms, max(sound.end_ms, sound.start_ms + YIELD_WINDOW_MS))
        for sound in timeline.user
        if sound.kind in TURNS and timeline.speaking(sound.start_ms) and not denied(sound, labels)
    ]
    for label in affirmed:
        if not any(w.start_ms < label.end_ms and label.start_ms < w.end_ms for w in found):
            found.append(Wanted(label.start_ms, max(label.end_ms, label.start_ms + YIELD_WINDOW_MS)))
    return tuple(sorted(found, key=lambda w: w.start_ms)), Truth.LABELS if labels else Truth.AGREEMENT


def playing_frames(timeline: Timeline, wanted: Sequence[Wanted], frames: int) -> NDArray[np.bool_]:
    """Whether the agent would be heard in each frame if nobody had cut it.

    What was cut in the recording goes on, silently: for the length of the window nobody can say that a slower setting
    would not have cut too, and the user still speaks.
    """
    playing = np.zeros(frames, np.bool_)
    for stretch in timeline.agent:
        playing[stretch.start_ms // FRAME_MS : -(-stretch.end_ms // FRAME_MS)] = True
    for want in wanted:
        if stretch_cut := timeline.speaking(want.start_ms):
            playing[want.start_ms // FRAME_MS : _goes_on_until_ms(stretch_cut, want) // FRAME_MS] = True
    return playing


def _goes_on_until_ms(stretch: Stretch, want: Wanted) -> int:
    return max(stretch.end_ms, want.start_ms + YIELD_WINDOW_MS)


def swept_talk(
    name: str,
    mic: Pcm,
    ref: Pcm,
    timeline: Timeline,
    labels: Sequence[Label],
    *,
    sound: bool = False,
    watch: Watch = unwatched,
) -> SweptTalk:
    """Hear a talk once, for all settings.

    Args:
        name: Which.
        mic: The user's microphone, int16 at 24 kHz.
        ref: What the listener heard, the same length.
        timeline: Who spoke when.
        labels: What somebody said of it.
        sound: More than the microphone's level will be asked for.
        watch: Sees how far it is.
    """
    frames = len(mic) // FRAME
    wanted, truth = wanted_cuts(timeline, labels)
    playing = playing_frames(timeline, wanted, frames)
    kept = playing | np.concatenate((playing[1:], [False]))
    notes = [
        (evidence.cut, evidence.duck, evidence.voiced, evidence.played_s)
        for (evidence, _), keep in zip(judged(mic, ref, playing.tolist(), watch), kept.tolist(), strict=True)
        if keep
    ]
    cut, duck, voiced, played_s = np.array(notes, np.float64).reshape(-1, 4).T  # no row where the agent never speaks
    level = np.abs(mic[: frames * FRAME].astype(np.float32)).reshape(-1, FRAME).mean(axis=1) / np.float32(FULL_SCALE)
    return SweptTalk(
        name=name,
        truth=truth,
        wanted=wanted,
        turns=tuple(Wanted(t.start_ms, t.end_ms) for t in timeline.turns if not timeline.speaking(t.start_ms)),
        length_ms=timeline.length_ms,
        agent_ms=sum(stretch.ms for stretch in timeline.agent),
        at=np.flatnonzero(kept),
        playing=playing[kept],
        cut=cut,
        duck=duck,
        voiced=voiced > 0,
        played_s=played_s,
        level=level,
        mic=mic if sound else None,
    )
