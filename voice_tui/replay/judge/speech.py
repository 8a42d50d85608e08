"""Who speaks when, out of two channels of sound: left the user's microphone, right what the listener heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.echo.front_end import FrontEnd, FrontSettings, SentSignal
from voice_tui.audio.echo.presence import echo_presence
from voice_tui.audio.spectral.spectrum import PITCH_WINDOW, harmonicity
from voice_tui.audio.stream.audible import (
    AGENT_PAUSE_MS,
    AUDIBLE_LEVEL,
    USER_PAUSE_MS,
    Stretch,
    frame_levels,
    stretches,
)
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, FULL_SCALE, RATE, Pcm, ms_to_samples
from voice_tui.audio.stream.resample import MODEL_FRAME, down
from voice_tui.audio.vad.fused import FusedEngine
from voice_tui.audio.vad.segmenter import Segment, SegmentLimits
from voice_tui.replay.frames import NOBODY, Onlooker, fitted, split
from voice_tui.replay.judge.facts import Facts, joined_by_answers
from voice_tui.replay.judge.timeline import LEAST_SPEECH_MS
from voice_tui.replay.vad import detect

LATE_ONSET_MS, LATE_END_MS = 30, 120  # of the detector: medians on synthesised speech, see tests
LEAD_MS = 500  # of silence that the detector hears first
SNAP_MS = 150  # so far its edges may be from those of the sound: the rest of its error
DIP_MS = 60  # a stop consonant is silent that long, inside one sound
OVER_NOISE = 2.0  # 6 dB: what stands so far out of what is there without a voice is sound
SNAP_CLEANED_MS = 400  # the same outwards where an echo was taken away, and with it words
GROWN_OVER_MS = 1_200  # ... an end while the agent speaks: of what is said over a loud echo only the beginning is left
GAP_OVER_MS = 250  # sounds over the agent that near to each other are of one voice
LEAST_SOUND_MS = 30  # what is shorter is left of the echo
DECISION_DELAY, SENT_DELAY = 384, 48  # samples at 24 kHz: 16 and 2 ms, of the front end's signals
LEARNING_FRAMES = 2_000  # 20 s
SPARE_MS = 40  # of echo delay that is left where channels are not aligned: cancellers want the source first
STEP = RATE // 1000  # 1 ms: how exactly an edge is looked for inside its 10 ms
FADE_MS = 15  # at the end of a cut the loudspeaker fades out; behind it nothing says whether it was voiced
FULL_VOICE = 0.18  # 15 dB below the stretch's loud parts: a natural end is softer
VOICED = 0.55  # of the autocorrelation, as for the pitch of a voice

Levels = NDArray[np.float32]


class UserSpeech(StrEnum):
    """What counts as the user's speech."""

    VOICE = "voice"
    """What the voice detector takes for one."""
    SOUND = "sound"
    """All that can be heard: for clean channels, such as those of a script that played its caller."""


def agent_speech(right: Pcm, facts: Facts | None = None) -> list[Stretch]:
    """What the listener heard: audible sound, pauses joined; what is as short as a click and stands alone is none.

    Args:
        right: What the listener heard, int16 at 24 kHz.
        facts: What a recording of ours knows besides: which pauses are inside an answer.
    """
    sounds = stretches(frame_levels(right) > AUDIBLE_LEVEL, AGENT_PAUSE_MS)
    heard = [_exact(right, stretch) for stretch in sounds]
    return [s for s in (joined_by_answers(heard, facts) if facts else heard) if s.ms >= LEAST_SPEECH_MS]


@dataclass(frozen=True, slots=True)
class Microphone:
    """The left channel, twice.

    Attributes:
        voice: Without a trace of the echo, so that no detector takes the agent for the user; where both speak, words
            of the user's may be gone with it.
        sound: With all of the user's words, and some echo: what edges are looked for in.
        cleaned: An echo was taken away; else both are the channel as it is.
    """

    voice: Pcm
    sound: Pcm
    cleaned: bool


def user_speech(
    mic: Microphone,
    agent: Sequence[Stretch],
    what: UserSpeech = UserSpeech.VOICE,
    onlooker: Onlooker = NOBODY,
) -> list[Stretch]:
    """What the user said, pauses joined: each edge is that of the sound which the detector confirmed.

    Args:
        mic: The left channel.
        agent: The agent's speech: while it lasts, what the canceller left of it is no sound.
        what: Whether the detector is asked.
        onlooker: Sees how far it is.
    """
    if what is UserSpeech.SOUND:
        return [_exact(mic.voice, s) for s in stretches(frame_levels(mic.voice) > AUDIBLE_LEVEL, USER_PAUSE_MS)]
    lead = np.zeros(ms_to_samples(LEAD_MS), np.int16)
    with onlooker.hearing("Hearing", len(mic.voice) // FRAME) as watch:
        heard = detect(np.concatenate((lead, mic.voice)), FusedEngine(), SegmentLimits(), watch).segments
    voices = [_back_dated(segment) for segment in heard]
    levels, over = frame_levels(mic.sound), agent if mic.cleaned else ()
    loud = _sounding(levels, voices, over)
    loud &= ~_blips(loud) | ~_within(len(levels), over, 0)
    sounds = stretches(loud, DIP_MS)
    # A voice that nobody found is among what seems to be left of the echo: so much less of that is looked at.
    soft = stretches(_sounding(levels, voices, over, percent=80), 0) if mic.cleaned else []
    joined = stretches(_within(len(levels), [s for s in soft if s.ms >= LEAST_SOUND_MS], 0), GAP_OVER_MS)
    found: list[Stretch] = []
    for voice in voices:
        edges = _snapped(voice, sounds, SNAP_CLEANED_MS if mic.cleaned else SNAP_MS)
        if mic.cleaned:
            edges = _grown(edges, joined, agent)
        exact = _exact(mic.sound, edges) if edges != voice else edges
        if found and exact.start_ms - found[-1].end_ms <= USER_PAUSE_MS:
            found[-1] = Stretch(found[-1].start_ms, max(found[-1].end_ms, exact.end_ms))
        else:
            found.append(exact)
    return found


def without_echo(left: Pcm, right: Pcm, onlooker: Onlooker = NOBODY) -> Microphone:
    """The left channel without what of the right one is in it; untouched where nothing is.

    The cancellers hear the beginning twice: once they learn the room, then they take its echo away.

    Args:
        left: The user's microphone, int16 at 24 kHz.
        right: What the listener heard.
        onlooker: Sees how far it is.
    """
    right = fitted(right, len(left))
    echo = echo_presence(left, right)
    if not echo.heard:
        return Microphone(left, left, cleaned=False)
    early = max(0, ms_to_samples(SPARE_MS - echo.delay_ms)) if echo.delay_ms < 0 else 0
    played = np.concatenate((right[early:], np.zeros(early, np.int16)))
    padded = -len(left) % FRAME + 2 * FRAME  # what is late at the end comes out too
    front = FrontEnd(FrontSettings(send=SentSignal.LINEAR))
    pairs = list(zip(split(np.pad(left, (0, padded))), split(np.pad(played, (0, padded))), strict=True))
    for heard, source in pairs[:LEARNING_FRAMES]:
        front.process(heard, source)
    with onlooker.hearing("Taking the echo away", len(pairs)) as watch:
        frames = [front.process(heard, source) for heard, source in watch(pairs)]
    voice, sound = (np.concatenate(signal) for signal in zip(*((f.decision, f.send) for f in frames), strict=True))
    return Microphone(
        voice[DECISION_DELAY : DECISION_DELAY + len(left)], sound[SENT_DELAY : SENT_DELAY + len(left)], cleaned=True
    )


def broken_off(right: Pcm, agent: Sequence[Stretch]) -> frozenset[int]:
    """The ends of the agent's speech, ms, that lie in the middle of a voiced sound."""
    return frozenset(stretch.end_ms for stretch in agent if _is_broken_off(right, stretch))


def _is_broken_off(right: Pcm, stretch: Stretch) -> bool:
    end, window = ms_to_samples(stretch.end_ms - FADE_MS), PITCH_WINDOW * FRAME // MODEL_FRAME
    whole = right[ms_to_samples(stretch.start_ms) : end]
    if len(whole) < window + 2 * FRAME:
        return False
    loud = float(np.percentile(frame_levels(whole), 90))
    last = float(frame_levels(whole[-2 * FRAME :]).mean())
    tail = down(np.concatenate((np.zeros(-len(whole) % FRAME, np.int16), whole)))[-PITCH_WINDOW:]
    return last > FULL_VOICE * loud and harmonicity(tail) > VOICED


def _back_dated(segment: Segment) -> Stretch:
    """What the detector found, less its own delays."""
    start = max(0, segment.start_ms - LEAD_MS - LATE_ONSET_MS)
    return Stretch(start, max(start + FRAME_MS, segment.end_ms - LEAD_MS - LATE_END_MS))


def _sounding(
    levels: Levels, voices: list[Stretch], agent: Sequence[Stretch], percent: float = 95
) -> NDArray[np.bool_]:
    """Whether each 10 ms is sound: it can be heard, and stands out of what is there without a voice.

    Args:
        levels: RMS of each 10 ms.
        voices: Where somebody was found to speak.
        agent: While it speaks, so many per cent of what is there without a voice are no sound.
        percent: See above.
    """
    over_agent = _within(len(levels), agent, 0)
    quiet = ~_within(len(levels), voices, SNAP_MS)
    limits = np.full(len(levels), AUDIBLE_LEVEL, np.float32)
    for where, share in ((~over_agent, 50), (over_agent, percent)):
        if (silent := levels[where & quiet]).size:
            limits[where] = max(AUDIBLE_LEVEL, OVER_NOISE * float(np.percentile(silent, share)))
    return levels > limits


def _blips(loud: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The 10 ms that are loud between two that are not: over the agent, what is left of its echo."""
    beside = np.zeros(len(loud) + 2, np.bool_)
    beside[1:-1] = loud
    blips: NDArray[np.bool_] = loud & ~beside[:-2] & ~beside[2:]
    return blips


def _within(frames: int, spans: Sequence[Stretch], margin_ms: int) -> NDArray[np.bool_]:
    """Whether each 10 ms lies in one of them."""
    inside = np.zeros(frames, np.bool_)
    for span in spans:
        inside[max(0, span.start_ms - margin_ms) // FRAME_MS : -(-(span.end_ms + margin_ms) // FRAME_MS)] = True
    return inside


def _snapped(voice: Stretch, sounds: list[Stretch], reach_ms: int) -> Stretch:
    """The edges of the sound that the detector confirmed, where they are near enough; else those of the detector."""
    inside = [s for s in sounds if s.start_ms < voice.end_ms and voice.start_ms < s.end_ms]
    if not inside:
        return voice
    start, end = inside[0].start_ms, inside[-1].end_ms
    return Stretch(
        start if -reach_ms <= start - voice.start_ms <= SNAP_MS else voice.start_ms,
        end if -SNAP_MS <= end - voice.end_ms <= reach_ms else voice.end_ms,
    )


def _grown(voice: Stretch, joined: Sequence[Stretch], agent: Sequence[Stretch]) -> Stretch:
    """The same up to the end of the sound that hangs together with it, where the agent speaks at its end."""
    start, end = voice
    over = any(a.start_ms < end < a.end_ms for a in agent)
    until = next((s.end_ms for s in joined if s.start_ms < end and start < s.end_ms), end)
    return Stretch(start, until) if over and end < until <= end + GROWN_OVER_MS else voice


def _exact(pcm: Pcm, stretch: Stretch) -> Stretch:
    """The same to the millisecond: where inside its first 10 ms the sound begins, and ends in its last."""
    first, last = (_loud_steps(pcm, at) for at in (stretch.start_ms, stretch.end_ms - FRAME_MS))
    start = stretch.start_ms + (int(first.argmax()) if first.any() else 0)
    end = stretch.end_ms - (int(last[::-1].argmax()) if last.any() else 0)
    return Stretch(start, max(end, start + 1))


def _loud_steps(pcm: Pcm, at_ms: int) -> NDArray[np.bool_]:
    """Whether each millisecond of the 10 that begin there is audible."""
    x = fitted(pcm[ms_to_samples(at_ms) :][:FRAME], FRAME).astype(np.float32).reshape(-1, STEP) / np.float32(FULL_SCALE)
    loud: NDArray[np.bool_] = np.sqrt((x * x).mean(axis=1)) > AUDIBLE_LEVEL
    return loud
