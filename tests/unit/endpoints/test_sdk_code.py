"""What was tuned, taken home: the code is valid for the official SDKs, and says what the server was told."""

from __future__ import annotations

import ast
import asyncio
import json
import runpy
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openai
import pytest
from click.testing import CliRunner
from openai.types.realtime import RealtimeSessionCreateRequestParam
from pydantic import TypeAdapter

from tests.support.harness import Harness
from voice_tui.cli.main import main
from voice_tui.conversation.engine import Engine
from voice_tui.endpoints.families import REALTIME
from voice_tui.endpoints.models import MODELS
from voice_tui.endpoints.providers import DEFAULT_MODEL
from voice_tui.endpoints.sdk_code import FORMATS, as_javascript, as_json, as_python
from voice_tui.messages.agreed import SessionAgreed
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.presets import PRESETS, own_knobs
from voice_tui.messages.profile import Capabilities, Profile

OFFICIAL: TypeAdapter[Any] = TypeAdapter(RealtimeSessionCreateRequestParam)


def update_of(preset: str) -> str:
    profile = Profile(instructions="Be a secret agent.")
    engine = Engine(lambda shared: REALTIME.open(shared, profile, Capabilities(), MODELS), preset)
    return REALTIME.tuning(engine.session)


@pytest.fixture(scope="module", params=list(PRESETS))
def update(request: pytest.FixtureRequest) -> str:
    return update_of(str(request.param))


def test_every_presets_settings_are_what_the_official_types_allow(update: str) -> None:
    event = json.loads(as_json(update, "", []))
    assert event["type"] == "session.update"
    OFFICIAL.validate_python(event["session"], strict=True)
    assert "secret agent" not in update


def test_where_no_model_was_chosen_it_is_the_one_that_we_choose(update: str) -> None:
    assert f'MODEL = "{DEFAULT_MODEL}"' in as_python(update, "", [])
    assert f'const model = "{DEFAULT_MODEL}"' in as_javascript(update, "", [])


def test_the_python_runs_and_sends_the_same_session(
    update: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = as_python(update, "gpt-realtime-2.1", ["sureness 6.5\nnot a line of its own"])
    ast.parse(text)
    (tmp_path / "session.py").write_text(text, encoding="utf-8")
    told: dict[str, Any] = {}

    class Connection:
        session = SimpleNamespace()

        def __aiter__(self) -> Connection:
            return self

        async def __anext__(self) -> Any:
            raise StopAsyncIteration

    async def take(*, session: Any) -> None:
        told["session"] = session

    @asynccontextmanager
    async def connect(*, model: str) -> Any:
        told["model"] = model
        connection = Connection()
        connection.session.update = take
        yield connection

    monkeypatch.setattr(openai, "AsyncOpenAI", lambda: SimpleNamespace(realtime=SimpleNamespace(connect=connect)))
    script = runpy.run_path(str(tmp_path / "session.py"))
    asyncio.run(script["main"]())
    assert told == {"model": "gpt-realtime-2.1", "session": json.loads(update)["session"]}


def test_the_client_of_the_official_package_has_what_the_code_asks_for() -> None:
    client = openai.AsyncOpenAI(api_key="none")
    assert callable(client.realtime.connect)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_javascript_is_a_module_that_node_can_read(tmp_path: Path) -> None:
    path = tmp_path / "session.mjs"
    path.write_text(as_javascript(update_of("natural"), 'a"model', ["turn down to -14 dB"]), encoding="utf-8")
    done = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_javascript_holds_the_same_session() -> None:
    update = update_of("semantic-vad")
    text = as_javascript(update, "m", [])
    session = text.split("const session = ")[1].split(";\n")[0]
    assert json.loads(session) == json.loads(update)["session"]


def test_what_no_server_is_told_is_remarked() -> None:
    (line,) = own_knobs("natural", PRESETS["natural"].settings)
    assert "sureness 6.0" in line
    assert "turn down to -14 dB" in line
    assert "threshold" not in line
    assert f"# {line}\n" in as_python(update_of("natural"), "", [line])


# ---- what the server has taken


def test_only_what_the_server_has_taken_is_told() -> None:
    story = Harness("server-vad").connect()
    (first,) = [each.update for each in story.notices if isinstance(each, SessionAgreed)]
    detection = json.loads(first)["session"]["audio"]["input"]["turn_detection"]
    assert detection["threshold"] == 0.5
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(400)
    assert [each.update for each in story.notices if isinstance(each, SessionAgreed)] == [first], "not answered yet"
    story.server.session_updated()
    last = [each.update for each in story.notices if isinstance(each, SessionAgreed)][-1]
    assert json.loads(last)["session"]["audio"]["input"]["turn_detection"]["threshold"] == 0.7
    assert "instructions" not in json.loads(last)["session"]


# ---- the command


@pytest.mark.parametrize("form", list(FORMATS))
def test_the_command_writes_what_a_session_begins_with(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_tui.settings.paths.config_folder", lambda: tmp_path)
    (tmp_path / "tuned.toml").write_text('preset = "server-vad"\n[server-vad]\nthreshold = 0.65\n', encoding="utf-8")
    done = CliRunner().invoke(main, ["settings", "export", "--format", form])
    assert done.exit_code == 0, done.output
    assert "0.65" in done.stdout
    if form == "json":
        OFFICIAL.validate_python(json.loads(done.stdout)["session"], strict=True)


def test_an_unknown_form_is_refused_with_those_there_are() -> None:
    done = CliRunner().invoke(main, ["settings", "export", "--format", "rust"])
    assert done.exit_code == 2
    assert "'json', 'python', 'js'" in done.output
    assert sys.version_info >= (3, 11)
