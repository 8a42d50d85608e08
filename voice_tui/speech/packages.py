"""The optional packages behind the local models and the server, and the one line to say when one is missing."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType


class MissingExtraError(Exception):
    """A package of the ``local`` extra is not installed; the message says what to type."""

    def __init__(self, package: str) -> None:
        super().__init__(f'The embedded server needs {package}, which is not installed: pip install "voice-tui[local]"')
        self.package = package


def load(module: str, package: str) -> ModuleType:
    """Import an optional module.

    Args:
        module: Import name.
        package: Name on PyPI, for the error.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(package) from error


def folder(module: str, package: str) -> Path:
    """Where an optional package lies, without importing it (its import may be slow or want more).

    Raises:
        MissingExtraError: It is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(package)
    return Path(spec.submodule_search_locations[0])
