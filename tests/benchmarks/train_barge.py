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

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch.nn import GRU, Linear
from torch.nn.functional import binary_cross_entropy_with_logits

from tests.benchmarks.labels import Unfit
from tests.benchmarks.usage import InputFolder, Measurement, numbers_in
from voice_tui.audio.barge_in.evidence import OWN, PLAIN, VOICE, WEIGHTS, Evidence
from voice_tui.audio.barge_in.features import FEATURES
from voice_tui.audio.barge_in.recurrent import FARTHEST, Recurrent, RecurrentWeights
from voice_tui.cli.targets import OutputFile
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, InterruptionPolicy, PolicySettings

Array = np.ndarray[Any, Any]
UNITS = 32
MEMBERS = 4  # networks that learn from other chances and are asked together: alone, each errs somewhere else
EPOCHS, BATCH = 10, 32
PIECE, BEGINNING = (
    500,
    75,
)  # frames that are learned from at a time; of these the first only tell the network where it is
STEP, DECAY = 4e-3, 3e-2
ELSEWHERE = 0.5  # standard deviations by which each number of a piece is moved: levels differ from place to place
UNSTEADY = 0.3  # the same for each number of each frame
ONSET_S = 0.04  # nothing can be known of a voice sooner


class Session:
    """One extracted session: its frames, what they are, and how much each counts for the duck and for the cut."""

    def __init__(self, path: Path) -> None:
        z = numbers_in(path, "x", "playing", "played", "since", "skip", "distractor")
        self.fold, self.closed = int(path.name[0]), path.stem.endswith("c")
        self.label = json.loads(path.with_suffix(".json").read_text())
        self.x, self.playing, self.played, since = z["x"], z["playing"], z["played"], z["since"]
        self.user = since >= ONSET_S
        use = self.playing & ~z["skip"] & ((since < 0) | self.user)
        cut = np.where(self.user, np.where(since < 0.7, 1.5, 0.3), np.where(z["distractor"], 2.5, 1.0))
        duck = np.where(self.user & (since < 0.3), 3.0, cut)
        self.weight = (np.stack((duck, cut), 1) * use[:, None]).astype(np.float32)
        turned_down = self.x[:, FEATURES.index("gain")] < -0.3
        silent = self.x[:, FEATURES.index("reference")] < -1  # below -70 dBFS
        self.state = turned_down + 2 * silent.astype(int)


def balanced(sessions: Sequence[Session]) -> Array:
    """Factors of the weights, shape (states, others or users, judgements).

    A duck follows a suspicion and a stop follows an interruption, so most of what is heard ducked or in silence is the
    user; how often must not become evidence itself: users and others weigh alike in every state of the playback.
    """
    sums = np.zeros((4, 2, 2))
    for s in sessions:
        np.add.at(sums, (s.state, s.user.astype(int)), s.weight)
    factors = np.ones_like(sums)
    for state in range(1, 4):
        for judgement in range(2):
            others, users = sums[state, :, judgement]
            if others and users:
                odds = sums[0, 0, judgement] / sums[0, 1, judgement]
                scale = np.sqrt(odds * users / others)
                factors[state, :, judgement] = scale, 1 / scale
    return factors


class Network:
    """What `voice_tui.audio.barge_in.recurrent` computes, as PyTorch learns it."""

    def __init__(self, x: Array) -> None:
        self.mean, self.spread = torch.tensor(x.mean(0)), torch.tensor(x.std(0) + 1e-3)
        self.gru, self.outer = GRU(x.shape[1], UNITS, batch_first=True), Linear(UNITS + x.shape[1], 2)
        with torch.no_grad():
            self.outer.weight[:, UNITS:] = 0

    def parameters(self) -> list[Any]:
        """All that is learned."""
        return [*self.gru.parameters(), *self.outer.parameters()]

    def __call__(self, x: Any) -> Any:
        """Log-odds of frames, shape (pieces, frames, 2)."""
        x = torch.clamp((x - self.mean) / self.spread, -float(FARTHEST), float(FARTHEST))
        return self.outer(torch.cat([self.gru(x)[0], x], -1))

    def weights(self) -> RecurrentWeights:
        """As the package has them."""
        with torch.no_grad():
            inner, state = (w.numpy().T for w in (self.gru.weight_ih_l0, self.gru.weight_hh_l0))
            inner_bias, state_bias = self.gru.bias_ih_l0.numpy(), self.gru.bias_hh_l0.numpy()
            outer, outer_bias = self.outer.weight.numpy().T, self.outer.bias.numpy()
        numbers, gates = len(inner), 2 * UNITS
        line = np.zeros((numbers + UNITS, 4 * UNITS + 2), np.float32)
        line[:numbers, : 3 * UNITS], line[:numbers, 4 * UNITS :] = inner, outer[UNITS:]
        line[numbers:, :gates], line[numbers:, 3 * UNITS : 4 * UNITS] = state[:, :gates], state[:, gates:]
        parts = (inner_bias[:gates] + state_bias[:gates], inner_bias[gates:], state_bias[gates:], outer_bias)
        bias = np.concatenate(parts)
        return RecurrentWeights(self.mean.numpy(), self.spread.numpy(), line, bias, outer[:UNITS])


def pieces_of(sessions: Sequence[Session]) -> list[tuple[int, int]]:
    """Which session, and from which frame on."""
    return [(k, at) for k, s in enumerate(sessions) for at in range(0, len(s.x) - PIECE, PIECE - 2 * BEGINNING)]


def batches(sessions: Sequence[Session], epochs: int, rng: np.random.Generator) -> Iterator[list[tuple[int, slice]]]:
    """Pieces that are learned from together, each somewhere about its place; all of them once an epoch."""
    pieces = pieces_of(sessions)
    for _ in range(epochs):
        order = rng.permutation(len(pieces))
        for first in range(0, len(pieces) // BATCH * BATCH, BATCH):
            chosen = []
            for k, at in (pieces[i] for i in order[first : first + BATCH]):
                start = int(np.clip(at + rng.integers(-BEGINNING, BEGINNING), 0, len(sessions[k].x) - PIECE))
                chosen.append((k, slice(start, start + PIECE)))
            yield chosen


def elsewhere(network: Network, sessions: Sequence[Session], chosen: list[tuple[int, slice]]) -> Any:
    """The numbers of these pieces, as they might be in another place: shape (pieces, `PIECE`, numbers)."""
    x = torch.tensor(np.stack([sessions[k].x[part] for k, part in chosen]))
    x += ELSEWHERE * network.spread * torch.randn(len(chosen), 1, x.shape[2])
    x += UNSTEADY * network.spread * torch.randn_like(x)
    return x


def counted(sessions: Sequence[Session]) -> list[Array]:
    """How much each frame of each session counts, balanced, one on the mean: shape (frames, judgements)."""
    factors = balanced(sessions)
    weights = [s.weight * factors[s.state, s.user.astype(int)] for s in sessions]
    mean = np.concatenate(weights).mean(0)
    return [each / mean for each in weights]


def wanted(sessions: Sequence[Session], weights: Sequence[Array], chosen: list[tuple[int, slice]]) -> tuple[Any, Any]:
    """Whether the user talks in the frames of these pieces, and how much each counts."""
    y = torch.tensor(np.stack([sessions[k].user[part] for k, part in chosen]).astype(np.float32))
    w = torch.tensor(np.stack([weights[k][part] for k, part in chosen]).astype(np.float32))
    w[:, :BEGINNING] = 0
    return y, w


def loss_of(odds: Any, y: Any, w: Any) -> Any:
    """What these log-odds cost."""
    return (binary_cross_entropy_with_logits(odds, y[..., None].expand_as(odds), reduction="none") * w).mean()


def step(network: Network, optimiser: Any, pace: Any, loss: Any) -> None:
    """Learn from it."""
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    pace.step()


def fit(sessions: Sequence[Session], seed: int = 0) -> Network:
    """The network that these sessions teach, from one beginning and in one order."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    weights = counted(sessions)
    network = Network(np.concatenate([s.x for s in sessions]))
    optimiser = torch.optim.AdamW(network.parameters(), STEP, weight_decay=DECAY)
    count = len(pieces_of(sessions)) // BATCH
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, STEP, total_steps=EPOCHS * count, pct_start=0.1)
    for chosen in batches(sessions, EPOCHS, rng):
        y, w = wanted(sessions, weights, chosen)
        odds = network(elsewhere(network, sessions, chosen))
        step(network, optimiser, pace, loss_of(odds, y, w))
    return network


def fit_together(sessions: Sequence[Session]) -> RecurrentWeights:
    """What these sessions teach all members, as the package has it."""
    return RecurrentWeights.side_by_side([fit(sessions, seed).weights() for seed in range(MEMBERS)])


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
