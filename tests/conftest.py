"""For all tests."""

from collections.abc import Iterator

import pytest

from tests.support import budget

budget.register()


@pytest.fixture(scope="session", autouse=True)
def _pilots() -> Iterator[None]:
    from tests.support.settling import pilots_wait_for_the_loop

    with pytest.MonkeyPatch.context() as patch:
        pilots_wait_for_the_loop(patch)
        yield
