"""A recorded conversation through front end, evidence and policy: the very code that runs live."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from voice_tui.audio.barge_in.evidence import BargeInEvidence, Evidence
from voice_tui.audio.echo.front_end import FrontEnd
from voice_tui.audio.echo.presence import echo_presence
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.conversation.turn_taking.policy import Action, InterruptionPolicy, PolicySettings
from voice_tui.replay.frames import Watch, fitted, split, unwatched

TAIL_FRAMES = 45  # a playback that stopped still counts as playing for 450 ms: delay and room
DEVICE_FRAMES = 5  # closed loop: a commanded gain is heard 50 ms later


@dataclass(frozen=True, slots=True)
class Decided:
    """Something the policy did.

    Attributes:
        t: Seconds of audio consumed.
        action: What.
    """

    t: float
    action: Action


class _Playing:
    """The assistant plays while its reference is not silent, and for `TAIL_FRAMES` after."""

    def __init__(self) -> None:
        self._quiet = TAIL_FRAMES

    def feed(self, ref: Pcm) -> bool:
        self._quiet = 0 if ref.any() else self._quiet + 1
        return self._quiet <= TAIL_FRAMES


def judged(
    mic: Pcm, ref: Pcm, playing: Iterable[bool] | None = None, watch: Watch = unwatched
) -> Iterator[tuple[Evidence, bool]]:
    """Frame by frame: the evidence while playback goes on at full gain, and whether the assistant can be heard.

    Args:
        mic: What the microphone heard.
        ref: What was played.
        playing: Whether the assistant can be heard in each frame; None: as long as ``ref`` is not silent.
        watch: Sees how far it is.
    """
    front, evidence, sounding = FrontEnd(), BargeInEvidence(), _Playing()
    frames = zip(split(mic), split(fitted(ref, len(mic))), strict=True)
    given = repeat(None) if playing is None else playing
    for (heard, played), told in zip(watch(frames), given, strict=False):
        plays = sounding.feed(played) if told is None else told
        yield evidence.feed(front.process(heard, played), playing=plays), plays


def decided(frames: Iterable[tuple[Evidence, bool]], settings: PolicySettings) -> Iterator[Decided]:
    """What the policy does with evidence that does not depend on it: nothing that it asks is answered."""
    policy = InterruptionPolicy(followed=False)
    for i, (evidence, playing) in enumerate(frames):
        action = policy.feed(evidence, playing, settings).action
        if action is not None:
            yield Decided((i + 1) / 100, action)


def open_loop(mic: Pcm, ref: Pcm, settings: PolicySettings, watch: Watch = unwatched) -> Iterator[Decided]:
    """Playback goes on whatever is decided."""
    return decided(judged(mic, ref, watch=watch), settings)


def echo_delay_ms(echo: Pcm, ref: Pcm) -> float | None:
    """How long what is played is on its way to the microphone, ms; None where the echo does not tell.

    Args:
        echo: The loudspeaker alone, as the microphone hears it.
        ref: What was handed to the loudspeaker.
    """
    found = echo_presence(echo, fitted(ref, len(echo)))
    return found.delay_ms if found.heard and found.delay_ms >= 0 else None


def closed_loop(
    near: Pcm,
    echo: Pcm,
    rest: Pcm,
    ref: Pcm,
    settings: PolicySettings,
    delay_ms: float | None = None,
    watch: Watch = unwatched,
) -> Iterator[Decided]:
    """Playback follows the policy: the microphone is near + rest + gain * echo, the reference gain * ref.

    A commanded gain is in the reference one device delay later, and in the echo when what was played with it arrives:
    what was played before is on its way still. After a cut playback is back `PolicySettings.rearm_ms` later, so
    that a recording can hold several interruptions.

    Args:
        near: The user.
        echo: The loudspeaker at full gain, as the microphone hears it.
        rest: Everything else.
        ref: What was handed to the loudspeaker, at full gain.
        settings: Of the policy.
        delay_ms: From the reference to the echo; None: as `echo_delay_ms` finds it, 0 where it does not. With 0 echo
            and reference disagree for the length of the path after every change of gain, as if the room had changed.
        watch: Sees how far it is.
    """
    front, evidence, policy, playing = FrontEnd(), BargeInEvidence(), InterruptionPolicy(), _Playing()
    if delay_ms is None:
        delay_ms = echo_delay_ms(echo, ref) or 0.0
    commanded = deque([1.0] * DEVICE_FRAMES, DEVICE_FRAMES)
    late_frames = round(delay_ms / 10)
    gains = deque([1.0] * (late_frames + 2), late_frames + 2)
    parts = [split(fitted(part, len(near))) for part in (near, echo, rest, ref)]
    for i, (voice, wet, noise, full) in enumerate(watch(zip(*parts, strict=True))):
        gain = commanded.popleft()
        gains.append(gain)
        ramp, late = np.linspace(gains[-2], gain, FRAME), np.linspace(gains[0], gains[1], FRAME)
        mic = np.clip(voice.astype(np.float64) + noise + late * wet, -32768, 32767).astype(np.int16)
        played = (ramp * full).astype(np.int16)
        plays = playing.feed(full)
        heard = evidence.feed(front.process(mic, played), gain, plays)
        decision = policy.feed(heard, plays, settings)
        commanded.append(decision.gain)
        if decision.action is not None:
            yield Decided((i + 1) / 100, decision.action)
