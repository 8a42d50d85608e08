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

from tests.benchmarks.sessions import load, simulate
from voice_tui.audio.barge_in.evidence import BargeInEvidence
from voice_tui.audio.barge_in.features import Features
from voice_tui.audio.echo.front_end import FrontEnd
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.audio.stream.resample import to_int16
from voice_tui.conversation.turn_taking.policy import InterruptionPolicy, PolicySettings

TAIL = 45  # frames for which a stopped playback still counts as playing


def playing_mask(ref: np.ndarray) -> np.ndarray:
    """Per frame: whether the reference is non-zero or was in the last 450 ms."""
    far = np.abs(ref[: len(ref) // FRAME * FRAME]).reshape(-1, FRAME).max(1) > 0.5 / 32768
    return np.convolve(far, np.ones(TAIL + 1))[: len(far)] > 0


DEVICE = 5  # frames from commanding a gain to hearing it


def one(folder: Path, out: Path, fold: int, number: int, closed: bool, varied: bool) -> str:
    """Make, run and store one session: in open loop (every second one with random ducks), or in closed loop.

    In closed loop the policy with the weights as they stand moves the gain, so the ducks are where it really errs.
    """
    rng = np.random.default_rng([fold, number, 7, *[1] * varied])
    ducking = number % 2 == 1 and not closed
    session = simulate(rng, load(folder, fold), ducking=ducking, varied=varied)
    front, features, evidence, policy = FrontEnd(), Features(), BargeInEvidence(), InterruptionPolicy()
    count = len(session.ref) // FRAME
    # Echo falls one acoustic delay after the reference, or, as in recordings re-weighted afterwards, at once.
    lag = round((session.label["turns"][0]["a0"] - 1.0) * 100) if rng.random() < 0.5 else 0
    settings = PolicySettings(bias=float(rng.uniform(0, 0.5)), duck_bias=float(rng.uniform(-1, 0)))
    mask = playing_mask(session.full_ref)
    gains = [1.0] * DEVICE
    rows, played = [], []
    for i in range(count):
        at = slice(i * FRAME, (i + 1) * FRAME)
        gain, before = (gains[i], gains[max(0, i - 1)]) if closed else (1.0, 1.0)
        ramp = np.linspace(before, gain, FRAME)
        late = np.linspace(gains[max(0, i - 1 - lag)], gains[max(0, i - lag)], FRAME) if closed else ramp
        mic = to_int16((session.near[at] + session.rest[at] + late * session.echo[at]).astype(np.float32))
        ref = to_int16((ramp * session.ref[at]).astype(np.float32))
        frame = front.process(mic, ref)
        if closed:
            judged = evidence.feed(frame, gain)
            gains.append(policy.feed(judged, bool(mask[i]), settings).gain)
            assert judged.features is not None
            rows.append(judged.features)
            played.append(judged.played_s)
        else:
            rows.append(features.feed(frame, float(session.gain[i * FRAME])))
            played.append(features.usual.played_s)
    t = (np.arange(count) + 0.5) * FRAME / RATE
    since = np.full(count, -1.0)  # seconds since the onset of the user's current stretch, -1 where silent
    skip = np.zeros(count, bool)
    for turn in session.label["turns"]:
        if turn["kind"] == "backchannel":
            skip |= (t > turn["user"][0]) & (t < turn["user"][1] + 0.4)
    for start, end in session.label["user_speech"]:
        inside = (t >= start) & (t < end)
        since[inside] = t[inside] - start
        skip |= (t >= end) & (t < end + 0.25)
    distractor = np.zeros(count, bool)
    for start, end in session.distractors:
        distractor |= (t >= start) & (t < end + 0.2)
    name = f"{fold}_{number:04d}{'v' * varied}{'c' * closed}"
    np.savez(
        out / f"{name}.npz",
        x=np.array(rows, np.float32),
        since=since,
        skip=skip,
        distractor=distractor,
        playing=mask,
        played=np.array(played, np.float32),
        ducking=ducking,
        closed=closed,
    )
    (out / f"{name}.json").write_text(json.dumps(session.label))
    return name


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--sessions", default=80, help="Per fold.")
@click.option("--first", default=0, help="Number of the first session.")
@click.option("--closed", is_flag=True, help="Let the policy, with the weights as they stand, move the gain.")
@click.option("--varied", is_flag=True, help="More voices, softer users, babble, drifting clocks: see `simulate`.")
@click.option("--workers", default=1)
def main(data: Path, out: Path, sessions: int, first: int, closed: bool, varied: bool, workers: int) -> None:
    """DATA is the benchmark's data/dev, OUT a cache folder."""
    out.mkdir(parents=True, exist_ok=True)
    jobs = [(fold, number) for number in range(first, first + sessions) for fold in (0, 1)]
    with ProcessPoolExecutor(workers) as pool:
        for done in pool.map(one, *zip(*[(data, out, f, k, closed, varied) for f, k in jobs], strict=True)):
            click.echo(done)


if __name__ == "__main__":
    main()
