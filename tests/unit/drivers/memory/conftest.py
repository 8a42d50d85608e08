"""A memory that is held by hand, for all tests beside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.memory_held import Held, options_at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def held(path: Path) -> Iterator[Held]:
    held = Held(options_at(path))
    yield held
    assert held.options is not None
    held.options.close()
