from __future__ import annotations

import pytest

from voice_tui.conversation.turn_taking.policy import POLICIES
from voice_tui.replay.sweep.grid import Axis, GridError, axis, combinations
from voice_tui.replay.sweep.presets import SWEPT

NATURAL = list(SWEPT["natural"].defaults)


def test_a_range_holds_both_ends() -> None:
    assert axis("sureness=2:10:2", NATURAL) == Axis("sureness", (2, 4, 6, 8, 10))
    assert axis("duck_gain=0:.3:.1", NATURAL) == Axis("duck_gain", (0, 0.1, 0.2, 0.3))
    assert axis("sureness=2:9:2", NATURAL).values[-1] == 8


def test_values_can_be_named_one_by_one() -> None:
    assert axis("backchannel_ms=400,0,400", NATURAL) == Axis("backchannel_ms", (0, 400))


def test_every_combination_is_tried_once() -> None:
    grid = combinations([Axis("sureness", (2, 4)), Axis("bias", (-1, 0, 1))])
    assert len(grid) == 6
    assert {tuple(settings.items()) for settings in grid} >= {
        (("sureness", 2), ("bias", -1)),
        (("sureness", 4), ("bias", 1)),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("speed=1:2:1", "speed: no such setting here, there are bias, sureness"),
        ("act=0,1", "act: no such setting here"),
        ("sureness", "sureness: give NAME=LOW:HIGH:STEP or NAME=VALUE,VALUE"),
        ("sureness=", "sureness=: give NAME"),
        ("sureness=1:2", "sureness=1:2: give NAME"),
        ("sureness=1:2:0", "from low to high with a step above 0"),
        ("sureness=4:2:1", "from low to high with a step above 0"),
        ("sureness=a", "'a' is no number"),
        ("sureness=nan", "'nan' is no number"),
        ("sureness=2:99:1", "sureness: 13 is not allowed, give 1 to 12"),
        ("habit=-1,0", "habit: -1 is not allowed, give a number from 0 on"),
        ("habit_ms=0,10", "habit_ms: 0 is not allowed, give a number from 10 on"),
        ("sureness=2:10:.0001", "80001 values are too many, 5000 at most"),
    ],
)
def test_what_is_no_range_is_said(text: str, problem: str) -> None:
    with pytest.raises(GridError) as caught:
        axis(text, NATURAL)
    assert problem in str(caught.value)


def test_a_grid_has_bounds() -> None:
    with pytest.raises(GridError, match="10000 combinations are too many, 5000 at most"):
        combinations([Axis("sureness", tuple(range(100))), Axis("bias", tuple(range(100)))])
    with pytest.raises(GridError, match="bias: given more than once"):
        combinations([Axis("bias", (0,)), Axis("bias", (1,))])


def test_a_bias_may_be_negative() -> None:
    assert axis("bias=-1:1:1", NATURAL).values == (-1, 0, 1)


def test_each_preset_has_its_own_settings() -> None:
    assert set(SWEPT) == {*POLICIES, "step2-local-vad", "step4-cancel"}
    assert list(SWEPT["step4-cancel"].defaults) == ["interrupt_threshold", "debounce_ms"]
    assert SWEPT["natural"].defaults["sureness"] == POLICIES["natural"].sureness
