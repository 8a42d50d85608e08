"""How native libraries are loaded: so that they keep to the core of the thread that calls them."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

_LIMIT = "OMP_THREAD_LIMIT"


def load_single_threaded(module: str) -> ModuleType:
    """Import a module whose OpenMP may have one thread, the caller's own.

    A network that takes 0.2 ms is not worth waking another core for: with two threads, which wait for each other by
    spinning, it takes ten times the CPU, and beside other programs ten times the time. OpenMP reads its limit once,
    as it is loaded, so only this module's is limited; what the user set counts more.
    """
    if _LIMIT in os.environ:
        return importlib.import_module(module)
    os.environ[_LIMIT] = "1"
    try:
        return importlib.import_module(module)
    finally:
        del os.environ[_LIMIT]
