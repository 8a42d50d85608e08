"""The pure packages stay pure at run time: what a fresh interpreter has loaded after importing them."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import voice_tui

ROOT = Path(voice_tui.__file__).parents[1]
PURE = ("audio", "protocol", "conversation")

FORBIDDEN = {"textual", "rich", "sounddevice", "websockets", "click", "dotenv", "platformdirs", "httpx"}
FORBIDDEN_OURS = ("ui", "drivers", "local", "lab", "cli", "config", "paths")
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


@pytest.mark.parametrize("package", PURE)
def test_a_pure_package_loads_no_interface_no_device_no_socket(package: str) -> None:
    names = modules_of(package)
    assert len(names) > 1
    loaded = loaded_after(names)
    assert roots(loaded) & FORBIDDEN == set()
    ours = {name for name in loaded if name.startswith("voice_tui.")}
    assert {name for name in ours if name.split(".")[1] in FORBIDDEN_OURS} == set()
    assert set(names) <= ours


def test_the_pure_packages_pull_in_no_clock_thread_or_socket_of_their_own() -> None:
    """What numpy and the other libraries load for themselves does not count."""
    names = [name for package in PURE for name in modules_of(package)]
    loaded = loaded_after(names)
    libraries = roots(loaded) - set(sys.stdlib_module_names) - {"voice_tui", "__main__", "sitecustomize"}
    importable = sorted(name for name in libraries if not name.startswith("_"))
    assert (loaded - loaded_after(importable)) & FORBIDDEN_STDLIB == set()


def test_protocol_and_audio_do_not_know_each_other_nor_the_engine() -> None:
    for package, others in (("protocol", ("audio", "conversation")), ("audio", ("protocol", "conversation"))):
        loaded = loaded_after(modules_of(package))
        assert not [name for name in loaded if name.startswith(tuple(f"voice_tui.{other}" for other in others))]


def test_this_check_can_fail() -> None:
    assert "asyncio" in loaded_after(["asyncio"]) - loaded_after(["msgspec"])
