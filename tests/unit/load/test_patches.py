"""A load patches the standard library: in a process of its own, and never in that of the tests."""

from __future__ import annotations

import _thread
import threading

import voice_tui.load.user  # noqa: F401  # what patches, if anything does


def test_the_tests_keep_the_threads_of_the_standard_library() -> None:
    assert threading.Thread.__module__ == "threading"
    assert _thread.start_new_thread.__module__ == "_thread", "what a patch replaces"
