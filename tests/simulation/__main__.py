"""Random walks, as many as one wants: ``python -m tests.simulation --seeds 200``."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.judgement import judge
from tests.simulation.walk import WalkFailed, take
from tests.support.arguments import whole

SHOWN = 60  # lines of a trace; all of it is in the file


@dataclass(frozen=True)
class Outcome:
    """What came of one walk.

    Attributes:
        seed: Of the walk.
        seconds: How long it lasted, virtual.
        faults: What was wrong, one line each.
        lost: What was lost, by name of the cause.
        trace: Where its trace is, where something was wrong or it was asked for.
    """

    seed: int
    seconds: float
    faults: tuple[str, ...]
    lost: Counter[str]
    trace: Path | None


def outcome(seed: int, *, keep: bool = False) -> Outcome:
    """Take a walk and judge it; the trace is kept where something was wrong, or ``keep`` says so."""
    try:
        walk = take(seed)
        verdict = judge(walk)
        faults, lost = verdict.faults, verdict.lost
    except WalkFailed as problem:
        walk, lost = problem.walk, Counter()
        faults = ("".join(traceback.format_exception(problem.__cause__)).rstrip(),)
    trace = None
    if faults or keep:
        trace = Path(tempfile.gettempdir(), f"walk-{seed}.txt")
        trace.write_bytes(walk.world.bytes)
    return Outcome(seed, walk.world.now, faults, lost, trace)


def show(result: Outcome) -> None:
    """Print what was wrong with a walk, and the end of its trace."""
    if result.trace is not None:
        lines = result.trace.read_text().splitlines()
        print(f"seed {result.seed}: the trace is {result.trace}, its last {min(SHOWN, len(lines))} lines:")
        print("\n".join(line[:300] for line in lines[-SHOWN:]))
    for fault in result.faults:
        print(f"seed {result.seed}: {fault}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run walks; 1 where something is wrong with one."""
    parser = argparse.ArgumentParser("python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=whole(1), default=50, metavar="N", help="how many walks (default 50)")
    parser.add_argument("--first", type=whole(), default=0, metavar="K", help="the first seed (default 0)")
    parser.add_argument("--jobs", type=whole(1), default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--seed", type=whole(), metavar="K", help="one walk, and its trace")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    if options.seed is not None:
        one = outcome(options.seed, keep=True)
        show(one)
        return bool(one.faults)
    seeds = range(options.first, options.first + options.seeds)
    seconds, wrong, lost = 0.0, 0, Counter[str]()
    with multiprocessing.Pool(min(options.jobs, len(seeds))) as pool:
        for result in pool.imap(outcome, seeds):
            seconds += result.seconds
            lost += result.lost
            if result.faults:
                wrong += 1
                show(result)
    for cause, count in lost.most_common():
        print(f"not in the transcript: {count} by {cause}")
    print(f"{len(seeds)} seeds, {seconds / 60:.0f} virtual minutes, {time.monotonic() - start:.0f} s")
    if wrong:
        print(f"{wrong} of them failed")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
