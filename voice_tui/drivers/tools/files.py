"""Files of tools: each is imported, and every public function that it defines is a tool."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

from voice_tui.drivers.tools.prints import to_the_log
from voice_tui.plain_text import one_line
from voice_tui.tools.signature import NoTool, Tool, tool_of


def load_file(path: Path, source: str) -> tuple[list[Tool], list[str]]:
    """The tools of a file, and what is wrong with it, a line each. What is wrong is left out.

    Args:
        path: The file.
        source: Who brings them; see `ToolSpec`.
    """
    name = one_line(path.name)
    if not path.is_file():
        what = "it is no file" if path.exists() else "there is no such file"
        return [], [f"{one_line(path)}: {what}"]
    try:
        with to_the_log():
            module = _imported(path)
    except (Exception, SystemExit) as error:
        return [], [f"{name}: {_where(path, error)}{_why(error)}"]
    tools: list[Tool] = []
    named = vars(module).get("__all__")
    if named is not None and not (isinstance(named, list | tuple) and all(isinstance(one, str) for one in named)):
        return [], [f"{name}: __all__ is no list of names"]
    problems = [f"{name}: {words}" for words in _shadowed(path, named)]
    missing = [one for one in named or () if not inspect.isfunction(vars(module).get(one))]
    problems += [f"{name}: __all__ names {one_line(one)}, which is no function" for one in missing]
    for function in _functions(module, named):
        try:
            tools.append(tool_of(function, source))
        except NoTool as wrong:
            problems.append(f"{name}: {wrong}")
    if not tools and not problems:
        problems.append(f"{name}: it defines no function whose name begins with a letter")
    return tools, problems


def _imported(path: Path) -> ModuleType:
    """The module, which can be found by its name as dataclasses and annotations need it, and finds its neighbours."""
    name = f"voice_tui_tools_{path.stem}"
    loader = SourceFileLoader(name, str(path))
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    if (folder := str(path.resolve().parent)) not in sys.path:
        sys.path.append(folder)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _functions(module: ModuleType, named: Sequence[str] | None) -> Iterator[Callable[..., Any]]:
    """Those that ``__all__`` names, else all that it defines itself and whose names are public."""
    for name, value in list(vars(module).items()):
        chosen = name in named if named is not None else not name.startswith("_")
        if chosen and inspect.isfunction(value) and (named is not None or value.__module__ == module.__name__):
            yield value


def _shadowed(path: Path, named: Sequence[str] | None) -> Iterator[str]:
    """Functions of one name: Python keeps the last. Those in branches and signatures for type checkers are meant so."""
    lines: dict[str, int] = {}
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(ast.unparse(decorator).rpartition(".")[2] == "overload" for decorator in node.decorator_list):
                continue
            chosen = node.name in named if named is not None else not node.name.startswith("_")
            if chosen and (first := lines.get(node.name)):
                yield f"line {node.lineno}: {node.name} takes the place of that of line {first}"
            lines[node.name] = node.lineno


def _where(path: Path, error: BaseException) -> str:
    """The line of the file where it happened."""
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: " if error.lineno else ""
    lines = [line for frame, line in _walked(error) if Path(frame) == path]
    return f"line {lines[-1]}: " if lines else ""


def _walked(error: BaseException) -> Iterator[tuple[str, int]]:
    step = error.__traceback__
    while step is not None:
        yield step.tb_frame.f_code.co_filename, step.tb_lineno
        step = step.tb_next


def _why(error: BaseException) -> str:
    words = one_line(error.msg if isinstance(error, SyntaxError) else error)
    return one_line(f"{type(error).__name__}: {words}" if words else type(error).__name__)
