"""Measures what it costs to record a talk.

    python -m tests.benchmarks.recording [--rounds 5] [TALK]

A recorded talk (a simulated one where none is given) goes through a recorder again, with everything that it held: what
the engine was told and told, both channels, the events of the wire. Counted is the CPU time of all threads, flushed
files included, in % of a core for talk in real time, and as a multiple of the reference work of `tests.benchmarks.cpu`
a frame of 10 ms. Figures never pass or fail anything.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import click
import msgspec
import numpy as np

from tests.benchmarks.cpu import reference_s
from tests.benchmarks.usage import Measurement
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.cli.numbers import Whole
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.drivers.recording.recorder import Recorder
from voice_tui.messages.inputs import FramesCaptured, Ticked
from voice_tui.messages.notices import Notice
from voice_tui.tape.circumstances import family_of
from voice_tui.tape.lines import Drained, Finished, Introduced, Step

BUDGET = 3.0  # % of a core


def simulated(folder: Path) -> RecordedTalk:
    """A barge-in in virtual time."""
    from tests.simulation.test_determinism import interrupted
    from tests.simulation.world import simulate

    options = RecordingOptions(folder, always=True, beside=False)
    simulate(interrupted, 7, "natural", equipment=lambda world: {"recording": options})
    return open_recording(shelf.kept(folder)[-1].path)


def cost_s(talk: RecordedTalk, steps: list[Step], notices: list[Notice], wire: list[tuple[str, bytes]]) -> float:
    """CPU time that it takes to record a talk, s."""
    heard, rate = talk.heard, len(steps) / max(1, len(wire))
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        recorder = Recorder(
            RecordingOptions(Path(folder)), talk.session, family_of(talk.session), talk.session.began, 0.0
        )
        now, told, position, event = talk.session.began, 0, 0, 0.0
        for step in steps:
            match step:
                case Drained(count):
                    recorder.drained(notices[told : told + count], now)
                    told += count
                case Finished():
                    recorder.finished()
                case Introduced(place):
                    recorder.introduced(place)
                case _:
                    now = step.now if isinstance(step, Ticked) else now
                    recorder.received(step, now)
                    if isinstance(step, FramesCaptured):
                        count = len(step.pcm)
                        recorder.heard(heard[position : position + count], now)
                        position += count
            event += 1 / rate
            while event >= 1 and wire:
                direction, raw = wire[told % len(wire)]
                recorder.write(now, direction, raw, 1, "ga")
                event -= 1
        recorder.close(talk.session)
        recorder.wait()
        return time.process_time() - start


@click.command(cls=Measurement)
@click.argument("path", required=False, type=click.Path(file_okay=False, exists=True, path_type=Path), metavar="[TALK]")
@click.option("--rounds", type=Whole(1), default=5, show_default=True, help="The cheapest one counts.")
def main(path: Path | None, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        talk = open_recording(path) if path is not None else simulated(Path(folder))
        steps, notices = list(talk.inputs()), [told.notice for told in talk.notices()]
        lines = (talk.path / shelf.EVENTS).read_bytes().splitlines()
        wire = [(e["dir"], msgspec.json.encode(e["event"])) for e in map(msgspec.json.decode, lines)]
        seconds = sum(len(step.pcm) for step in steps if isinstance(step, FramesCaptured)) / RATE
        talk.heard.astype(np.int16)  # read before the clock runs
        unit = min(reference_s() for _ in range(50))
        cost = min(cost_s(talk, steps, notices, wire) for _ in range(rounds))
        unit = min(unit, *(reference_s() for _ in range(50)))
    share, frame = 100 * cost / seconds, cost / seconds * FRAME / RATE
    click.echo(f"{seconds:.1f} s of talk, {len(steps):,} lines of tape, {len(notices):,} notices, {len(wire):,} events")
    click.echo(
        f"recording: {share:.2f} % of a core (at most {BUDGET:g}), {frame / unit:.3f} of the reference work a frame"
    )
    click.echo(f"the reference work takes {unit * 1e3:.3f} ms here, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
