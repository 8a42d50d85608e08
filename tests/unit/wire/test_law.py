"""The checker that holds wire logs against the rules: it passes what is right, and names what is wrong where it is."""

import pytest

from tests.unit.wire import answer_breaches, session_breaches
from tests.unit.wire.log import Breach, Log
from tests.wire import check, faults
from tests.wire.checker import RULE_NAMES
from tests.wire.story import Story

BREACHES = session_breaches.BREACHES | answer_breaches.BREACHES
STORIES, BREAKS = range(20), range(2)


@pytest.mark.parametrize("seed", STORIES)
def test_a_session_in_which_all_is_right_passes(seed: int) -> None:
    check(Story(seed).whole())


def test_every_rule_has_a_breach() -> None:
    assert BREACHES.keys() == RULE_NAMES


@pytest.mark.parametrize(
    ("rule", "breach"),
    [pytest.param(rule, breach, id=breach.__name__) for rule, ways in BREACHES.items() for breach in ways],
)
def test_a_broken_rule_is_named_where_it_is_broken(rule: str, breach: Breach) -> None:
    for seed in BREAKS:
        log = Log(seed)
        at = breach(log)
        found = faults(log.records)
        assert found, f"seed {seed}: nothing is found"
        assert (found[0].rule, found[0].line) == (rule, at + 1), f"seed {seed}: {found[0]}"
