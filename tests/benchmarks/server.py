"""What the embedded server takes: until it is ready, until it answers, alone and in a crowd, and of a core.

    python -m tests.benchmarks.server [--rounds 5] [--crowd 8]

A ``voice-tui serve`` of its own is started and spoken to in real time; its CPU time is read from the kernel. Medians
are printed, with the load of the machine and the reference work of `tests.benchmarks.cpu`, by which machines compare.
Linux only.
"""

from __future__ import annotations

import asyncio
import base64
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import numpy as np

from tests.benchmarks.cpu import reference_s
from tests.benchmarks.talk_cpu import cpu_s
from tests.benchmarks.usage import Measurement
from tests.integration.wire_client import WireClient, client_of
from tests.support.environment import environment
from voice_tui.audio.stream.pcm import RATE, Pcm, ms_to_samples
from voice_tui.cli.numbers import Whole
from voice_tui.speech.synthesiser import LocalSynthesiser

QUESTION, PAUSE_MS, BLOCK_MS = "What is one plus one?", 500, 20
SPREAD_S = 0.5  # within that a crowd begins to speak
LISTENS_MS = 1_500  # how long a microphone goes on behind the question
LOAD_SESSIONS = 8


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, int, float]]:
    """A server: its URL, its process, and after how many seconds it was ready."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        command = [sys.executable, "-m", "voice_tui", "serve", *options]
        with subprocess.Popen(command, env=environment(Path(folder)), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            try:
                yield url, process.pid, time.monotonic() - began
            finally:
                process.terminate()


def question() -> Pcm:
    """Somebody asks, and ends with the last sound."""
    spoken = LocalSynthesiser().synthesise(QUESTION)
    loud = np.flatnonzero(np.abs(spoken.astype(np.int32)) > 500)
    return np.concatenate([np.zeros(RATE // 4, np.int16), spoken[: int(loud[-1]) + 1]])


async def speak(client: WireClient, pcm: Pcm) -> float:
    """Speak in real time; gives when the last sound had been said."""
    began = time.monotonic()
    whole = np.concatenate([pcm, np.zeros(ms_to_samples(LISTENS_MS), np.int16)])
    step = ms_to_samples(BLOCK_MS)
    for start in range(0, len(whole), step):
        await asyncio.sleep(max(began + (start + step) / RATE - time.monotonic(), 0.0))
        audio = base64.b64encode(whole[start : start + step].tobytes()).decode()
        await client.send("input_audio_buffer.append", audio=audio)
    return began + len(pcm) / RATE


async def asked(url: str, pcm: Pcm, delay_s: float) -> float:
    """Seconds from the end of a question to the first sound of its answer."""
    async with client_of(url) as client:
        detection = {"type": "server_vad", "silence_duration_ms": PAUSE_MS}
        await client.configure(audio={"input": {"turn_detection": detection}})
        await asyncio.sleep(delay_s)
        speaking = asyncio.create_task(speak(client, pcm))
        await client.until("response.output_audio.delta")
        sounds = time.monotonic()
        ended = await speaking
        await client.until("response.done")
    return sounds - ended


async def created(url: str) -> float:
    """Seconds from a request for an answer to its first sound."""
    async with client_of(url) as client:
        await client.say(QUESTION)
        began = time.monotonic()
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        sounds = time.monotonic() - began
        await client.until("response.done")
    return sounds


async def crowd(url: str, pcm: Pcm, size: int) -> list[float]:
    """The same question from so many at once."""
    return await asyncio.gather(*(asked(url, pcm, SPREAD_S * i / size) for i in range(size)))


async def share(url: str, pid: int, pcm: Pcm) -> float:
    """What a session takes of a core while somebody asks, waits and is answered."""
    used, began = cpu_s(pid), time.monotonic()
    await crowd(url, pcm, LOAD_SESSIONS)
    talked_s = len(pcm) / RATE + LISTENS_MS / 1_000
    assert time.monotonic() - began >= talked_s
    return (cpu_s(pid) - used) / LOAD_SESSIONS / talked_s


def ms(times: list[float]) -> str:
    """A median and the longest, ms."""
    return f"{statistics.median(times) * 1_000:.0f} ms (at most {max(times) * 1_000:.0f})"


@click.command(cls=Measurement)
@click.option("--rounds", type=Whole(1), default=5, show_default=True)
@click.option("--crowd", "size", type=Whole(1, 1_000), default=8, show_default=True, help="Speakers at once.")
def main(rounds: int, size: int) -> None:
    """Print all of it."""
    load = os.getloadavg()[0]
    print(f"load {load:.1f} on {os.cpu_count()} cores, reference work {reference_s() * 1_000:.2f} ms")
    pcm = question()
    for name, options in (("full", ()), ("echo", ("--brain", "echo"))):
        ready: list[float] = []
        for _ in range(rounds):
            with serving(*options) as (_, pid, seconds):
                ready.append(seconds)
                used = cpu_s(pid)
        print(f"{name}: ready {ms(ready)}, of it CPU {used * 1_000:.0f} ms")
        with serving(*options) as (url, pid, _):
            asyncio.run(created(url))  # the first one may wait for the voice
            print(f"{name}: request to first sound {ms([asyncio.run(created(url)) for _ in range(rounds)])}")
            alone = [asyncio.run(asked(url, pcm, 0.0)) for _ in range(rounds)]
            print(f"{name}: end of speech to first sound {ms(alone)}, {PAUSE_MS} ms of it the pause")
            together = [time_s for _ in range(rounds) for time_s in asyncio.run(crowd(url, pcm, size))]
            print(f"{name}: the same, {size} at once: {ms(together)}")
            part = statistics.median(asyncio.run(share(url, pid, pcm)) for _ in range(rounds))
            print(f"{name}: {part * 100:.1f} % of a core a session, {1 / part:.0f} sessions a core")


if __name__ == "__main__":
    main()
