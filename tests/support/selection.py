"""What is left to `make test-outside`, so that `make test` can be waited for: whole scenes, and rows of long tables.

Of what is left, what takes longest begins first: several tests run at once, and none should be waited for alone.

A table here and not a mark at each test: which part of the whole is run while somebody waits is one decision, looked
at as a whole. Whoever changes what a scene shows runs its module: pytest on a file alone leaves nothing out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

ROWS = {
    "screens": 4,
    "simulation": 4,
    "snapshots": 3,
    "unit/audio/test_voiceprint.py": 2,
    "unit/conversation/test_checks.py": 3,
    "unit/conversation/test_checks_around.py": 3,
    "unit/conversation/test_engine_switching.py": 6,
    "unit/endpoints/test_wire_oddities.py": 3,
    "unit/replay/judge/test_known_files.py": 3,
    "unit/wire/test_law.py": 4,
}
"""Of a test with a table of rows every n-th row is always run; of two entries the longer one counts."""

SCENES = (
    "integration/test_echo.py",
    "integration/test_endpoint_trials.py",
    "integration/test_measures.py",
    "integration/test_recording_process.py",
    "integration/test_scenario_process.py",
    "simulation/test_abroad.py",
    "simulation/test_context_budget.py",
    "simulation/test_context_embedded.py",
    "simulation/test_echo.py",
    "simulation/test_elsewhere.py",
    "simulation/test_limits.py",
    "simulation/test_memory_talk.py",
    "simulation/test_own_recogniser.py",
    "simulation/test_presets.py",
    "simulation/test_redial.py",
    "simulation/test_rehearsal.py",
    "simulation/test_rollover.py",
    "simulation/test_scenarios.py",
    "simulation/test_soak.py",
    "simulation/test_speakers_talk.py",
    "simulation/test_talk_end.py",
    "simulation/test_telemetry.py",
    "simulation/test_tool_flags.py",
    "simulation/test_tuning.py",
    "screens/test_guard.py",
    "unit/cli/test_sweep.py",
    "unit/replay/judge/test_spoken_files.py",
    "unit/replay/sweep/test_sweep.py",
)
"""Scenes of which each part has tests of its own that are always run."""


LONGEST_FIRST = (
    "integration/test_recording_crash.py",
    "integration/test_load.py",
    "integration/test_cluster.py",
    "integration/test_clients.py",
    "integration/test_walk.py",
    "integration/test_memory_talk.py",
)
"""Where tests take half a minute and more."""

TOGETHER = {
    "integration/test_load.py": "loads",
    "integration/test_web.py": "address",
    "integration/test_wheel.py": "wheel",
}
"""Fixtures that are dear to make: the tests of a file that ask for one stay in one process, and it is made once."""


def leave_to_outside(items: Iterable[pytest.Item]) -> None:
    """Mark as `outside` what the tables above name, and no row that is marked already."""
    seen: Counter[tuple[Path, str]] = Counter()
    for item in items:
        if item.get_closest_marker("outside") is not None or not item.path.is_relative_to(TESTS):
            continue
        place = item.path.relative_to(TESTS).as_posix()
        function = item.path, item.nodeid.split("[")[0]
        row = seen[function]
        seen[function] += 1
        if place in SCENES or row % rows_of(place):
            item.add_marker(pytest.mark.outside)


def arrange(items: list[pytest.Item]) -> None:
    """Put the longest first and what shares something together; everything else stays in its order."""
    places = {item: item.path.relative_to(TESTS).as_posix() for item in items if item.path.is_relative_to(TESTS)}
    for item, place in places.items():
        if TOGETHER.get(place) in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(place))
    turns = {place: turn for turn, place in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: turns.get(places.get(item, ""), len(turns)))


def rows_of(place: str) -> int:
    """Every how many rows one is always run, in a file of the tests."""
    entries = [entry for entry in ROWS if place == entry or place.startswith(f"{entry}/")]
    return ROWS[max(entries, key=len)] if entries else 1
