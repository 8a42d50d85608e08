"""Measures on the virtual sound card whether ``audio_end_ms`` is true, and how long a decision takes to become silence.

    python -m tests.benchmarks.playback_truth [--cuts 16] [--preset natural] [--echo -20] [--stall]

A real voice goes through the card's microphone into the whole program and interrupts a story again and again; what the
loudspeaker really played is recorded. ``--echo`` lets the microphone hear the loudspeaker; ``--stall`` holds the
interpreter now and then, so that playback underruns.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.usage import Measurement
from tests.integration.soundcard import Echo, Recording, SoundCard, sound_card
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.cli.numbers import Whole
from voice_tui.cli.targets import OutputFolder
from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.thread import SWITCH_INTERVAL_S
from voice_tui.drivers.wirelog import WireLog
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.link import CountersChanged, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Interrupted, Phase, PhaseChanged, Truncated
from voice_tui.messages.turns import Stage, StageReached
from voice_tui.speech.synthesiser import LocalSynthesiser

ASKED = ("Please tell me a long story.", "Tell me another story, please.")
BARGED = ("Excuse me, what time is it?", "Stop, how much is seven times eight?", "Wait a moment, please.")
FADE = 12 * RATE // 1000  # samples from full gain to none
PROBES = tuple(ms * RATE // 1000 for ms in (300, 150, 80))  # aligned on so much before the end, less where holes are
DUCKED = 60 * RATE // 1000  # so far before the end the duck is looked for
DUCK_STEP, STOP_STEP = 24, 2  # samples
SEEN = 8 * RATE // 1000  # what has to be loud on both sides of the end
LOOK = 20 * RATE // 1000  # how far from where it should be the end is looked for
LOUD = 200  # root mean square on both sides of the end: what is silent can't be seen to stop
LATE_S = 0.5  # a cut may come that long after the last word
SEARCH_S = 1.5
STALLED_ITEMS = 400_000  # sorting so many numbers holds the interpreter for longer than the device's buffer


@dataclass
class Cut:
    """One interruption.

    Attributes:
        item: The answer.
        decided: s on the monotonic clock: when playback was told to stop, by the cut or by the pause before it.
        audio_end_ms: What the server was told.
        ack: What it said to that.
    """

    item: str
    decided: float
    audio_end_ms: int = 0
    ack: str = ""


@dataclass
class Ears:
    """Gathers cuts from the notices."""

    cuts: dict[str, Cut] = field(default_factory=dict)
    phase: Phase = Phase.LISTENING
    phase_since: float = 0.0
    dropped: int = 0
    spoken_over: list[tuple[float, float]] = field(default_factory=list)
    paused: float | None = None
    live: asyncio.Event = field(default_factory=asyncio.Event)

    def notice(self, notice: Notice) -> None:
        match notice:
            case StageReached(stage=Stage.PAUSE):
                self.paused = time.monotonic()
            case StageReached(stage=Stage.RESUME):
                self.paused = None
            case Interrupted(item_id):
                self.cuts[item_id] = Cut(item_id, time.monotonic() if self.paused is None else self.paused)
                self.paused = None
            case Truncated(item_id, end, _, ack) if item_id in self.cuts:
                self.cuts[item_id].audio_end_ms, self.cuts[item_id].ack = end, str(ack)
            case PhaseChanged(phase=phase) if phase is not self.phase:
                self.phase, self.phase_since = phase, time.monotonic()
            case LinkChanged(link=Link.LIVE):
                self.live.set()
            case CountersChanged(dropped=dropped):
                self.dropped = dropped

    async def until(self, phase: Phase, for_s: float, limit_s: float = 30) -> None:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self.phase is phase and time.monotonic() - self.phase_since >= for_s:
                return
            await asyncio.sleep(0.02)


def write(path: Path, pcm: Pcm) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm.tobytes())


async def stalls(rng: random.Random) -> None:
    """Hold the interpreter for about 100 ms, as a careless library would."""
    while True:
        await asyncio.sleep(rng.uniform(0.7, 1.5))
        numbers = [rng.random() for _ in range(STALLED_ITEMS)]
        await asyncio.get_running_loop().run_in_executor(None, numbers.sort)


async def converse(card: SoundCard, url: str, preset: str, cuts: int, folder: Path, stall: bool) -> Ears:
    """Ask for a story, interrupt it, and again."""
    rng = random.Random(5)
    ears = Ears()
    synthesise = LocalSynthesiser().synthesise
    asks, barges = ([synthesise(text, "echo") for text in texts] for texts in (ASKED, BARGED))

    async def resolve() -> Endpoint:
        return Endpoint("url", url, "embedded")

    log = WireLog(folder / "events.jsonl")
    voice = ConversationRunner(RunnerOptions(resolve, preset=preset, strict=True, wirelog=log), ears.notice)
    running = asyncio.create_task(voice.run())
    stalling = asyncio.create_task(stalls(rng)) if stall else None
    await ears.live.wait()
    for attempt in range(2 * cuts):
        if len(ears.cuts) >= cuts:
            break
        await ears.until(Phase.LISTENING, 0.8)
        await asyncio.to_thread(card.speak, asks[attempt % len(asks)])
        await ears.until(Phase.ASSISTANT_SPEAKING, rng.uniform(2.0, 5.0))
        began = time.monotonic()
        await asyncio.to_thread(card.speak, barges[attempt % len(barges)])
        ears.spoken_over.append((began, time.monotonic()))
        await ears.until(Phase.ASSISTANT_SPEAKING, 0, 5)
    await asyncio.sleep(1.5)
    if stalling is not None:
        stalling.cancel()
    voice.stop()
    await running
    log.close()
    return ears


def answer(folder: Path, item: str) -> Pcm:
    """Everything that arrived of an answer."""
    pieces = []
    for line in (folder / "events.jsonl").read_text().splitlines():
        event = json.loads(line)["event"]
        if event["type"] == "response.output_audio.delta" and event["item_id"] == item:
            pieces.append(base64.b64decode(event["delta"]))
    return np.frombuffer(b"".join(pieces), "<i2")


def heard_end(sent: Pcm, end: int, recording: Pcm, about: int) -> tuple[int, int] | None:
    """Where the fade begins in the answer and where it ends in the recording; samples. None: nothing loud to see.

    The recording is aligned on the last unfaded part, so that holes before it do not matter; then the beginning of a
    linear fade is fitted by least squares.
    """
    lo = max(0, about - int(SEARCH_S * RATE))
    window = recording[lo : about + int(SEARCH_S * RATE)].astype(np.float64)
    around = sent[max(0, end - SEEN) : end + SEEN].astype(np.float64)
    if len(window) <= max(PROBES) or len(around) < 2 * SEEN or min(map(rms, np.split(around, 2))) < LOUD:
        return None
    first, last = max(0, end - DUCKED), min(len(sent), end + LOOK)
    fits = []
    for length in PROBES:
        probe = sent[max(0, end - length) : end].astype(np.float64)
        offset = lo + int(np.argmax(np.correlate(window, probe, "valid"))) - max(0, end - length)
        fits.append((*fit(sent[first:last], recording[first + offset : last + offset]), offset))
    _, stop, offset = min(fits)
    return first + stop, first + stop + FADE + offset


def fit(sent: Pcm, played: Pcm) -> tuple[float, int]:
    """The least squared error, and the sample at which the fade begins."""
    original, heard = sent[: len(played)].astype(np.float64), played.astype(np.float64)
    samples = np.arange(len(original))
    return min(
        (float(((heard - original * gains(samples, duck, stop)) ** 2).sum()), stop)
        for duck in (None, *range(0, DUCKED, DUCK_STEP))
        for stop in range(max(0, DUCKED - LOOK), len(original), STOP_STEP)
    )


def rms(samples: NDArray[np.float64]) -> float:
    """Root mean square."""
    return float(np.sqrt((samples**2).mean()))


def gains(samples: NDArray[np.int64], duck: int | None, stop: int) -> NDArray[np.float64]:
    """Playback gain: 1, turned down from ``duck`` on, faded out from ``stop`` on, both as fast as the player does."""
    low = TurnSettings().duck_gain
    ducked = np.ones(len(samples)) if duck is None else np.clip(1 - (samples - duck) / FADE, low, 1.0)
    at_stop = ducked[stop] if stop < len(ducked) else 1.0
    return np.where(samples < stop, ducked, np.clip(at_stop - (samples - stop) / FADE, 0.0, 1.0))


def report(ears: Ears, folder: Path, recorded: Recording) -> None:
    """One line a cut, then the figures."""
    recording, origin = recorded.pcm, recorded.origin_s
    errors, silences = [], []
    for cut in ears.cuts.values():
        sent, end = answer(folder, cut.item), cut.audio_end_ms * RATE // 1000
        found = heard_end(sent, end, recording, int((cut.decided - origin) * RATE))
        line = f"{cut.item}: audio_end_ms {cut.audio_end_ms}, {cut.ack}"
        if found is None:
            click.echo(f"{line}, nothing loud there to compare")
            continue
        error = cut.audio_end_ms - found[0] * 1000 / RATE
        silence = (origin + found[1] / RATE - cut.decided) * 1000
        errors.append(abs(error))
        silences.append(silence)
        click.echo(f"{line}, in the recording {error:+.1f} ms, decision to silence {silence:.0f} ms")
    acks = sum(cut.ack == "acknowledged" for cut in ears.cuts.values())
    false = [c for c in ears.cuts.values() if not any(a <= c.decided <= b + LATE_S for a, b in ears.spoken_over)]
    click.echo(f"{len(ears.cuts)} cuts, {acks} acknowledged, {ears.dropped} frames dropped or late")
    click.echo(f"{len(ears.spoken_over)} interruptions, {len(false)} cuts while nobody spoke")
    click.echo(
        f"within 5 ms of the recording: {sum(e <= 5 for e in errors)} of {len(errors)}, worst {max(errors):.1f} ms"
    )
    click.echo(f"decision to silence: p50 {np.median(silences):.0f} ms, max {max(silences):.0f} ms")


@click.command(cls=Measurement)
@click.option("--cuts", type=Whole(1), default=16, show_default=True)
@click.option("--preset", type=click.Choice(list(PRESETS)), default="natural", show_default=True)
@click.option(
    "--echo", type=Whole(-120, 0), help="dB from the loudspeaker to the microphone; without it there is no echo."
)
@click.option("--keep", type=OutputFolder(), help="Leave recording and wire log there.")
@click.option("--stall", is_flag=True, help="Hold the interpreter now and then.")
def main(cuts: int, preset: str, echo: int | None, stall: bool, keep: Path | None) -> None:
    """Bring up the card, talk, compare."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        sound_card(None if echo is None else Echo(level_db=echo, delay_ms=60)) as card,
    ):
        folder = Path(scratch)
        os.environ.update(card.environment)
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        serve = [sys.executable, "-m", "voice_tui", "serve", "--log-file", str(folder / "serve.log")]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server, card.recording() as recording:
            assert server.stdout is not None
            try:
                ears = asyncio.run(converse(card, server.stdout.readline().strip(), preset, cuts, folder, stall))
            finally:
                server.terminate()
        write(folder / "heard.wav", recording.pcm)
        if keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
        report(ears, folder, recording)


if __name__ == "__main__":
    main()
