"""Scenes: what a recording in the microphone and a hand on the keys lead to, with the real models."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import numpy as np

from tests.simulation.real import real
from tests.simulation.world import World, simulate
from tests.support.conversation import Conversation
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.devices.microphones import VirtualMicrophone
from voice_tui.drivers.report import Report
from voice_tui.messages import notices as n
from voice_tui.messages.intents import Request

QUIET_S = 1.5


@dataclass(frozen=True)
class Scene:
    """What happens.

    Attributes:
        preset: How turns are taken.
        mic: What is spoken into the microphone.
        wants: (seconds on the microphone's clock, what the user wants then), in order.
        commits: End when so many turns have been committed; 0: when nothing happens any more.
    """

    preset: str
    mic: Pcm
    wants: tuple[tuple[float, Request], ...] = ()
    commits: int = 0

    async def act(self, world: World) -> None:
        """Play it."""
        await world.live()
        for at, wanted in self.wants:
            await world.until(lambda at=at: heard_s(world) >= at, f"the microphone is at {at} s")  # type: ignore[misc]  # mypy gives up on the default
            world.want(wanted)
        if self.commits:
            commits = partial(world.sent, "input_audio_buffer.commit")
            await world.until(lambda: len(commits()) >= self.commits, f"{self.commits} turns are committed")
        else:
            await world.quiet(QUIET_S)


def heard_s(world: World) -> float:
    """Where the microphone's clock is."""
    return next((x.t for x in reversed(world.notices) if isinstance(x, n.LevelMeasured)), 0.0)


@dataclass
class Run(Conversation):
    """One scene as it went.

    Attributes:
        told: Every notice.
        mic: What was spoken into the microphone.
    """

    told: list[n.Notice]
    mic: Pcm

    @property
    def spans(self) -> list[Pcm]:
        """What was sent, cut at each commit by hand; a server that finds the turns leaves one span."""
        spans: list[list[bytes]] = [[]]
        for line in self.events:
            if line["dir"] == "client" and line["event"]["type"] == "input_audio_buffer.append":
                spans[-1].append(base64.b64decode(line["event"]["audio"]))
            elif line["dir"] == "client" and line["event"]["type"] == "input_audio_buffer.commit":
                spans.append([])
        return [np.frombuffer(b"".join(span), "<i2") for span in spans]

    @property
    def sent_audio(self) -> Pcm:
        """Everything that was sent."""
        return np.concatenate(self.spans)

    def of(self, kind: type) -> list[Any]:
        """The notices of a kind."""
        return [notice for notice in self.told if isinstance(notice, kind)]

    @property
    def answers(self) -> list[str]:
        """The assistant's items, in order."""
        return [turn["item"] for turn in self.summary["turns"] if turn["role"] == "assistant"]


def play(scene: Scene, seed: int = 0) -> Run:
    """Play a scene to its end."""
    world = simulate(
        scene.act, seed, scene.preset, cast=real, open_microphone=lambda name: VirtualMicrophone(scene.mic, "scene")
    )
    report = Report()
    for notice in world.notices:
        report.observe(notice)
    summary = msgspec.json.decode(msgspec.json.encode(report.summary()))
    return Run([], summary, world.wire, world.speaker.heard, world.notices, scene.mic)


def said(*pieces: Pcm | float) -> Pcm:
    """Sounds and silences (seconds), one behind the other."""
    return np.concatenate([np.zeros(int(p * RATE), np.int16) if isinstance(p, float) else p for p in pieces])


def found(piece: Pcm, whole: Pcm) -> int:
    """Where a piece of audio begins in another, sample for sample; -1 where it is not."""
    raw, at = whole.tobytes(), -1
    while True:
        at = raw.find(piece.tobytes(), at + 1)
        if at % 2 == 0 or at < 0:
            return at // 2 if at >= 0 else -1


def real_frames(sent: Pcm, mic: Pcm, delay: int = 0) -> list[int]:
    """Numbers of the frames of the microphone that were sent as they were said; the others were sent as silence.

    Args:
        sent: What was sent, whole frames from the first one on.
        mic: What was said, as long.
        delay: Samples by which what was sent is later.
    """
    padded = np.concatenate((np.zeros(delay, np.int16), mic, np.zeros(len(sent), np.int16)))
    real = []
    for i in range(len(sent) // FRAME):
        piece, said = sent[i * FRAME : (i + 1) * FRAME], padded[i * FRAME : (i + 1) * FRAME]
        if piece.any():
            assert (piece == said).all(), f"frame {i} is neither what was said then nor silence"
            real.append(i)
    return real
