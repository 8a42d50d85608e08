"""What is needed to install, ship and check voice-tui elsewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKED = ROOT / "requirements" / "ci.txt"
DEBIANS_GROUPS = (
    "root daemon bin sys adm tty disk lp mail news uucp man proxy kmem dialout fax voice cdrom floppy tape sudo audio "
    "dip www-data backup operator list irc src shadow utmp video sasl plugdev staff games users nogroup"
)
EXTRAS = ("local", "memory", "mcp", "otel", "web", "dev")


def locked() -> dict[str, Version]:
    found = re.findall(r"^([a-z0-9_.-]+)(?:\[[^]]*\])?==([^ \\;]+)", LOCKED.read_text(), re.MULTILINE)
    return {name: Version(version) for name, version in found}


def command() -> list[str]:
    """What the container starts."""
    (line,) = re.findall(r"^CMD (.*)$", (ROOT / "Containerfile").read_text(), re.MULTILINE)
    words: list[str] = json.loads(line)
    return words


def test_everything_that_ci_installs_has_a_version_and_hashes_and_no_address() -> None:
    text = LOCKED.read_text()
    assert "://" not in text
    assert "--index-url" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    assert len(blocks) > 50


def test_what_is_locked_fits_what_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(line for name in EXTRAS for line in project["optional-dependencies"][name])]
    there = locked()
    for requirement in map(Requirement, asked):
        version = there.get(requirement.name.lower().replace("_", "-"))
        assert version is not None, f"{requirement.name} is not locked: see docs/packaging.md"
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement.name} {version}"


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_a_workflow_is_one(path: Path) -> None:
    steps = [step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job["steps"]]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    assert any("--require-hashes -r requirements/ci.txt" in step.get("run", "") for step in steps)


def test_ci_runs_on_three_systems_and_every_python_that_is_promised() -> None:
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]["check"]
    matrix = job["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}
    pythons = {*matrix["python"], *(row["python"] for row in matrix["include"])}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    promised = {c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r"Python :: 3\.\d+$", c)}
    assert pythons == promised


def test_the_container_serves_and_is_nobodys_root() -> None:
    text = (ROOT / "Containerfile").read_text()
    assert command()[:2] == ["voice-tui", "serve"]
    assert re.search(r"^USER [1-9]\d*$", text, re.MULTILINE)
    assert "VOICE_TUI_SERVE_KEY=" not in re.sub(r"^#.*$", "", text, flags=re.MULTILINE)


def test_the_user_of_the_container_has_no_name_that_its_system_has_given_away() -> None:
    """``useradd`` makes a group of the user's name, and fails where there is one: Debian has a group "voice"."""
    (name,) = re.findall(r"\buseradd .*?(\S+)$", (ROOT / "Containerfile").read_text(), re.MULTILINE)
    assert name not in DEBIANS_GROUPS.split()
    assert f"WORKDIR /home/{name}\n" in (ROOT / "Containerfile").read_text()


def test_the_container_file_passes_its_linter() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([linter, str(ROOT / "Containerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.outside
def test_the_workflows_pass_their_linter() -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    files = sorted(map(str, (ROOT / ".github" / "workflows").glob("*.yml")))
    asks = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files]
    done = subprocess.run(asks, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
