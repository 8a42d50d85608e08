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


CHILD = ["voice_tui.cli.main", "voice_tui.cli.serve", "voice_tui.cli.child", "voice_tui.server.serve"]
NOT_THE_CHILDS = (
    "voice_tui.conversation", "voice_tui.drivers.socket", "voice_tui.ui", "textual", "soundfile", "jinja2",
)  # fmt: skip


def test_the_embedded_servers_process_loads_nothing_of_a_conversation() -> None:
    """It has to be ready within the time in which a console comes up."""
    loaded = loaded_after(CHILD)
    assert not [name for name in loaded if name.startswith(NOT_THE_CHILDS)]
    assert "voice_tui.messages.intents" not in loaded
    assert not [name for name in loaded if name.startswith("voice_tui.server.brains.demo")], "echo needs no such tables"


def test_the_table_of_commands_loads_none_of_them() -> None:
    loaded = loaded_after(["voice_tui.cli.main"])
    assert "numpy" not in loaded
    assert not [name for name in loaded if name.startswith(("websockets", "textual", "voice_tui.conversation"))]


def test_every_provider_speaks_a_wire_that_there_is() -> None:
    from voice_tui.endpoints.families import FAMILIES
    from voice_tui.endpoints.providers import PROVIDERS

    assert {provider.family for provider in PROVIDERS.values()} == set(FAMILIES)


def test_the_console_loads_no_other_screen_and_no_engine() -> None:
    from voice_tui.ui.places import SCREENS, kind_of

    loaded = loaded_after(["voice_tui.cli.main", "voice_tui.cli.console", "voice_tui.ui.app"])
    assert not {f"voice_tui.ui.{folder}.screen" for folder, _ in SCREENS.values()} & loaded
    assert not {"voice_tui.conversation.engine", "voice_tui.drivers.socket", "websockets", "jinja2"} & loaded
    assert not {"sounddevice", "onnxruntime", "pydantic", "httpx", "scipy", "psutil", "textual_serve"} & roots(loaded)
    ours = [name for name in loaded if name.startswith("voice_tui.")]
    assert len(ours) <= 300, "each is a millisecond before anything is painted: what opens later is loaded later"
    assert len({kind_of(name) for name in SCREENS}) == len(set(SCREENS.values()))
