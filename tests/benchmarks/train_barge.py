"""Learns the weights of the barge-in evidence from extracted sessions; writes voice_tui/audio/barge_in/weights.npz.

Learned on one fold and judged on the other, both ways, before the weights are learned from both. Needs PyTorch (2.13),
which no extra brings.

    python -m tests.benchmarks.extract DATA CACHE --sessions 400
    python -m tests.benchmarks.extract DATA CACHE --sessions 360 --closed
    python -m tests.benchmarks.extract DATA CACHE --sessions 160 --voices weak
    python -m tests.benchmarks.extract DATA CACHE --sessions 140 --first 200 --voices weak --closed
    python -m tests.benchmarks.train_barge CACHE --write
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from tests.benchmarks.barge_sessions import Array, Session
from tests.benchmarks.labels import Unfit
from tests.benchmarks.usage import InputFolder, Measurement
from voice_tui.audio.barge_in.evidence import OWN, PLAIN, VOICE, WEIGHTS, Evidence
from voice_tui.audio.barge_in.recurrent import Recurrent, RecurrentWeights
from voice_tui.cli.targets import OutputFile
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, InterruptionPolicy, PolicySettings


def judge(weights: RecurrentWeights, session: Session) -> Array:
    """Log-odds of a session's frames, shape (frames, 2)."""
    network = Recurrent(weights)
    return np.array([network.feed(numbers) for numbers in session.x])


def score(sessions: list[Session], odds: Sequence[Array], settings: PolicySettings) -> dict[str, float]:
    """The policy over sessions in open loop: shares and rates as the benchmark counts them."""
    hits: list[float] = []
    ducks: list[float] = []
    count = words = word_hits = false = false_ducks = backchannels = backchannel_hits = 0
    bursts = burst_hits = 0
    negative_s = 0.0
    for k, s in enumerate(sessions):
        policy = InterruptionPolicy()
        fired: dict[Action, list[float]] = {a: [] for a in Action}
        for i, (duck, cut) in enumerate(odds[k].tolist()):
            e = Evidence(duck, cut, s.x[i, VOICE] > PLAIN and cut > OWN, float(s.played[i]))
            action = policy.feed(e, bool(s.playing[i]), settings).action
            if action:
                fired[action].append((i + 1) * 0.01)
        cuts = fired[Action.CUT]
        for turn in s.label["turns"]:
            a0, a1 = turn["a0"], turn["a1"]
            inside = [t for t in cuts if a0 <= t <= a1]
            ducked = [t for t in fired[Action.DUCK] if a0 <= t <= a1]
            if "onset" in turn:
                o = turn["onset"]
                hit = [t for t in inside if o - 0.02 <= t <= o + 1.5]
                if turn["kind"] == "barge":
                    count += 1
                    hits += [hit[0] - o] if hit else []
                    near = [t for t in fired[Action.DUCK] + cuts if o - 0.02 <= t <= o + 1.5]
                    ducks += [min(near) - o] if near else []
                else:
                    words += 1
                    word_hits += bool(hit)
                false += sum(t < o - 0.02 for t in inside)
                false_ducks += sum(t < o - 0.02 for t in ducked)
                negative_s += max(0, o - a0)
            elif turn["kind"] == "backchannel":
                b, e2 = turn["user"]
                backchannels += 1
                backchannel_hits += any(b <= t <= e2 + 0.5 for t in inside)
                false += sum(not b <= t <= e2 + 0.5 for t in inside)
                false_ducks += sum(not b <= t <= e2 + 0.5 for t in ducked)
                negative_s += max(0, a1 - a0 - (e2 + 0.5 - b))
            elif turn["kind"] == "none":
                false += len(inside)
                false_ducks += len(ducked)
                negative_s += a1 - a0
            else:
                for _, b, e2 in turn["dist"]:
                    bursts += 1
                    burst_hits += any(b <= t <= e2 + 0.4 for t in inside)
    minutes = negative_s / 60
    return {
        "n": count,
        "in500": sum(x <= 0.5 for x in hits) / max(1, count),
        "p50": float(np.median(hits)) * 1000 if hits else 0.0,
        "false": false / minutes,
        "bursts": burst_hits / max(1, bursts),
        "words": word_hits / max(1, words),
        "backch": backchannel_hits / max(1, backchannels),
        "duck50": float(np.median(ducks)) * 1000 if ducks else 0.0,
        "ducks": false_ducks / minutes,
    }


def show(name: str, figures: dict[str, float]) -> None:
    """One line."""
    click.echo(f"{name:32}" + " ".join(f"{k} {v:.3f}" if v < 10 else f"{k} {v:.0f}" for k, v in figures.items()))


def cross_validate(sessions: list[Session]) -> None:
    """Learn on one fold, judge on the other, both ways; print the trade-offs over sessions in open loop."""
    from tests.benchmarks.barge_network import fit_together

    judged: list[Session] = []
    odds: list[Array] = []
    for fold in (0, 1):
        weights = fit_together([s for s in sessions if s.fold != fold])
        theirs = [s for s in sessions if s.fold == fold and not s.closed]
        judged += theirs
        odds += [judge(weights, s) for s in theirs]
    for name in ("natural", "eager", "cautious", "patient"):
        show(name, score(judged, odds, POLICIES[name]))
    for bias in (-1, -0.75, 0, 0.25, 0.5, 1):
        show(f"bias {bias}", score(judged, odds, PolicySettings(bias=bias)))
    for ms in (100, 200, 300, 400, 500):
        show(f"backchannel {ms} ms", score(judged, odds, PolicySettings(backchannel_ms=ms)))


@click.command(cls=Measurement)
@click.argument("cache", type=InputFolder())
@click.option("--judge/--no-judge", "judging", default=True, help="Cross-validate first.")
@click.option("--write", is_flag=True, help="Write the weights into the package.")
@click.option("--without-half", "out", type=OutputFile((".npz",)), help="Write there what half 1 alone teaches.")
def main(cache: Path, judging: bool, write: bool, out: Path | None) -> None:
    """CACHE is the folder that `extract` filled."""
    from tests.benchmarks.barge_network import fit_together

    sessions = [Session(p) for p in sorted(cache.glob("*.npz"))]
    if not sessions:
        raise Unfit(cache, "there are no sessions in it (.npz), give the folder that tests.benchmarks.extract filled")
    if judging:
        cross_validate(sessions)
    if out is not None:
        fit_together([s for s in sessions if s.fold == 1]).write(out)
    if write:
        fit_together(sessions).write(WEIGHTS)


if __name__ == "__main__":
    main()
