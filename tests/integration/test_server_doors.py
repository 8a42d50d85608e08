"""Who may connect, how a connection ends, and the server as a process."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnxruntime", reason="the local extra is not installed")

from websockets.asyncio.client import connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.typing import Origin, Subprotocol
from websockets.uri import parse_uri

from tests.integration.wire_client import client_of
from tests.support.server_fakes import Immediately, LetterVoice, LoudIsSpeech, ScriptedBrain, ScriptedEars
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.secret import Secret
from voice_tui.server.answers.response import AnswerModels
from voice_tui.server.entrance import Entrance
from voice_tui.server.models import ServerModels
from voice_tui.server.serve import run
from voice_tui.server.server import listening, url_of
from voice_tui.server.wire.connection import MAX_APPEND_BYTES
from voice_tui.speech import packages as extras
from voice_tui.speech.probability import Judged, SpeechProbability

pytestmark = pytest.mark.wall_clock

ROOT = Path(__file__).parents[2]
START_S = 30
SILENT = logging.getLogger("of the client")
SILENT.propagate = False


class Deaf:
    """A microphone's judge that breaks."""

    def hear(self, pcm: Pcm) -> list[Judged]:
        raise RuntimeError("the detector broke")


def senses(probability: type[SpeechProbability] = LoudIsSpeech, session_limit_s: float = 3600) -> ServerModels:
    studio = AnswerModels(ScriptedBrain("Hello."), LetterVoice(), Immediately())
    return ServerModels(ScriptedEars(), studio, probability, session_limit_s)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with listening("127.0.0.1", 0, senses()) as server:
        yield url_of(server)


async def ending(url: str, **options: Any) -> tuple[dict[str, Any], int]:
    """The last event before the server hangs up, and its close code."""
    async with connect(url, **options) as connection:
        event: dict[str, Any] = {}
        with suppress(ConnectionClosed):
            while True:
                event = json.loads(await connection.recv())
        return event, connection.close_code or 0


async def test_both_paths_greet_with_the_model_asked_for(url: str) -> None:
    for path in ("/v1/realtime?model=mine", "/openai/v1/realtime?model=mine"):
        async with client_of(url.replace("/v1/realtime", path), additional_headers={"api-key": "any"}) as client:
            session = client.events[0]["session"]
            assert (session["type"], session["model"], session["object"]) == ("realtime", "mine", "realtime.session")


async def test_other_paths_are_404_with_a_json_body(url: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(url.replace("/v1/realtime", "/v1/chat"))
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body or b"")["error"]["code"] == "not_found"


async def test_a_web_page_is_refused() -> None:
    async with listening("127.0.0.1", 0, senses(), Entrance(origins=frozenset({"http://localhost:3000"}))) as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(url_of(server), origin=Origin("http://localhost:4000"))
        assert refused.value.response.status_code == 403
        async with connect(url_of(server), origin=Origin("http://localhost:3000")) as connection:
            assert json.loads(await connection.recv())["type"] == "session.created"


async def test_the_key_is_asked_for_and_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with listening("127.0.0.1", 0, senses(), Entrance(Secret("sesame"))) as server:
            with pytest.raises(InvalidStatus) as refused:
                await connect(url_of(server), logger=SILENT)
            assert refused.value.response.status_code == 401
            offers: list[dict[str, Any]] = [
                {"additional_headers": {"Authorization": "Bearer sesame"}},
                {"subprotocols": [Subprotocol("realtime"), Subprotocol("openai-insecure-api-key.sesame")]},
            ]
            for offer in offers:
                async with connect(url_of(server), logger=SILENT, **offer) as connection:
                    assert json.loads(await connection.recv())["type"] == "session.created"
    assert "a client stays outside: 401" in caplog.text
    assert "sesame" not in caplog.text


async def test_one_session_too_many_is_told_to_come_again() -> None:
    async with listening("127.0.0.1", 0, senses(), Entrance(max_sessions=2)) as server:
        url = url_of(server)
        answers = await asyncio.gather(*(connect(url) for _ in range(6)), return_exceptions=True)
        inside = [answer for answer in answers if not isinstance(answer, BaseException)]
        refused = [answer.response for answer in answers if isinstance(answer, InvalidStatus)]
        assert (len(inside), len(refused)) == (2, 4)
        assert {(answer.status_code, answer.headers["Retry-After"]) for answer in refused} == {(503, "5")}
        await inside[0].close()
        async with client_of(url) as client:
            assert client.events[0]["type"] == "session.created"
        await inside[1].close()


async def frozen(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that asks for more than the network holds, and reads nothing of it."""
    host, port = url.removeprefix("ws://").split("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.transport.pause_reading()  # type: ignore[attr-defined]  # every socket's transport has it
    protocol = ClientProtocol(parse_uri(url))
    protocol.send_request(protocol.connect())
    for raw in protocol.data_to_send():
        writer.write(raw)
    content = [{"type": "input_text", "text": "x" * 500_000}]  # comes back twice
    asked = json.dumps(
        {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}
    ).encode()
    frame = Frame(Opcode.TEXT, asked).serialize(mask=True)
    for _ in range(40):
        writer.write(frame)
    return reader, writer


@pytest.mark.parametrize("how", ["frozen", "without a handshake"])
async def test_the_server_ends_whatever_its_clients_do(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_tui.server.server.GOODBYE_S", 0.1)
    before = asyncio.all_tasks()
    async with asyncio.timeout(START_S):
        async with listening("127.0.0.1", 0, senses()) as server:
            url = url_of(server)
            if how == "frozen":
                _, writer = await frozen(url)
            else:
                host, port = url.removeprefix("ws://").split("/")[0].split(":")
                _, writer = await asyncio.open_connection(host, int(port))
                writer.write(b"GET /v1/rea")
            async with client_of(url) as client:  # others notice nothing
                await client.say("What is one plus one?")
                await client.send("response.create", response={"output_modalities": ["text"]})
                await client.until("response.done")
        writer.transport.abort()
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert not left


@pytest.mark.parametrize(
    ("offered", "selected"),
    [
        (None, None),
        (["realtime", "openai-insecure-api-key.x"], "realtime"),
        (["other"], None),
        (["openai-beta.realtime-v1", "realtime"], "realtime"),
        (["openai-insecure-api-key.x", "openai-beta.realtime-v1"], "openai-beta.realtime-v1"),
    ],
)
async def test_the_subprotocol(url: str, offered: list[str] | None, selected: str | None) -> None:
    subprotocols = [Subprotocol(name) for name in offered] if offered else None
    async with connect(url, subprotocols=subprotocols) as connection:
        assert connection.subprotocol == selected


async def test_a_binary_frame_is_an_error_and_no_more(url: str) -> None:
    async with connect(url) as connection:
        await connection.recv()
        await connection.send(b"\x00\x01")
        assert json.loads(await connection.recv())["error"]["code"] == "invalid_event"
        await connection.send("{")
        assert json.loads(await connection.recv())["error"]["code"] == "invalid_json"


async def test_fifteen_mebibytes_of_audio_come_in(url: str) -> None:
    audio = base64.b64encode(bytes(MAX_APPEND_BYTES)).decode()
    async with client_of(url) as client:
        await client.configure(audio={"input": {"turn_detection": None}})
        await client.send("input_audio_buffer.append", audio=audio)
        await client.send("input_audio_buffer.commit")
        await client.until("input_audio_buffer.committed")
        assert not client.of("error")


BETA = "openai-beta.realtime-v1"
KEY = "openai-insecure-api-key.x"
PREVIEW_DOORS: dict[str, tuple[str, dict[str, Any]]] = {
    "header": ("/v1/realtime?model=mine", {"additional_headers": {"OpenAI-Beta": "realtime=v1"}}),
    "header among others": ("/v1/realtime?model=mine", {"additional_headers": {"OpenAI-Beta": "a=b, realtime=v1"}}),
    "azure": ("/openai/realtime?api-version=2024-10-01-preview&deployment=mine", {}),
    "azure sdk": ("/v1/realtime?api-version=2025-04-01-preview&deployment=mine", {}),
    "browser": ("/v1/realtime?model=mine", {"subprotocols": ["realtime", KEY, BETA]}),
    "browser, alone": ("/v1/realtime?model=mine", {"subprotocols": [BETA]}),
}


@pytest.mark.parametrize("door", PREVIEW_DOORS)
async def test_the_preview_dialect_is_asked_for_in_several_ways(url: str, door: str) -> None:
    path, options = PREVIEW_DOORS[door]
    async with connect(url.replace("/v1/realtime", path), **options) as connection:
        created = json.loads(await connection.recv())
        assert (created["type"], created["session"]["model"]) == ("session.created", "mine")
        assert created["session"]["voice"] == "alloy"
        assert json.loads(await connection.recv())["type"] == "conversation.created"


async def test_another_beta_is_not_preview(url: str) -> None:
    async with connect(url, additional_headers={"OpenAI-Beta": "assistants=v2"}) as connection:
        assert "audio" in json.loads(await connection.recv())["session"]


async def test_a_session_that_only_listens(url: str) -> None:
    async with connect(f"{url}?intent=transcription") as connection:
        created = json.loads(await connection.recv())
        assert created["session"]["type"] == "transcription"


async def test_a_session_expires() -> None:
    async with listening("127.0.0.1", 0, senses(session_limit_s=0.06)) as server:
        event, code = await ending(url_of(server))
    assert (event["error"]["code"], code) == ("session_expired", 1001)
    assert event["error"]["message"] == "Your session hit the maximum duration of 0.001 minutes."


async def test_a_failing_session_says_so_and_the_next_one_works(caplog: pytest.LogCaptureFixture) -> None:
    judges: Iterator[type[SpeechProbability]] = iter([Deaf, LoudIsSpeech])
    one = senses()
    broken = ServerModels(one.ears, one.studio, lambda: next(judges)())
    async with listening("127.0.0.1", 0, broken) as server:
        async with connect(url_of(server)) as connection:
            await connection.recv()
            await connection.send(json.dumps({"type": "input_audio_buffer.append", "audio": "AAAA" * 1000}))
            assert json.loads(await connection.recv())["error"]["type"] == "server_error"
            with pytest.raises(ConnectionClosed) as closed:
                await connection.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1011
        async with client_of(url_of(server)) as client:
            assert client.events[0]["type"] == "session.created"
    assert "a session failed" in caplog.text


async def test_leaving_in_the_middle_of_an_answer_leaves_nothing_behind(url: str) -> None:
    before = asyncio.all_tasks()
    async with client_of(url) as client:
        await client.send("response.create")
        await client.until("response.created")
    for _ in range(100):
        if not {task for task in asyncio.all_tasks() - before if task.get_name().startswith(("resp_", "outbox"))}:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(asyncio.all_tasks())


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_tui.server.serve.LocalRecogniser", ScriptedEars)
    monkeypatch.setattr("voice_tui.server.serve.LocalSynthesiser", LetterVoice)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code = run("127.0.0.1", port, brain_url=None, brain_model=None, brain_key=None, until_stdin_closes=False)
    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert err.splitlines() == [f"Cannot listen on 127.0.0.1:{port}: it is in use; choose another --port"]


def test_a_missing_extra_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise extras.MissingExtraError("moonshine-voice")

    monkeypatch.setattr("voice_tui.server.serve.LocalRecogniser", absent)
    monkeypatch.setattr("voice_tui.server.serve.LocalSynthesiser", LetterVoice)
    code = run("127.0.0.1", 0, brain_url=None, brain_model=None, brain_key=None, until_stdin_closes=False)
    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert 'pip install "voice-tui[local]"' in err


LONG = {
    "type": "message",
    "role": "user",
    "content": [{"type": "input_text", "text": "Repeat after me: " + "the quick brown fox jumps and " * 100}],
}
SERVE = (
    "import sys; from voice_tui.server.serve import leave, run; leave(run('127.0.0.1', 0, brain_url=None, "
    "brain_model=None, brain_key=None, until_stdin_closes='stdin' in sys.argv[1]))"
)


@pytest.mark.parametrize("way", ["stdin", "signal", "signal while stdin is watched"])
async def test_the_process_says_its_url_serves_and_ends_when_told(way: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVE, way),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin
    assert process.stdout
    try:
        async with asyncio.timeout(START_S):
            url = (await process.stdout.readline()).decode().strip()
        assert url.startswith("ws://127.0.0.1:")
        async with client_of(url) as client:
            await client.say("What is one plus one?")
            await client.send("response.create", response={"output_modalities": ["text"]})
            assert (await client.until("response.done"))["response"]["status"] == "completed"
            if way == "stdin":
                process.stdin.close()
            else:
                if way == "signal":  # while a model computes what nobody will hear
                    await client.send("conversation.item.create", item=LONG)
                    await client.send("response.create")
                    await client.until("response.created", 2)
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(START_S):
                out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize("holds_on", ["await asyncio.sleep(600)", "time.sleep(600)"], ids=["waits", "computes"])
async def test_it_ends_when_it_is_asked_to_whatever_does_not_let_go(holds_on: str) -> None:
    program = f"""if True:
        import asyncio, contextlib, sys, time
        from voice_tui.server import serve

        @contextlib.asynccontextmanager
        async def never_over(**_):
            yield "here"
            {holds_on}

        serve.running_server = never_over
        mind = {{"brain_url": "echo", "brain_model": None, "brain_key": None}}
        say = lambda line: print(line, flush=True)
        sys.exit(serve.run("127.0.0.1", 0, **mind, until_stdin_closes=False, say=say))
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout
    try:
        async with asyncio.timeout(START_S):
            assert await process.stdout.readline() == b"here\n"
            process.send_signal(signal.SIGTERM)
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert (process.returncode, out, err) == (0, b"", b"")
