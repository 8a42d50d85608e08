"""No picture outlives its test: syrupy sees that in one process only, not where the tests are spread over several."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
TAKERS = pytest.StashKey[dict[str, set[str]]]()
"""Module → names of the tests that were found in it."""


def test_every_picture_belongs_to_a_test(request: pytest.FixtureRequest) -> None:
    takers = request.config.stash[TAKERS]
    left_over = []
    for folder in (HERE / "__snapshots__").iterdir():
        if (HERE / f"{folder.name}.py").exists() and folder.name not in takers:
            continue  # this run did not look into that module
        left_over += [p for p in folder.iterdir() if p.stem not in takers.get(folder.name, ())]
    assert left_over == [], "pictures that no test takes"
