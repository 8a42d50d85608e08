"""Scenes: conversations held in this process, several at a time on one loop, each with its own microphone."""

from __future__ import annotations

import asyncio
import base64
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tests.integration.talking import Conversation
from tests.wire import read
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.conversation import ConversationRunner, RunnerOptions
from voice_tui.drivers.devices.microphones import read_wav
from voice_tui.drivers.report import Report
from voice_tui.drivers.wirelog import WireLog
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages import notices as n
from voice_tui.messages.intents import Request
from voice_tui.messages.profile import Profile

AT_ONCE = 6  # conversations at a time: they are real-time audio on a small machine
QUIET_S = 1.5
LIMIT_S = 60.0
CHECK_S = 0.02


@dataclass(frozen=True)
class Scene:
    """What happens.

    Attributes:
        preset: How turns are taken.
        mic: Wav file that is spoken into the microphone.
        wants: (seconds on the microphone's clock, what the user wants then), in order; the first second is silence.
        commits: End when so many turns have been committed; 0: when nothing happens any more.
    """

    preset: str
    mic: Path
    wants: tuple[tuple[float, Request], ...] = ()
    commits: int = 0


@dataclass
class Run(Conversation):
    """One scene as it went.

    Attributes:
        told: Every notice.
        mic: What was spoken into the microphone.
        spans: Per turn that was committed or left over, what was sent for it.
    """

    told: list[n.Notice] = field(default_factory=list)
    mic: Pcm = field(default_factory=lambda: np.zeros(0, np.int16))

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


class CountingLog(WireLog):
    """Knows how many turns were committed by hand."""

    commits = 0

    def write(self, direction: str, raw: bytes) -> None:
        super().write(direction, raw)
        self.commits += direction == "client" and b"input_audio_buffer.commit" in raw


async def _act(scene: Scene, voice: ConversationRunner, told: list[n.Notice], log: CountingLog) -> None:
    wants = list(scene.wants)
    start, quiet, seen, clock = time.monotonic(), 0.0, 0, 0.0
    while (now := time.monotonic()) - start < LIMIT_S:
        await asyncio.sleep(CHECK_S)
        for notice in told[seen:]:
            clock = notice.t if isinstance(notice, n.LevelMeasured) else clock
        seen = len(told)
        while wants and voice.live and clock >= wants[0][0]:
            voice.request(wants.pop(0)[1])
        if not voice.idle or not voice.input_over or wants:
            quiet = now
        if now - quiet > QUIET_S or (scene.commits and log.commits >= scene.commits):
            return
    raise AssertionError(f"{scene} has not come to its end in {LIMIT_S:g} s")


async def _play(scene: Scene, url: str, folder: Path, turn: asyncio.Semaphore) -> Run:
    async with turn:
        speaker, log = folder / "speaker.wav", folder / "events.jsonl"
        told: list[n.Notice] = []
        report, wirelog = Report(), CountingLog(log)

        async def resolve() -> Endpoint:
            return Endpoint("url", url, "local")

        def sink(notice: n.Notice) -> None:
            told.append(notice)
            if isinstance(notice, n.Interrupted):
                notice = replace(notice, at=notice.at - voice.started)
            report.observe(notice)

        options = RunnerOptions(
            resolve, Profile(greeting=""), scene.preset, str(scene.mic), str(speaker), wirelog=wirelog, strict=True
        )
        voice = ConversationRunner(options, sink)
        running = asyncio.create_task(voice.run())
        acting = asyncio.create_task(_act(scene, voice, told, wirelog))
        await asyncio.wait([running, acting], return_when=asyncio.FIRST_COMPLETED)
        voice.stop()
        await running
        await acting
        wirelog.close()
    summary = msgspec.json.decode(msgspec.json.encode(report.summary()))
    return Run([], summary, read(log), read_wav(speaker), told, read_wav(scene.mic))


def play(scenes: dict[str, Scene], url: str, folder: Path) -> dict[str, Run]:
    """Play them, some at a time."""
    for name in scenes:
        (folder / name).mkdir(parents=True)

    async def everything() -> list[Run]:
        turn = asyncio.Semaphore(AT_ONCE)
        return await asyncio.gather(*(_play(scene, url, folder / name, turn) for name, scene in scenes.items()))

    return dict(zip(scenes, asyncio.run(everything()), strict=True))


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


def seconds(frames: int) -> float:
    """Frames as seconds."""
    return frames * FRAME / RATE
