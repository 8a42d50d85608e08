"""Measures what a live session costs the client, by what goes on in it.

    python -m tests.benchmarks.talk_cpu [--preset natural] [--rounds 4]

``talk`` is held with the embedded server, which is a process of its own and not counted; the caller is a recording that
asks, listens and interrupts. CPU time is read whenever the phase changes, and printed as a share of a core and as a
multiple of the reference work of `tests.benchmarks.cpu` a frame of 10 ms. Linux only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import click
import numpy as np
import soundfile

from tests.benchmarks.cpu import reference_s
from tests.benchmarks.usage import Measurement
from tests.support.environment import environment
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.cli.numbers import Whole
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Phase
from voice_tui.speech.synthesiser import LocalSynthesiser

SCRIPT = (
    ("What time is it?", 8.0),
    ("Please tell me a long story.", 12.0),
    ("Excuse me, what is twelve plus two?", 8.0),
)
"""What the caller says, and how long it listens then, s."""
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
STATES = {
    "listening": (Phase.LISTENING,),
    "the user talks": (Phase.USER_SPEAKING,),
    "the assistant talks": (Phase.ASSISTANT_SPEAKING,),
    "between the two": (Phase.THINKING, Phase.INTERRUPTED),
}


def recording(rounds: int) -> Pcm:
    """The caller's side of the talk, int16 at 24 kHz."""
    voice = LocalSynthesiser()
    once: list[Pcm] = []
    for text, rest_s in SCRIPT:
        once += [voice.synthesise(text), np.zeros(round(rest_s * RATE), np.int16)]
    return np.concatenate([np.zeros(3 * RATE, np.int16), *(once * rounds)])


def cpu_s(pid: int) -> float:
    """CPU time of a process so far, s."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def held(preset: str, caller: Path, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Hold the talk: seconds of time and of CPU in each phase."""
    command = [sys.executable, "-m", "voice_tui", "talk", "--json", "--mic", str(caller), "--speaker", "none"]
    command += ["--preset", preset, "--no-greeting"]
    time_s, used_s = defaultdict[str, float](float), defaultdict[str, float](float)
    phase, at, used = "", 0.0, 0.0
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as talk:
        assert talk.stdout is not None
        for line in talk.stdout:
            told = json.loads(line)
            if told.get("notice") != "PhaseChanged":
                continue
            now = cpu_s(talk.pid)
            if phase:
                time_s[phase] += told["t"] - at
                used_s[phase] += now - used
            phase, at, used = told["data"]["phase"], told["t"], now
    return time_s, used_s


@click.command(cls=Measurement)
@click.option("--preset", type=click.Choice(list(PRESETS)), multiple=True, default=["natural", "server-vad"])
@click.option(
    "--rounds", type=Whole(1), default=4, show_default=True, help="How often the caller says what it has to say."
)
def main(preset: tuple[str, ...], rounds: int) -> None:
    """Measure and print."""
    work = [reference_s() for _ in range(50)]
    click.echo("| preset | " + " | ".join(STATES) + " | all |")
    click.echo("| --- " * (len(STATES) + 2) + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        soundfile.write(folder / "caller.wav", recording(rounds), RATE)
        for each in preset:
            time_s, used_s = held(each, folder / "caller.wav", folder)
            work += [reference_s() for _ in range(50)]
            rows = [*STATES.values(), tuple(Phase)]
            sums = [(sum(used_s[p] for p in phases), sum(time_s[p] for p in phases)) for phases in rows]
            unit = min(work)
            cells = [f"{100 * u / t:.1f} % · {u / t / 100 / unit:.2f}" if t else "–" for u, t in sums]
            click.echo(f"| `{each}` | {' | '.join(cells)} |")
    click.echo(f"the reference work takes {min(work) * 1e3:.3f} ms here, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
