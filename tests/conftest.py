"""For all tests."""

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support import budget, home
from tests.support.selection import arrange, leave_to_outside

# Started in the background, or with nohup: what tests start would hear neither Ctrl-C nor that its terminal is closed.
for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

home.move_in()
budget.register()

# A load patches the standard library as it is imported, which would stop every other test that waits; the processes in
# which a load really runs get an environment without this.
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"

# An application under test makes a hundred thousand objects and lets go of them all at once: with Python's 700 a
# quarter of the time goes into looking for garbage among what is in use.
gc.set_threshold(100_000, 10, 5)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses, and xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    leave_to_outside(items)
    arrange(items)


def pytest_collection_finish() -> None:
    """What has been imported by now stays: the collector need not look at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _applications() -> Iterator[None]:
    from tests.support.settling import pilots_wait_for_the_loop
    from tests.support.shared_styles import parse_each_once, rules_are_found_quickly

    with pytest.MonkeyPatch.context() as patch:
        pilots_wait_for_the_loop(patch)
        parse_each_once(patch)
        rules_are_found_quickly(patch)
        yield


_rooms = (Path(os.environ["HOME"]) / f"room-{number}" for number in count())


@pytest.fixture(autouse=True)
def _home() -> Iterator[None]:
    """Settings, state and data of each test are its own, and none of the user's are touched."""
    folder = next(_rooms)
    with home.room(folder):
        yield
    shutil.rmtree(folder, ignore_errors=True)
    touched, home.touched[:] = [*home.touched], []
    assert not touched, "this test reached for what is the user's"
