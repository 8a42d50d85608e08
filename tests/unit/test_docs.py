"""The documents tell the truth about where things are: every path and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FILES = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.*") if not {".git", ".venv"} & set(path.parts)]
FOLDERS = sorted({folder.as_posix() + "/" for file in FILES for folder in Path(file).parents})
PATH = re.compile(r"`([\w./-]+(?:\.(?:py|toml|md|tcss)|/))(?::[^`]*)?`")
LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
USERS = ("config.toml", "keys.toml", "models.toml", "swept.toml", "tuned.toml")  # in the user's folders
CODE = re.compile(r"`[\w/]+\.py: (\w+)`|`(\w+)\.(\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_and_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lost = [name for name in PATH.findall(text) if not _somewhere(name)]
    lost += [link for link in LINK.findall(text) if not (page.parent / unquote(link)).exists()]
    assert lost == []


def _somewhere(name: str) -> bool:
    if name.startswith(("profiles/", "~")) or name in USERS:
        return True
    return any(f"/{there}".endswith(f"/{name}") for there in (FOLDERS if name.endswith("/") else FILES))


def test_what_the_architecture_names_is_defined_somewhere() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "voice_tui").rglob("*.py"))
    defined = set(re.findall(r"(?:def|class) (\w+)|^    (\w+)[:=] ", source, re.MULTILINE))
    names = {name for pair in defined for name in pair} | set(re.findall(r"^    (\w+):", source, re.MULTILINE))
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (ROOT / "voice_tui").rglob("*.py")} | {"py", "pyproject", "toml"}
    wire = {"session", "created", "update"}
    assert {name for found in CODE.findall(text) for name in found if name} - names - modules - wire == set()
