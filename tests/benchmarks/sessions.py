"""Simulated conversations to learn from: random rooms, loudspeakers, delays, noises and duckings, in two folds.

Unlike the benchmark's sessions these are random in everything, because what is learned has to hold elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.benchmarks import sounds
from tests.benchmarks.acoustics import convolve, drift, loudspeaker, microphone, stretch
from tests.benchmarks.sounds import RATE, Rng, Wave
from tests.benchmarks.sources import Sources, room

KINDS = ("none", "barge", "barge", "barge", "word", "distractor", "distractor", "backchannel")
BEFORE, BEFORE_S = 0.4, 1.2  # share of the voices before which something else is heard, and so long before them
EARLY = 0.75  # share of the voices in early sessions that begin in the first second of an answer


@dataclass
class Session:
    """One conversation: the parts of the microphone, what is played, and who spoke when."""

    near: Wave
    rest: Wave
    echo: Wave
    ref: Wave
    gain: Wave  # playback gain per sample; already applied to echo and ref
    label: dict[str, Any]
    distractors: list[tuple[float, float]] = field(default_factory=list)
    full_ref: Wave = field(default_factory=lambda: np.zeros(0))

    @property
    def mic(self) -> Wave:
        """The microphone."""
        return self.near + self.rest + self.echo


def simulate(
    rng: Rng, sources: Sources, ducking: bool, turns: int = 8, varied: bool = False, early: bool = False
) -> Session:
    """A conversation of about 70 s.

    Args:
        rng: The only source of chance.
        sources: A fold.
        ducking: Whether the playback gain is moved about as a console would (at onsets, and wrongly).
        turns: Turns of the assistant.
        varied: More voices, softer users, babble, noise that sets in, coloured microphones, clocks that drift apart.
        early: Short answers, and whoever talks or coughs mostly does so within their first second.
    """
    n = int(turns * 14 * RATE)
    ref, near, bursts, gain = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n)
    user_dbfs, play_dbfs = rng.uniform(-38 if varied else -35, -19), rng.uniform(-24, -16)
    erl = None if rng.random() < 0.28 else rng.uniform(-36, -2)
    delay = rng.uniform(0.02, 0.25) if erl is not None else rng.uniform(0.0, 0.05)
    label: dict[str, Any] = {
        "turns": [],
        "user_speech": [],
        "cond": "headset" if erl is None else f"echo{int(-erl // 8)}",
        "delay": delay,
    }
    t = rng.uniform(0.8, 2.5) if early else 1.0
    kinds = list(rng.permutation(KINDS))[:turns]
    depth = 10 ** (rng.uniform(-20, -11) / 20)

    def take(kind: str, speed: float) -> tuple[Wave, list[list[float]]]:
        x, speech = sources.sounds[kind][int(rng.integers(len(sources.sounds[kind])))]
        return stretch(x, speed), [[s / speed, e / speed] for s, e in speech]

    def put(buffer: Wave, x: Wave, at: float) -> None:
        i = int(at * RATE)
        m = max(0, min(len(x), n - i))
        buffer[i : i + m] += x[:m]

    def duck(at: float, lasts: float) -> None:
        i = int(at * RATE)
        gain[i : i + int(lasts * RATE)] = depth
        if rng.random() < 0.35:
            gain[i + int(lasts * RATE * 0.4) : i + int(lasts * RATE)] = 0.0

    distractors: list[tuple[float, float]] = []

    def noises(begin: float, end: float) -> list[list[Any]]:
        """One somewhere in an answer, or from there on one after the other; so that none of them tells of the next."""
        put_there: list[list[Any]] = []
        at = rng.uniform(begin + (0.0 if early else 0.2), max(end, begin + 0.3))
        several = rng.random() < 0.5
        while at < max(end, begin + 0.4) and (several or not put_there):
            choice = rng.random()
            if choice < 0.45:
                name = str(rng.choice(["cough", "cough", "keys", "knock", "breath", "breath"]))
                u, _ = take(name, rng.uniform(0.7, 1.4))
                if rng.random() < 0.5:
                    u = microphone(rng, u)[0]
                u = u * 10 ** ((user_dbfs + 26 + rng.uniform(-10, 6)) / 20)
            elif choice < 0.75:
                u = sounds.NEAR[int(rng.integers(len(sounds.NEAR)))](rng)
                u = sounds.level(u, user_dbfs + rng.uniform(-14, 8))
            else:
                u = sounds.BURSTS[int(rng.integers(len(sounds.BURSTS)))](rng)
                u = sounds.level(u, user_dbfs + rng.uniform(-14, 2))
            put(bursts, u, at)
            until = at + len(u) / RATE
            distractors.append((at, until))
            put_there.append(["burst", at, until])
            if ducking and rng.random() < 0.6:
                duck(at + rng.uniform(0.05, 0.25), rng.uniform(0.3, 0.9))
            at = until + rng.uniform(0.4, 1.6)
        return put_there

    for kind in kinds:
        x, _ = take("asst", rng.uniform(0.88, 1.12))
        start = rng.uniform(0, max(0.0, len(x) / RATE - 9))
        length = min(len(x) / RATE - start, rng.uniform(2.2, 4.5) if early else rng.uniform(5, 9))
        turn: dict[str, Any] = {"kind": str(kind), "a0": t + delay}
        end = t + length
        onset = t + delay + rng.uniform(0.9, max(1.2, length - 2.2))
        if early and rng.random() < EARLY:
            onset = t + delay + rng.uniform(0.03, 1.0)
        if kind in ("barge", "word", "backchannel"):
            source = {"barge": "voice" if varied else "user", "word": "word", "backchannel": "backch"}[str(kind)]
            u, speech = take(source, rng.uniform(0.85, 1.18))
            u = u * 10 ** ((user_dbfs + 26) / 20)
            first, last = speech[0][0], speech[-1][1]
            put(near, u, onset - first)
            label["user_speech"] += [[onset + s - first, onset + e - first] for s, e in speech]
            turn["user"] = [onset, onset + last - first]
            if onset - t - delay > BEFORE_S and rng.random() < BEFORE:
                noises(t + delay, onset - BEFORE_S)
            if kind != "backchannel":
                turn["onset"] = onset
                end = min(end, onset - delay + 1.8)
            if ducking and rng.random() < 0.85:
                duck(onset + rng.uniform(0.06, 0.3), rng.uniform(0.3, 1.4))
        elif kind == "distractor":
            turn["dist"] = noises(t + delay, t + length - 1)
        if ducking and kind == "none" and rng.random() < 0.8:
            duck(t + rng.uniform(0.3, length - 1), rng.uniform(0.3, 1.2))
        y = x[int(start * RATE) : int((start + end - t) * RATE)].copy()
        y[-480:] *= np.linspace(1, 0, len(y[-480:]))
        put(ref, y * 10 ** ((play_dbfs + 20) / 20), t)
        turn["a1"] = end + delay
        label["turns"].append(turn)
        t = max(end + delay, turn.get("user", [0, 0])[1]) + rng.uniform(0.4, 1.0)
        if kind in ("none", "distractor") and rng.random() < 0.4:
            u, speech = take("user", rng.uniform(0.85, 1.18))
            put(near, u * 10 ** ((user_dbfs + 26) / 20), t)
            label["user_speech"] += [[t + s, t + e] for s, e in speech]
            t += len(u) / RATE + rng.uniform(0.5, 1.0)
    n = min(n, int(t + 1.5) * RATE)  # whole seconds: transforms of such lengths are quick
    ref, near, bursts, gain = ref[:n], near[:n], bursts[:n], gain[:n]
    gain = np.convolve(gain, np.full(288, 1 / 288), "same")  # 12 ms fades
    echo_h, near_h = room(rng, sources)
    near, bursts = convolve(near, near_h), convolve(bursts, near_h)
    echo = np.zeros(n)
    if erl is not None:
        physical = rng.random() < 0.5  # the other half as a recording re-weighted afterwards: echo falls with no delay
        played = loudspeaker(rng, ref * gain if physical else ref)
        wet = convolve(played, echo_h)
        if rng.random() < 0.3:
            other = convolve(played, room(rng, sources)[0]) * 10 ** (rng.uniform(-3, 3) / 20)
            where = np.clip((np.arange(n) - n * rng.uniform(0.3, 0.7)) / (0.05 * RATE), 0, 1)
            wet = wet * (1 - where) + other * where
        scale = 10 ** ((play_dbfs + erl) / 20) / (np.sqrt(np.mean(wet[np.abs(ref) > 1e-3] ** 2)) + 1e-9)
        d = int(delay * RATE)
        echo[d:] = wet[: n - d] * scale
        if rng.random() < 0.35:
            echo = jumping(rng, echo)
        if not physical:
            echo *= gain
    noise = varied_background(rng, sources, n / RATE) if varied else background(rng, sources, n / RATE)
    snr = rng.choice([rng.uniform(22, 38), rng.uniform(6, 20)])
    rest = (
        bursts + sounds.level(noise[:n], user_dbfs - snr) + rng.standard_normal(n) * 10 ** (rng.uniform(-85, -70) / 20)
    )
    if varied:
        near, rest, echo = microphone(rng, near, rest, drift(rng, echo))
    label["dur"] = n / RATE
    return Session(near, rest, echo, ref * gain, gain, label, distractors, ref)


def jumping(rng: Rng, echo: Wave) -> Wave:
    """The echo of a device that drops or repeats up to 40 ms, at times up to 200, once or every few seconds."""
    out, every = echo.copy(), rng.choice([7.0, 15.0, 60.0])
    at, late = rng.uniform(0.3, 1.2) * every, 0.0
    while at * RATE < len(echo):
        late += rng.choice([-0.04, -0.02, 0.02, 0.04]) if rng.random() < 0.7 else rng.uniform(-0.2, 0.2)
        late = max(-0.04, late)
        j = int(at * RATE)
        out[j:] = np.roll(echo, int(late * RATE))[j:]
        at += rng.uniform(0.7, 1.4) * every
    return out


def background(rng: Rng, sources: Sources, seconds: float) -> Wave:
    """A recorded noise of the fold, synthetic music or hum, or a television: music and distant voices."""
    n = int(seconds * RATE) + RATE
    choice = rng.random()
    if choice < 0.4:
        x = sources.noises[int(rng.integers(len(sources.noises)))]
        return np.resize(np.roll(x, -int(rng.integers(len(x)))), n)
    if choice < 0.85:
        return sounds.BACKGROUNDS[int(rng.integers(len(sounds.BACKGROUNDS)))](rng, n / RATE)
    far = np.zeros(n)
    for _ in range(int(rng.integers(3, 7))):
        x = np.resize(sources.sounds["asst"][int(rng.integers(len(sources.sounds["asst"])))][0], n)
        far += np.roll(x, int(rng.integers(n)))
    return sounds.level(convolve(far, room(rng, sources)[0]), -26) + sounds.level(sounds.music(rng, n / RATE)[:n], -26)


def babble(rng: Rng, sources: Sources, seconds: float) -> Wave:
    """Some people who talk at once, at different distances; or one, or two, as on television."""
    n = int(seconds * RATE) + RATE
    out = np.zeros(n)
    for _ in range(int(rng.choice([1, 2, *range(3, 10)]))):
        line = np.zeros(0)
        while len(line) < n:
            pieces = sources.sounds["voice"]
            x = stretch(pieces[int(rng.integers(len(pieces)))][0], rng.uniform(0.85, 1.18))
            line = np.concatenate((line, x, np.zeros(int(rng.uniform(0, 0.8) * RATE))))
        out += np.roll(line[:n], int(rng.integers(n))) * 10 ** (rng.uniform(-9, 0) / 20)
    return sounds.level(convolve(out, room(rng, sources)[0]), -26)


def varied_background(rng: Rng, sources: Sources, seconds: float) -> Wave:
    """As `background`, or babble, or two backgrounds of which one sets in or ends within the session."""
    n = int(seconds * RATE) + RATE

    def one() -> Wave:
        return np.resize((babble if rng.random() < 0.3 else background)(rng, sources, seconds), n)

    if rng.random() < 0.65:
        return one()
    a, b = (sounds.level(one(), -26) for _ in range(2))
    swell = np.clip((np.arange(n) / n - rng.uniform(0.1, 0.9)) * seconds / rng.uniform(0.1, 3.0), 0, 1)
    return a + 10 ** (rng.uniform(-10, 6) / 20) * b * (swell if rng.random() < 0.5 else 1 - swell)
