"""For all pictures."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.snapshots.test_left_over import TAKERS


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note who takes pictures, before a selection leaves some of them out."""
    takers = defaultdict(set)
    for item in items:
        takers[item.path.stem].add(item.name)
    config.stash[TAKERS] = takers
