"""Talks with a server that spoils some of its events: ``python -m tests.simulation.mutated --seeds 400``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.simulation.scripted.mutated import mutated
from tests.support.arguments import whole

PRESETS = ("natural", "server-vad")


def main(arguments: Sequence[str] | None = None) -> int:
    """Talk; 1 where something does not hold in one of them."""
    parser = argparse.ArgumentParser("python -m tests.simulation.mutated", description=__doc__)
    parser.add_argument(
        "--seeds", type=whole(1), default=50, metavar="N", help="how many talks of each preset (default 50)"
    )
    parser.add_argument("--first", type=whole(), default=0, metavar="K", help="the first seed (default 0)")
    parser.add_argument("--preset", choices=PRESETS, action="append", help="only this one")
    options = parser.parse_args(arguments)
    wrong = 0
    for preset in options.preset or PRESETS:
        for seed in range(options.first, options.first + options.seeds):
            outcome = mutated(seed, preset)
            wrong += bool(outcome.faults)
            for fault in outcome.faults:
                print(f"{preset} {seed}: {fault}", flush=True)
            if outcome.faults:
                print(f"  mutated: {list(outcome.done)}", flush=True)
    print(f"{options.seeds} seeds, {wrong} of them failed")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
