"""The compose file is one, and what it starts is what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

COMPOSE = Path(__file__).parents[3] / "docs" / "load" / "compose.yaml"


def test_it_is_a_compose_file() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_master_and_worker_are_given_the_same_file_and_nothing_secret_stands_in_it() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    assert services.keys() == {"master", "worker"}
    shells = {name: service["command"][-1] for name, service in services.items()}
    assert all("import LOCUSTFILE; print(LOCUSTFILE)" in shell for shell in shells.values())
    assert "--master " in shells["master"]
    assert "--worker --master-host master" in shells["worker"]
    assert "KEY: ${VOICE_TUI_API_KEY:-}" in text
