"""A docstring read: what a function is for, and what is said of each of its parameters."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

_SECTION = re.compile(
    r"(?:args|arguments|parameters|params|returns?|yields?|raises|examples?|notes?|attributes|warnings?|see also"
    r"|references|todo)",
    re.IGNORECASE,
)
_OF_PARAMETERS = re.compile(r"(?:args|arguments|parameters|params)", re.IGNORECASE)
_GOOGLE = re.compile(r"\*{0,2}(?P<names>\w+(?:, \*{0,2}\w+)*) ?(?:\([^)]*\))?: ?(?P<words>.*)")
_NUMPY = re.compile(r"(?P<names>\w+(?:, \w+)*)(?: ?:.*)?")
_SPHINX = re.compile(r":(?:param|parameter|arg|argument)(?: [^:]*?)? (?P<names>\w+): ?(?P<words>.*)")
_FIELD = re.compile(r":\w+[^:]*:")


def read_docstring(text: str | None) -> tuple[str, dict[str, str]]:
    """What the function is for, and parameter → what is said of it, each as one line.

    The sections of Google and NumPy and the fields of Sphinx are understood; what stands before the first of them is
    what the function is for.
    """
    lines = inspect.cleandoc(text or "").splitlines()
    about: list[str] = []
    parameters: dict[str, list[str]] = {}
    end = next((i for i in range(len(lines)) if _begins_something(lines, i)), len(lines))
    about = lines[:end]
    for i in range(end, len(lines)):
        if (field := _SPHINX.fullmatch(lines[i].strip())) is not None:
            parameters[field["names"]] = [field["words"], *_continued(lines[i + 1 :])]
        elif _heading(lines, i) and _OF_PARAMETERS.fullmatch(lines[i].strip().rstrip(":")):
            underlined = not lines[i].strip().endswith(":")
            body = lines[i + (2 if underlined else 1) :]
            parameters |= dict(_section(body, _NUMPY if underlined else _GOOGLE))
    words = {name: " ".join(" ".join(said).split()) for name, said in parameters.items()}
    return " ".join(" ".join(about).split()), {name: said for name, said in words.items() if said}


def _begins_something(lines: list[str], i: int) -> bool:
    return _heading(lines, i) or _FIELD.match(lines[i].strip()) is not None


def _heading(lines: list[str], i: int) -> bool:
    """Whether a section begins in this line: ``Args:``, or ``Parameters`` underlined."""
    words = lines[i].strip()
    if words.endswith(":"):
        return _SECTION.fullmatch(words[:-1]) is not None
    below = lines[i + 1].strip() if i + 1 < len(lines) else ""
    return len(below) > 2 and set(below) == {"-"} and _SECTION.fullmatch(words) is not None


def _section(lines: list[str], entry: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    """The entries of a section: those that stand leftmost in it, each with the lines that are indented below."""
    named = [line for line in lines if line.strip()]
    indent = _indent(named[0]) if named else 0
    names: list[str] = []
    words: list[str] = []
    for i, line in enumerate(lines):
        if line.strip() and (_indent(line) < indent or _begins_something(lines, i)):
            break
        found = entry.fullmatch(line.strip()) if _indent(line) == indent else None
        if found is not None:
            yield from ((name, words) for name in names)
            names = [name.strip(" *") for name in found["names"].split(",")]
            words = [found.groupdict().get("words") or ""]
        else:
            words.append(line)
    yield from ((name, words) for name in names)


def _continued(lines: list[str]) -> Iterator[str]:
    """The indented lines that go on with a field."""
    for line in lines:
        if not line.strip() or not _indent(line):
            return
        yield line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
