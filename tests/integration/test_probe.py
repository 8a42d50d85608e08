"""``voice-tui probe`` as a user runs it: a process, real sockets, exit codes, and what is kept."""

import asyncio
import http
import json
import sys
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from tests.integration.odd import odd_server as server
from tests.support.environment import environment
from tests.support.odd_server import Oddities

pytestmark = pytest.mark.wall_clock

KEY = "sk-test-key-0123456789"


async def probe(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    variables = environment(folder) | {"XDG_STATE_HOME": str(folder), "VOICE_TUI_API_KEY": KEY}
    command = [sys.executable, "-m", "voice_tui", "probe", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=variables,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_handshake_costs_nothing_and_its_findings_are_kept_until_they_are_forgotten(tmp_path: Path) -> None:
    async with server(Oddities()) as url:
        code, out, err = await probe(tmp_path, "--url", url, "--handshake", "--json")
        assert (code, err) == (0, "")
        report = json.loads(out)
        assert report["endpoint"] == url.removeprefix("ws://").partition("?")[0]
        assert {f["name"] for f in report["findings"] if f["verdict"] != "yes"} == set()
        kept = (tmp_path / "voice-tui" / "probes.json").read_text()
        assert report["endpoint"] in kept
        assert KEY not in kept + out
        assert (await probe(tmp_path, "--url", url, "--forget"))[1] == f"forgotten: {report['endpoint']} · m\n"
        assert (await probe(tmp_path, "--url", url, "--forget"))[1] == f"nothing was kept: {report['endpoint']} · m\n"


async def test_what_costs_something_is_not_done_unasked(tmp_path: Path) -> None:
    async with server(Oddities()) as url:
        odd = ["--url", url, "--only", "text-turn"]
        code, out, err = await probe(tmp_path, *odd)
        assert (code, out) == (2, "")
        assert "about 200 tokens in and 110 out; the price of this model is not known: give --yes" in err
        code, out, _ = await probe(tmp_path, *odd, "--json")
        assert code == 2
        told = json.loads(out)
        assert "give --yes" in told["error"]
        assert (told["endpoint"], told["model"]) == (url.removeprefix("ws://").partition("?")[0], "m")
        code, out, _ = await probe(tmp_path, *odd, "--yes")
        assert code == 0
        assert "answers a typed turn" in out


async def test_also_what_is_wrong_before_anybody_is_asked_is_json(tmp_path: Path) -> None:
    for wrong in (["--url", "ws://h:x"], ["--only", "text-turn", "--handshake"]):
        code, out, err = await probe(tmp_path, *wrong, "--json")
        assert code == 2
        assert json.loads(out)["error"] in err
        assert json.loads(out)["findings"] == []
    code, out, _ = await probe(tmp_path, "--forget", "--json")
    assert (code, json.loads(out)["endpoint"]) == (0, "embedded")


async def test_what_is_needed_and_missing_is_an_exit_code(tmp_path: Path) -> None:
    async with server(Oddities(silent_audio=True)) as url:
        code, out, _ = await probe(tmp_path, "--url", url, "--only", "text-turn", "--yes")
    assert code == 3
    assert out.rstrip().endswith("needed and missing: its audio can be heard")


async def test_a_refused_key_is_one_line(tmp_path: Path) -> None:
    async def refuse(socket: ServerConnection, request: Request) -> Response:
        return socket.respond(http.HTTPStatus.UNAUTHORIZED, json.dumps({"error": {"message": f"no {KEY}"}}))

    async with server(Oddities(), process_request=refuse) as url:
        code, out, err = await probe(tmp_path, "--url", url, "--handshake")
        assert (code, out) == (1, "")
        again, out, _ = await probe(tmp_path, "--url", url, "--handshake", "--json")
    assert again == 1
    assert "the key was refused" in json.loads(out)["error"]
    assert json.loads(out)["findings"] == []
    assert KEY not in out
    assert "HTTP 401, the key was refused: check VOICE_TUI_API_KEY" in err
    assert KEY not in err
    assert len(err.splitlines()) == 1


@pytest.mark.outside
async def test_the_embedded_server_does_what_it_says(tmp_path: Path, local_voice: object) -> None:
    steps = ("settings", "silence", "prefix-padding", "truncate")
    code, out, err = await probe(tmp_path, *[each for step in steps for each in ("--only", step)], "--json")
    assert (code, err) == (0, "")
    assert [f for f in json.loads(out)["findings"] if f["verdict"] != "yes"] == []
