"""Scenarios in YAML files; what is wrong is one line that names file, line, field, value and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from voice_tui import plain_file
from voice_tui.plain_text import one_line
from voice_tui.scenario import fields
from voice_tui.scenario.fields import FieldError
from voice_tui.scenario.model import Scenario

LARGEST = 1_000_000  # bytes
LIBRARY = Path(__file__).parent / "library"
"""The scenarios that come with voice-tui, for its embedded server."""


class ScenarioError(ValueError):
    """A scenario that cannot be played; one line that says where and why."""


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario and where it stands.

    Attributes:
        path: The file.
        scenario: What it says.
        lines: The line of each step, from 1.
    """

    path: Path
    scenario: Scenario
    lines: tuple[int, ...]


def library() -> dict[str, Path]:
    """The scenarios that come with voice-tui, by name."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}


def find(given: str) -> Path:
    """A file, or by its name one that comes with voice-tui.

    Raises:
        ScenarioError: There is neither.
    """
    path, there = Path(given), library()
    if path.exists() and not path.is_dir():
        return path
    if given in there:
        return there[given]
    what = "a folder" if path.is_dir() else "no such file"
    raise ScenarioError(one_line(f"{given}: {what}, and no scenario of that name, there are {', '.join(there)}"))


def read(path: Path) -> ScenarioFile:
    """A scenario.

    Raises:
        ScenarioError: It cannot be read, or something in it is wrong.
    """
    try:
        raw = plain_file.content(path, LARGEST)
    except OSError as error:
        raise ScenarioError(one_line(f"{path}: {error.strerror or error}")) from None
    return parse(raw, path)


def parse(raw: bytes, path: Path) -> ScenarioFile:
    """A scenario out of the bytes of a file, see `read`."""
    try:
        root = _composed(raw.decode("utf-8"))
        value = yaml.SafeLoader("").construct_document(root) if root else None
    except UnicodeDecodeError as error:
        raise ScenarioError(one_line(f"{path}: byte {error.start} is no UTF-8")) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = f"{path}:{mark.line + 1 if mark else 1}: {error.problem or error.context}"
        raise ScenarioError(one_line(words)) from None
    except (yaml.YAMLError, ValueError) as error:  # a date that cannot be is a ValueError
        raise ScenarioError(one_line(f"{path}: {error}")) from None
    except RecursionError:
        raise ScenarioError(one_line(f"{path}: it is nested too deeply")) from None
    try:
        scenario = fields.scenario(value)
    except FieldError as error:
        raise ScenarioError(one_line(f"{path}:{_line(root, error.path)}: {error}")) from None
    lines = tuple(_line(root, ("steps", number)) for number in range(len(scenario.steps)))
    return ScenarioFile(path, scenario, lines)


def _composed(text: str) -> yaml.Node | None:
    """The nodes of a file, each with its line.

    Raises:
        yaml.YAMLError: It is no YAML, or holds what a scenario never needs.
    """
    for token in yaml.scan(text, yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):  # some lines of them are a gigabyte
            raise yaml.MarkedYAMLError(problem="aliases are not read", problem_mark=token.start_mark)
    root = yaml.compose(text, yaml.SafeLoader)
    if root is not None:
        _refuse_doubles(root)
    return root


def _refuse_doubles(node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        seen = set[str]()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="the name of a field has to be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value}: it stands there twice", problem_mark=key.start_mark)
            seen.add(key.value)
            _refuse_doubles(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_doubles(value)


def _line(root: yaml.Node | None, path: fields.Path) -> int:
    """The line of a field; where it is missing that of what it is missing in."""
    line, node = 1, root
    for part in path:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, found = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line
