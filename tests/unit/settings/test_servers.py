"""Servers of tools: what a text means, and what stands in the config file."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_tui.secret import Secret
from voice_tui.settings.config import load
from voice_tui.settings.servers import named_servers
from voice_tui.tools.servers import ServerOptions, server_of

VARIABLES = {"TOKEN": "t0ken-value"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://tools.example/mcp?x=1", "tools.example"),
        ("http://127.0.0.1:8765/mcp", "127.0.0.1:8765"),
        ("npx -y @modelcontextprotocol/server-filesystem /tmp", "server-filesystem"),
        ("uvx mcp-server-git@latest --repository .", "mcp-server-git"),
        ("env A=b python3 /home/me/my_server.py", "my_server"),
        ("./server", "server"),
        ("python -c 'import x; x.run()'", "python"),
    ],
)
def test_a_server_is_named_after_its_host_or_its_program(text: str, name: str) -> None:
    assert server_of(text).name == name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "give an address or a command"),
        ("ws://x", "begins with http"),
        ("a 'b", "is no command"),
        ("http://", "HOST"),
    ],
)
def test_what_is_no_server(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        server_of(text)


def read(tmp_path: Path, text: str) -> tuple[tuple[ServerOptions, ...], list[str]]:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    config, problems = load({}, VARIABLES, None, path)
    return config.servers, [problem.removeprefix(f"{path}: ") for problem in problems]


def test_a_table_says_how_it_is_reached_and_trusted(tmp_path: Path) -> None:
    text = """
[mcp.files]
command = ["x", "a b"]
env = { A = "plain", B = "$TOKEN" }
trust = ["search"]
timeout = 5
[mcp.web]
url = "https://x.example/mcp"
headers = { Authorization = "Bearer $TOKEN" }
trust = true
[mcp.off]
command = "y"
enabled = false
"""
    (files, web), problems = read(tmp_path, text)
    assert problems == []
    assert (files.name, files.command, files.timeout_s) == ("files", ("x", "a b"), 5.0)
    assert files.env == {"A": Secret("plain"), "B": Secret("t0ken-value")}
    assert [files.asks(name) for name in ("search", "delete")] == [False, True]
    assert web.headers["Authorization"].reveal() == "Bearer t0ken-value"
    assert not web.asks("anything")
    config, _ = load({}, VARIABLES, None, tmp_path / "config.toml")
    assert "t0ken-value" in config.secrets, "kept out of logs"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("", "give url or command"),
        ("url = 'https://x'\ncommand = 'y'", "give url or command"),
        ("url = 'y'", "'y' is no address"),
        ("command = 'https://x'", "'https://x' is no command"),
        ("command = 3", "url, command: give a text in quotes; a command may be a list of them"),
        ("command = 'x'\nshell = true", "shell: no such setting, there are url, command, env"),
        ("command = 'x'\ntrust = 'all'", "trust: 'all' is not allowed, give true, false or a list of names"),
        ("command = 'x'\ntimeout = -1", "timeout: -1 is not allowed, give seconds up to 600"),
        ("command = 'x'\nenv = { A = 3 }", "env: give a table of texts in quotes"),
        ("command = 'x'\nenv = { A = '$NOPE' }", "env.A: the variable NOPE is not set"),
        ("command = 'x'\nenv = { A = 'pa$sword1' }", "env.A: no variable of that name is set; no key belongs here"),
    ],
)
def test_what_is_wrong_in_a_table_is_said_and_the_table_left_out(tmp_path: Path, table: str, why: str) -> None:
    servers, problems = read(tmp_path, f"[mcp.lib]\n{table}\n[mcp.good]\ncommand = 'z'\n")
    assert [server.name for server in servers] == ["good"]
    assert len(problems) == 1
    assert problems[0].startswith(f"mcp.lib: {why}")


def test_names_are_made_different_and_none_leaves_out_those_of_the_file() -> None:
    filed = [ServerOptions("x", command=("a",))]
    servers, problems = named_servers(["x", "x --other"], filed)
    assert [server.name for server in servers] == ["x", "x-2", "x-3"]
    assert problems == []
    servers, problems = named_servers(["none", "y", "'"], filed)
    assert [server.name for server in servers] == ["y"]
    assert problems == ['mcp: "\'" is no command: No closing quotation']


def test_lists_come_from_flags_files_and_variables(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('tools = ["a.py", "b;c.py"]\napprove = "all"\n', encoding="utf-8")
    assert load({}, {}, None, path)[0].tools == ("a.py", "b;c.py")
    assert load({}, {"VOICE_TUI_TOOLS": "c.py; d.py"}, None, path)[0].tools == ("c.py", "d.py")
    config, problems = load({"tools": ("e.py",), "mcp": (), "approve": "x, y"}, {}, None, path)
    assert (config.tools, config.mcp, config.approve, problems) == (("e.py",), (), "x,y", [])
    path.write_text("tools = [3]\n", encoding="utf-8")
    assert "give a list of texts in quotes" in load({}, {}, None, path)[1][0]
