import pytest


@pytest.fixture(scope="session")
def real_models() -> None:
    """What hears and speaks as it does for a user; tests that need it are skipped where its extra is missing."""
    pytest.importorskip("hibari", reason='needs the local voice: pip install "voice-tui[local]"')
