"""Files of tools: what they hold becomes tools, what is wrong is one line, and what they print is not seen."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from voice_tui.drivers.tools.files import load_file
from voice_tui.drivers.tools.prints import LINE, NOBODY_TYPES, Prints


def load(path: Path, text: str) -> tuple[list[str], list[str]]:
    path.write_text(text, encoding="utf-8")
    tools, problems = load_file(path, "mine")
    return [tool.spec.name for tool in tools], problems


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "my_tools.py"


DOC = '    """Doc."""\n'


def test_public_functions_of_the_file_are_tools(path: Path) -> None:
    text = f"""
from os.path import join
from dataclasses import dataclass

@dataclass
class Place:
    city: str

def weather(place: Place) -> str:
{DOC}    return place.city

async def ring(times: int = 1) -> None:
{DOC}
def _helper(x): pass
number = 3
"""
    assert load(path, text) == (["weather", "ring"], [])
    [weather, _] = load_file(path, "mine")[0]
    assert weather.bind('{"place": {"city": "Rome"}}')() == "Rome"
    assert weather.spec.source == "mine"


def test_all_decides_where_there_is_one(path: Path) -> None:
    head = "from textwrap import dedent\n__all__ = ['one', 'dedent']\n"
    text = f"{head}def one() -> None:\n{DOC}\ndef two() -> None:\n{DOC}"
    names, problems = load(path, text)
    assert names == ["one"]
    assert problems == ["my_tools.py: dedent: text has no type"]


def test_a_file_finds_its_neighbours(path: Path) -> None:
    (path.parent / "my_neighbour.py").write_text("CITY = 'Rome'\n", encoding="utf-8")
    text = f"from my_neighbour import CITY\ndef where() -> str:\n{DOC}    return CITY\n"
    assert load(path, text) == (["where"], [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import nowhere_at_all\n", "my_tools.py: line 1: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("x = 1\ny = x / 0\n", "my_tools.py: line 2: ZeroDivisionError: division by zero"),
        ("def f(:\n", "my_tools.py: line 1: SyntaxError: invalid syntax"),
        ("import sys\nsys.exit('bye')\n", "my_tools.py: line 2: SystemExit: bye"),
        ("raise RuntimeError('a\\nb\\x1b[2J')\n", "my_tools.py: line 1: RuntimeError: a b"),
        ("x = 1\n", "my_tools.py: it defines no function whose name begins with a letter"),
        (f"def f(x) -> None:\n{DOC}", "my_tools.py: f: x has no type"),
    ],
)
def test_what_is_wrong_is_one_line(path: Path, text: str, problem: str) -> None:
    assert load(path, text) == ([], [problem])
    assert "voice_tui_tools_my_tools" not in sys.modules or "def f" in text or text == "x = 1\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert load_file(tmp_path / "none.py", "")[1] == [f"{tmp_path / 'none.py'}: there is no such file"]
    assert load_file(tmp_path, "")[1] == [f"{tmp_path}: it is no file"]


def test_what_a_file_prints_while_it_is_imported_is_logged(
    path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        load(path, f"import sys\nprint('hello')\nprint('oh', file=sys.stderr, end='')\ndef f() -> None:\n{DOC}")
    assert capfd.readouterr() == ("", "")
    assert caplog.messages == ["a tool printed: hello", "a tool printed: oh"]


def test_a_line_that_does_not_end_is_logged_in_pieces(caplog: pytest.LogCaptureFixture) -> None:
    prints = Prints()
    with caplog.at_level(logging.INFO):
        for _ in range(10):
            prints.write("x" * 300)
    assert len(caplog.messages) == 2
    assert all(len(line) > LINE for line in caplog.messages)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("__all__ = 5", "__all__ is no list of names"),
        ("__all__ = ['f', 'gone']", "__all__ names gone, which is no function"),
        ("__all__ = ['f', 'number']\nnumber = 3", "__all__ names number, which is no function"),
    ],
)
def test_names_that_are_no_functions_are_said(path: Path, text: str, problem: str) -> None:
    _, problems = load(path, f"{text}\ndef f() -> None:\n{DOC}")
    assert problems == [f"my_tools.py: {problem}"]


def test_a_module_that_answers_to_any_name_is_read_as_it_stands(path: Path) -> None:
    names, problems = load(path, f"def __getattr__(name):\n    raise ValueError(name)\ndef f() -> None:\n{DOC}")
    assert (names, problems) == (["f"], [])


def test_an_error_without_words_is_said_all_the_same(path: Path) -> None:
    text = "class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError\nraise Odd\n"
    assert load(path, text) == ([], ["my_tools.py: line 4: Odd: Odd without words"])


def test_of_two_functions_of_a_name_the_last_counts_and_it_is_said(path: Path) -> None:
    text = f"""
from typing import overload

def weather(city: str) -> str:
{DOC}
def _help() -> None: ...
def _help() -> None: ...

@overload
def find(what: int) -> int: ...
@overload
def find(what: str) -> str: ...
def find(what: str) -> str:
{DOC}
try:
    import nothing
except ImportError:
    def ring() -> None:
    {DOC}
else:
    def ring() -> None:
    {DOC}
async def weather(place: str) -> str:
{DOC}"""
    names, problems = load(path, text)
    assert sorted(names) == ["find", "ring", "weather"]
    assert problems == ["my_tools.py: line 27: weather takes the place of that of line 4"]


def test_a_file_that_reads_while_it_is_imported_is_refused(path: Path) -> None:
    stdin = sys.stdin
    assert load(path, "name = input('name? ')\n")[1] == [f"my_tools.py: line 1: ValueError: {NOBODY_TYPES}"]
    assert sys.stdin is stdin
