"""For all pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App

from tests.snapshots.test_left_over import TAKERS


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note who takes pictures, before a selection leaves some of them out."""
    takers = defaultdict(set)
    for item in items:
        takers[item.path.stem].add(item.name)
    config.stash[TAKERS] = takers


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """As the plugin has it, of an application that runs to its end: one that fell over proves nothing."""

    def compare(app: App[Any], **how: Any) -> bool:
        return snap_compare(app, **how) and app.return_code == 0

    return compare
