"""The tools of a run, put together for the command line."""

from __future__ import annotations

from pathlib import Path

from voice_tui.cli import configuration
from voice_tui.drivers.tools.files import load_file
from voice_tui.drivers.tools.mcp import connect
from voice_tui.drivers.tools.options import ToolOptions
from voice_tui.drivers.tools.prints import keep_prints_off_the_output
from voice_tui.drivers.tools.server import ToolServer
from voice_tui.drivers.tools.workshop import ToolThreads
from voice_tui.memory.tools import CALLS
from voice_tui.messages.tools import Approval
from voice_tui.settings import paths
from voice_tui.settings.config import Config
from voice_tui.settings.profiles import ProfileFile
from voice_tui.settings.servers import NONE, named_servers
from voice_tui.tools.builtin import builtin
from voice_tui.tools.signature import Tool
from voice_tui.tools.wording import no_such_tool


def equipped(config: Config, profile: ProfileFile | None, *, asks: bool) -> tuple[ToolOptions, list[str]]:
    """The tools of this run, and what is wrong with those that the user brings, a line each.

    Args:
        config: Of this run.
        profile: The chosen one, which may bring files.
        asks: Somebody is there who can be asked for a call.
    """
    tools: dict[str, Tool] = {} if NONE in config.tools else builtin(lambda: configuration.clock())
    problems: list[str] = []
    given = [(Path(name).expanduser(), name) for name in config.tools if name != NONE]
    if profile is not None:
        folder = paths.config_folder() / "profiles"
        given += [(folder / name, profile.source) for name in profile.tool_files]
    for path, source in given:
        loaded, wrong = load_file(path, source)
        problems += wrong
        for tool in loaded:
            if (there := tools.get(tool.spec.name)) is not None and there.spec.source:
                problems.append(f"{path.name}: {tool.spec.name}: {there.spec.source} has a tool of that name already")
            else:
                tools[tool.spec.name] = tool
    servers, wrong = named_servers(config.mcp, config.servers)
    agreed = approval(config.approve, asks)
    sought: frozenset[str] = frozenset()
    if config.origins.get("approve", "").startswith("command line"):
        sought = agreed.granted.difference((*tools, *CALLS))
    if not servers:  # theirs are known later
        wrong += [no_such_tool(name, (*tools, *CALLS)) for name in sorted(sought)]
    return (
        ToolOptions(tools, tuple(ToolServer(server, connect) for server in servers), agreed, sought, ToolThreads),
        [f"tools: {problem}" for problem in [*problems, *wrong]],
    )


def approval(words: str, asks: bool) -> Approval:
    """What was agreed to beforehand: ``all``, ``none``, or names with commas between them."""
    names = frozenset(words.split(",")) if words not in ("", "all", NONE) else frozenset()
    return Approval(names, everything=words == "all", asks=asks and words != NONE)


def keep_prints_away(config: Config, tools: ToolOptions) -> None:
    """Where tools are somebody else's code, what they print goes to the log."""
    if tools.servers or any(tool.spec.source for tool in tools.tools.values()):
        keep_prints_off_the_output(Path(config.log_file))
