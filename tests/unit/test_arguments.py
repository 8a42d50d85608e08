"""The simulations' commands: numbers that will not do are named with what is allowed, before anything is played."""

from __future__ import annotations

import sys

import pytest

from tests.integration import soak as soak_live
from tests.simulation import __main__ as walks
from tests.simulation import mutated, soak

COUNT, NOT_BELOW = "give a whole number, 1 or more", "give a whole number, 0 or more"


@pytest.mark.parametrize(
    ("module", "option", "value", "allowed"),
    [
        (walks, "--seeds", "0", COUNT),
        (walks, "--seeds", "-3", COUNT),
        (walks, "--jobs", "0", COUNT),
        (walks, "--first", "-1", NOT_BELOW),
        (walks, "--seed", "x", NOT_BELOW),
        (mutated, "--seeds", "0", COUNT),
        (mutated, "--first", "-1", NOT_BELOW),
        (soak, "--minutes", "nan", "give a number above 0"),
        (soak, "--minutes", "0", "give a number above 0"),
        (soak_live, "--minutes", "0", COUNT),
    ],
)
def test_a_number_that_will_not_do_is_named(
    module: object,
    option: str,
    value: str,
    allowed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["command", option, value])
    main = vars(module)["main"]
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert f"argument {option}: '{value}' is not allowed, {allowed}" in capsys.readouterr().err
