"""Simulated sessions through front end and features, kept as arrays: what the barge-in weights are learned from."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import numpy as np

from tests.benchmarks.sessions import Session, simulate
from tests.benchmarks.taught import TAUGHT, spoken_in
from tests.benchmarks.usage import DEV, Measurement, needed
from voice_tui.audio.barge_in.evidence import BargeInEvidence
from voice_tui.audio.echo.front_end import FrontEnd
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.audio.stream.resample import to_int16
from voice_tui.cli.numbers import Whole
from voice_tui.cli.targets import OutputFolder
from voice_tui.conversation.turn_taking.policy import InterruptionPolicy, PolicySettings

VARIED = 0.75  # share of the sessions
TURNS, EARLY_TURNS = 8, 3  # of the assistant; what comes early is mostly new in a session's first answer
TAIL = 45  # frames for which a stopped playback still counts as playing


def playing_mask(ref: np.ndarray) -> np.ndarray:
    """Per frame: whether the reference is non-zero or was in the last 450 ms."""
    far = np.abs(ref[: len(ref) // FRAME * FRAME]).reshape(-1, FRAME).max(1) > 0.5 / 32768
    return np.convolve(far, np.ones(TAIL + 1))[: len(far)] > 0


DEVICE = 5  # frames from commanding a gain to hearing it


def heard(session: Session, rng: np.random.Generator, closed: bool) -> dict[str, np.ndarray]:
    """The session through front end and evidence: a row of each array is a frame.

    In closed loop the policy, with the weights as they stand, moves the gain: so ducks are where it really errs. The
    echo falls one acoustic delay after the reference, or, as in recordings re-weighted afterwards, at once.
    """
    front, evidence, policy = FrontEnd(), BargeInEvidence(), InterruptionPolicy()
    count = len(session.ref) // FRAME
    lag = round(session.label["delay"] * 100) if rng.random() < 0.5 else 0
    settings = PolicySettings(bias=float(rng.uniform(-0.25, 0.5)), duck_bias=float(rng.uniform(-1, 0)))
    mask = playing_mask(session.full_ref)
    gains = [1.0] * DEVICE
    rows, played = [], []
    for i in range(count):
        at = slice(i * FRAME, (i + 1) * FRAME)
        ramp = late = np.ones(FRAME)
        gain = float(session.gain[i * FRAME])
        if closed:
            gain = gains[i]
            ramp = np.linspace(gains[max(0, i - 1)], gain, FRAME)
            late = np.linspace(gains[max(0, i - 1 - lag)], gains[max(0, i - lag)], FRAME)
        mic = to_int16((session.near[at] + session.rest[at] + late * session.echo[at]).astype(np.float32))
        ref = to_int16((ramp * session.ref[at]).astype(np.float32))
        judged = evidence.feed(front.process(mic, ref), gain)
        if closed:
            gains.append(policy.feed(judged, bool(mask[i]), settings).gain)
        assert judged.features is not None
        rows.append(judged.features)
        played.append(judged.played_s)
    return {"x": np.array(rows, np.float32), "played": np.array(played, np.float32), "playing": mask[:count]}


def labelled(session: Session, count: int) -> dict[str, np.ndarray]:
    """What each frame is: seconds since the onset of the user's current stretch (-1: silent), and what to leave out."""
    t = (np.arange(count) + 0.5) * FRAME / RATE
    since, skip, distractor = np.full(count, -1.0), np.zeros(count, bool), np.zeros(count, bool)
    for turn in session.label["turns"]:
        if turn["kind"] == "backchannel":
            skip |= (t > turn["user"][0]) & (t < turn["user"][1] + 0.4)
    for start, end in session.label["user_speech"]:
        inside = (t >= start) & (t < end)
        since[inside] = t[inside] - start
        skip |= (t >= end) & (t < end + 0.25)
    for start, end in session.distractors:
        distractor |= (t >= start) & (t < end + 0.2)
    return {"since": since, "skip": skip, "distractor": distractor}


def one(folder: Path, out: Path, fold: int, number: int, closed: bool, kind: str, early: bool = False) -> str:
    """Make, run and store one session: in open loop (every third one with random ducks), or in closed loop."""
    taught = TAUGHT[kind]
    rng = np.random.default_rng([fold, number, taught.seed, int(closed), *[1] * early])
    name = taught.names[number % len(taught.names)]
    ducking = number % 3 == 1 and not closed
    varied = bool(rng.random() < VARIED)
    sources, turns = spoken_in(folder, fold, kind, name), EARLY_TURNS if early else TURNS
    session = simulate(rng, sources, ducking=ducking, turns=turns, varied=varied, early=early)
    arrays = heard(session, rng, closed)
    file = f"{fold}_{number:04d}{kind[0]}{'e' * early}{'c' * closed}"
    np.savez(out / f"{file}.npz", allow_pickle=False, **arrays, **labelled(session, len(arrays["x"])))
    (out / f"{file}.json").write_text(json.dumps(session.label | {"quality": name}))
    return file


@click.command(cls=Measurement)
@click.argument("data", type=DEV)
@click.argument("out", type=OutputFolder())
@click.option("--sessions", type=Whole(1), default=80, help="Per fold.")
@click.option("--first", type=Whole(0), default=0, help="Number of the first session.")
@click.option("--closed", is_flag=True, help="Let the policy, with the weights as they stand, move the gain.")
@click.option("--voices", "kind", type=click.Choice(list(TAUGHT)), default="recorded", show_default=True)
@click.option("--early", is_flag=True, help="Short sessions in which voices begin as the answers do.")
@click.option("--workers", type=Whole(1), default=1)
def main(data: Path, out: Path, sessions: int, first: int, closed: bool, kind: str, early: bool, workers: int) -> None:
    """DATA is the benchmark's data/dev, OUT a cache folder."""
    needed("pyworld")
    out.mkdir(parents=True, exist_ok=True)
    jobs = [
        (data, out, fold, number, closed, kind, early) for number in range(first, first + sessions) for fold in (0, 1)
    ]
    with ProcessPoolExecutor(workers) as pool:
        for done in pool.map(one, *zip(*jobs, strict=True)):
            click.echo(done)


if __name__ == "__main__":
    main()
