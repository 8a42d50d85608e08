"""Values of knobs as people write them."""

from __future__ import annotations

import pytest

from voice_tui.messages.knob import SettingError
from voice_tui.messages.knobs import KNOBS


@pytest.mark.parametrize("name", KNOBS)
def test_what_a_knob_says_it_reads(name: str) -> None:
    knob = KNOBS[name]
    for value in (knob.low, knob.high, knob.at(sum(knob.ends) / 2)):
        said = knob.format(value)
        assert knob.format(knob.read(said)) == said
        assert knob.format(knob.read(said.removesuffix(knob.unit).upper())) == said, "without its unit"


@pytest.mark.parametrize("text", ["", "loud", "99999", "nan", "-inf", "8 ms"])
def test_what_it_can_not_be_is_said_with_what_it_can(text: str) -> None:
    with pytest.raises(SettingError, match=r"sureness: '.*' is not allowed, give 1\.0 to 12\.0"):
        KNOBS["sureness"].read(text)
