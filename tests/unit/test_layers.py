"""The pure packages stay pure at run time: what a fresh interpreter has loaded after importing them."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

import voice_tui

ROOT = Path(voice_tui.__file__).parents[1]
FLOORS = ("audio", "messages", "conversation", "endpoints")
"""The pure packages, each above those before it."""

FORBIDDEN = {"textual", "rich", "sounddevice", "websockets", "click", "dotenv", "platformdirs", "httpx"}
FORBIDDEN_OURS = ("cli", "ui", "replay", "server", "drivers", "memory", "speech")
FORBIDDEN_STDLIB = {"asyncio", "threading", "socket", "logging", "subprocess", "queue", "selectors"}


def modules_of(package: str) -> list[str]:
    prefix = f"voice_tui.{package}."
    walk = pkgutil.walk_packages([str(ROOT / "voice_tui" / package)], prefix)
    return [prefix.rstrip("."), *(module.name for module in walk)]


LOAD = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(list(sys.modules)))
"""


def loaded_after(names: list[str]) -> set[str]:
    """The modules in a fresh interpreter once these are imported."""
    done = subprocess.run([sys.executable, "-c", LOAD, *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("package", FLOORS)
def test_a_pure_package_loads_no_interface_no_device_no_socket(package: str) -> None:
    names = modules_of(package)
    assert len(names) > 1
    loaded = loaded_after(names)
    assert roots(loaded) & FORBIDDEN == set()
    ours = {name for name in loaded if name.startswith("voice_tui.")}
    assert {name for name in ours if name.split(".")[1] in FORBIDDEN_OURS} == set()
    assert set(names) <= ours


def test_the_pure_packages_pull_in_no_clock_thread_or_socket_of_their_own() -> None:
    """What numpy and the other libraries load for themselves does not count; Cython leaves modules that no file has."""
    names = [name for package in FLOORS for name in modules_of(package)]
    loaded = loaded_after(names)
    libraries = roots(loaded) - set(sys.stdlib_module_names) - {"voice_tui", "__main__", "sitecustomize"}
    importable = sorted(name for name in libraries if not name.startswith("_") and PathFinder.find_spec(name))
    assert (loaded - loaded_after(importable)) & FORBIDDEN_STDLIB == set()


@pytest.mark.parametrize("at", range(len(FLOORS) - 1))
def test_a_floor_loads_nothing_of_those_above_it(at: int) -> None:
    above = tuple(f"voice_tui.{name}" for name in FLOORS[at + 1 :])
    assert not [name for name in loaded_after(modules_of(FLOORS[at])) if name.startswith(above)]


def test_the_conversation_loads_no_wire() -> None:
    assert "voice_tui.endpoints" not in loaded_after(modules_of("conversation"))


def test_this_check_can_fail() -> None:
    assert "asyncio" in loaded_after(["asyncio"]) - loaded_after(["msgspec"])
