"""Pictures of the console while the model acts."""

from __future__ import annotations

import pytest

from tests.snapshots.scenarios import Steps
from tests.snapshots.test_context_screens import checked, pictured
from tests.snapshots.test_screens import SIZES, Snap, in_sizes
from voice_tui.messages.talk import Phase, PhaseChanged, Row, RowChanged
from voice_tui.messages.tools import DeadAir, ToolBegan, ToolCalled

ASKED = RowChanged(Row("u1", "user", "You", "Is it foggy in London? If so, leave the front door shut."), None)
WEATHER = ("weather", '{"city": "London", "days": 1}')
DOOR = ("lock_door", '{"which": "front", "until": "the fog has gone"}')
ANSWER = Row("a1", "assistant", "AI", "It is foggy, and the front door is locked.")

ACTING: dict[str, Steps] = {
    "runs": [
        ASKED,
        PhaseChanged(Phase.THINKING, "calling weather"),
        ToolBegan("c1", *WEATHER),
        DeadAir("weather", 0.0, over=False, total_s=0.0, count=1),
    ],
    "asks": [
        ASKED,
        ToolCalled("c1", *WEATHER, '{"sky": "foggy", "visibility_m": 80}', 3_210),
        PhaseChanged(Phase.THINKING, "lock_door: may it be called?"),
        ToolBegan("c2", *DOOR, asks=True),
    ],
    "answered": [
        ASKED,
        ToolCalled("c1", *WEATHER, '{"sky": "foggy", "visibility_m": 80}', 3_210),
        ToolCalled("c2", *DOOR, '{"error": "the lock does not answer"}', 900, failed=True),
        RowChanged(ANSWER, "u1"),
    ],
}
"""What the voice side has told."""


@pytest.mark.parametrize(("name", "size"), in_sizes(ACTING, SIZES[:2]))
def test_acting(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    app, play = pictured(ACTING[name], [])
    checked(snap_compare, app, play, size)
