from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def real_models() -> None:
    """What hears and speaks as it does for a user; tests that need it are skipped where its extra is missing."""
    pytest.importorskip("hibari", reason='needs the local voice: pip install "voice-tui[local]"')


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module stay together in parallel runs: they look at the same talks, which are played once."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
