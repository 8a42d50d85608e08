"""For the tests of single parts."""

from collections.abc import Mapping
from typing import Any

import pytest


@pytest.fixture(scope="module")
def _noise_of_the_module(request: pytest.FixtureRequest) -> Mapping[str, Any] | None:
    rng = getattr(request.module, "RNG", None)
    return None if rng is None else rng.bit_generator.state


@pytest.fixture(autouse=True)
def _the_same_noise_in_whatever_order(
    request: pytest.FixtureRequest, _noise_of_the_module: Mapping[str, Any] | None
) -> None:
    """What a module's `RNG` gives to a test does not depend on the tests that ran before it in the same process."""
    if _noise_of_the_module is not None:
        request.module.RNG.bit_generator.state = _noise_of_the_module
