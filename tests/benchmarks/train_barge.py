"""Learns the weights of the barge-in evidence from extracted sessions; writes voice_tui/audio/barge_weights.py.

Learned on one fold and judged on the other, both ways, before the weights are learned from both.

    python -m tests.benchmarks.extract DATA CACHE --sessions 100
    python -m tests.benchmarks.extract DATA CACHE --sessions 40 --closed
    python -m tests.benchmarks.extract DATA CACHE --sessions 72 --varied
    python -m tests.benchmarks.train_barge CACHE --write
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
from pathlib import Path
from typing import Any

import click
import numpy as np

from tests.benchmarks.learning import as_text, judge, learn
from voice_tui.audio.barge_in.evidence import CUT_MEANS, DUCK_MEANS, VOICED_LOG_ODDS, Evidence
from voice_tui.audio.barge_in.features import FEATURES
from voice_tui.audio.vad.perceptron import Perceptron
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, InterruptionPolicy, PolicySettings

Array = np.ndarray[Any, Any]
TARGET = Path(__file__).parents[2] / "voice_tui" / "audio" / "barge_in" / "weights.py"
HIDDEN, EPOCHS = {"duck": 8, "cut": 16}, {"duck": 8, "cut": 16}
HEADER = '''"""Learned weights of the barge-in evidence. Written by tests/benchmarks/train_barge.py; do not edit."""

from __future__ import annotations

from voice_tui.audio.vad.perceptron import parse
'''


def means(x: Array, frames: tuple[float, ...]) -> Array:
    """Running means as `voice_tui.audio.barge_in.evidence.Means` makes them, for a whole session."""
    out = []
    for tau in frames:
        gain = 1 - np.exp(-1 / tau)
        value, rows = x[0].astype(float), np.empty(x.shape, np.float32)
        for i, row in enumerate(x):
            value = value + gain * (row - value)
            rows[i] = value
        out.append(rows)
    return np.concatenate(out, 1)


class Session:
    """One extracted session."""

    def __init__(self, path: Path) -> None:
        z = np.load(path)
        self.fold = int(path.name[0])
        self.closed, self.varied = path.stem.endswith("c"), "v" in path.stem
        self.label = json.loads(path.with_suffix(".json").read_text())
        self.playing, self.played, self.since = z["playing"], z["played"], z["since"]
        self.duck, self.cut = means(z["x"], DUCK_MEANS), means(z["x"], CUT_MEANS)
        user = self.since >= 0.04
        self.use = self.playing & ~z["skip"] & ((self.since < 0) | user)
        self.user = user
        turned_down = z["x"][:, FEATURES.index("gain")] < -0.3
        silent = z["x"][:, FEATURES.index("reference")] < -1  # below -70 dBFS
        self.state = turned_down + 2 * silent.astype(int)
        weight = np.where(user, np.where(self.since < 0.7, 1.5, 0.3), np.where(z["distractor"], 2.5, 1.0))
        early = user & (self.since < 0.3)
        self.cut_weight = weight
        self.duck_weight = np.where(early, 3.0, weight)


def fit(sessions: list[Session], kind: str) -> Perceptron:
    """The network for ``kind`` ("duck" or "cut")."""
    x = np.concatenate([getattr(s, kind)[s.use] for s in sessions])
    y = np.concatenate([s.user[s.use] for s in sessions])
    w = np.concatenate([getattr(s, f"{kind}_weight")[s.use] for s in sessions])
    # A duck follows a suspicion and a stop follows an interruption, so most of what is heard ducked or in silence is
    # the user; how often must not become evidence itself: users and others weigh alike in every state of the playback.
    state = np.concatenate([s.state[s.use] for s in sessions])
    odds = w[(state == 0) & ~y].sum() / w[(state == 0) & y].sum()
    for k in range(1, 4):
        others, users = (state == k) & ~y, (state == k) & y
        if others.any() and users.any():
            scale = np.sqrt(odds * w[users].sum() / w[others].sum())
            w[others] *= scale
            w[users] /= scale
    return learn(x, y, w, HIDDEN[kind], epochs=EPOCHS[kind], decay=3e-4, rate=0.006)


def score(sessions: list[Session], odds: dict[int, tuple[Array, Array]], settings: PolicySettings) -> dict[str, float]:
    """The policy over sessions in open loop: shares and rates as the benchmark counts them."""
    hits: list[float] = []
    ducks: list[float] = []
    count = words = word_hits = false = false_ducks = backchannels = backchannel_hits = 0
    bursts = burst_hits = 0
    negative_s = 0.0
    for k, s in enumerate(sessions):
        duck, cut = odds[k]
        policy = InterruptionPolicy()
        fired: dict[Action, list[float]] = {a: [] for a in Action}
        for i in range(len(duck)):
            e = Evidence(float(duck[i]), float(cut[i]), bool(duck[i] > VOICED_LOG_ODDS), float(s.played[i]))
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
    judged = [s for s in sessions if not s.closed]
    odds: dict[int, tuple[Array, Array]] = {}
    for fold in (0, 1):
        others = [s for s in sessions if s.fold != fold]
        duck, cut = fit(others, "duck"), fit(others, "cut")
        odds |= {k: (judge(duck, s.duck), judge(cut, s.cut)) for k, s in enumerate(judged) if s.fold == fold}
    for varied in (False, True):
        chosen = [k for k, s in enumerate(judged) if s.varied == varied]
        if not chosen:
            continue
        click.echo(f"{len(chosen)} {'varied ' * varied}sessions")
        some, theirs = [judged[k] for k in chosen], {i: odds[k] for i, k in enumerate(chosen)}
        for name in ("natural", "eager", "cautious", "patient"):
            show(name, score(some, theirs, POLICIES[name]))
        for bias in (-1, -0.75, 0, 0.25, 0.5, 1):
            show(f"bias {bias}", score(some, theirs, PolicySettings(bias=bias)))
        for ms in (100, 200, 300, 400, 500):
            show(f"backchannel {ms} ms", score(some, theirs, PolicySettings(backchannel_ms=ms)))


@click.command()
@click.argument("cache", type=click.Path(path_type=Path, exists=True))
@click.option("--judge/--no-judge", "judging", default=True, help="Cross-validate first.")
@click.option("--write", is_flag=True, help="Write the weights into the package.")
def main(cache: Path, judging: bool, write: bool) -> None:
    """CACHE is the folder that `extract` filled."""
    sessions = [Session(p) for p in sorted(cache.glob("*.npz"))]
    if judging:
        cross_validate(sessions)
    if write:
        text = HEADER
        for name, kind, frames in (("DUCK", "duck", DUCK_MEANS), ("CUT", "cut", CUT_MEANS)):
            body = as_text(fit(sessions, kind))
            inputs = len(FEATURES) * len(frames)
            text += f'\n{name} = parse(\n    """\n{body}\n""",\n    inputs={inputs},\n    hidden={HIDDEN[kind]},\n)\n'
        TARGET.write_text(text)


if __name__ == "__main__":
    main()
