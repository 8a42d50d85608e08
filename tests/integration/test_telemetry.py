"""Spans on their way to a receiver: what comes there is decoded as any other receiver would."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
from tests.support.environment import environment
from voice_tui import __version__
from voice_tui.cli import telemetry as module
from voice_tui.cli.main import main
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.drivers.telemetry import Telemetry
from voice_tui.messages.talk import SpeechStarted, SpeechStopped
from voice_tui.messages.tools import ToolBegan, ToolCalled

ENDPOINT, CONTENT = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
CLIENT, INTERNAL, ERROR = 3, 1, 2  # as the protocol has them
INFERENCE = "realtime_inference demo"
AWAY = "http://127.0.0.1:9"
sends = pytest.mark.skipif(
    find_spec("opentelemetry") is None or find_spec("opentelemetry.proto") is None,
    reason="the extra [otel] is not installed",
)


class Receiver(ThreadingHTTPServer):
    """Takes traces on loopback."""

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.bodies: list[tuple[str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def resources(self) -> list[Any]:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        return [each for _, body in self.bodies for each in ExportTraceServiceRequest.FromString(body).resource_spans]

    @property
    def spans(self) -> list[Any]:
        return [span for each in self.resources for scope in each.scope_spans for span in scope.spans]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Receiver)
        server.bodies.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A talk with a barge-in."""
    folder = tmp_path_factory.mktemp("recordings")
    options = RecordingOptions(folder, always=True, beside=False)
    simulate(interrupted, 7, "server-vad", equipment=lambda world: {"recording": options})
    return shelf.kept(folder)[-1].path


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*module.VARIABLES, module.CONTENT, module.OFF, "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(name, raising=False)


def otel(recording: Path, **variables: str) -> Result:
    return CliRunner().invoke(main, ["recordings", "otel", str(recording)], env=variables)


def values(span: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


@sends
def test_a_recording_comes_as_one_trace_with_names_parents_times_and_units(receiver: Receiver, recording: Path) -> None:
    result = otel(recording, **{ENDPOINT: receiver.url})
    assert (result.exit_code, result.output) == (0, f"{recording.name}: 10 spans were sent\n")
    assert {path for path, _ in receiver.bodies} == {"/v1/traces"}
    spans = receiver.spans
    (root,) = [span for span in spans if not span.parent_span_id]
    assert root.name == "conversation"
    assert sorted(span.name for span in spans if span is not root) == [
        "interruption",
        *[INFERENCE] * 2,
        *["transcription gpt-transcribe"] * 2,
        *["turn"] * 2,
        *["user_speech"] * 2,
    ]
    assert {span.parent_span_id for span in spans if span is not root} == {root.span_id}
    assert len({span.trace_id for span in spans}) == 1
    assert len({span.span_id for span in spans}) == len(spans) == 10
    talk = open_recording(recording)
    began_ns = round(datetime.fromisoformat(talk.session.when).timestamp() * 1e9)
    notices = [told.notice for told in talk.notices()]
    spoken = sorted(
        ((span.start_time_unix_nano - began_ns) // 1_000_000, (span.end_time_unix_nano - began_ns) // 1_000_000)
        for span in spans
        if span.name == "user_speech"
    )
    starts = [each.at_ms for each in notices if isinstance(each, SpeechStarted)]
    ends = [each.at_ms for each in notices if isinstance(each, SpeechStopped)]
    assert spoken == list(zip(starts, ends, strict=True)), "ms of the talk's clock, as ns since 1970"
    assert {span.kind for span in spans if span.name == INFERENCE} == {CLIENT}
    assert {span.kind for span in spans if span.name != INFERENCE} == {INTERNAL}
    cut = next(values(span) for span in spans if values(span).get("voice_tui.cut") is True)
    assert cut["gen_ai.operation.name"] == "realtime_inference"
    assert cut["gen_ai.realtime_session.id"] == recording.name
    assert cut["gen_ai.request.model"] == "demo"
    assert cut["gen_ai.response.id"].startswith("resp_")
    assert cut["gen_ai.usage.input_tokens"] == 41
    assert cut["gen_ai.usage.audio.input_tokens"] + cut["gen_ai.usage.text.input_tokens"] == 41
    assert 0 < cut["gen_ai.usage.audio.output_tokens"] < cut["gen_ai.usage.output_tokens"]
    assert 0 < cut["voice_tui.heard_ms"] < cut["voice_tui.received_ms"]
    (interruption,) = [values(span) for span in spans if span.name == "interruption"]
    assert interruption["voice_tui.yield_ms"] == interruption["voice_tui.stage.quiet_ms"]
    for turn in (span for span in spans if span.name == "turn"):
        ms = (turn.end_time_unix_nano - turn.start_time_unix_nano) / 1e6
        told = values(turn)
        assert told["voice_tui.time_to_first_audible_ms"] == ms
        assert sum(value for name, value in told.items() if name.startswith("voice_tui.part.")) == ms
    assert b"lighthouse" not in b"".join(body for _, body in receiver.bodies)


@sends
@pytest.mark.wall_clock
def test_a_talk_is_told_live(receiver: Receiver, served: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "voice_tui", "talk", "--url", served, "--mic", "none", "--speaker", "none"]
    done = subprocess.run(
        [*command, "--say", "What is two and two?"],
        capture_output=True,
        text=True,
        check=True,
        env=environment(tmp_path) | {ENDPOINT: receiver.url},
        timeout=120,
    )
    assert "does not take" not in done.stderr
    turns = [values(span) for span in receiver.spans if span.name == "turn"]
    (whole,) = [values(span) for span in receiver.spans if span.name == "conversation"]
    assert whole["voice_tui.turns"] == len(turns) == 2, "the greeting is one"
    assert {turn["voice_tui.turn.ended_by"] for turn in turns} == {"text"}
    answers = [values(span) for span in receiver.spans if span.name.startswith("realtime_inference")]
    played = [(answer["voice_tui.heard_ms"], answer["voice_tui.received_ms"]) for answer in answers]
    assert all(heard == received > 0 for heard, received in played), (played, done.stdout)
    assert all(answer["gen_ai.usage.audio.output_tokens"] > 0 for answer in answers)
    assert len(answers) == 2


@sends
def test_what_failed_comes_as_an_error(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, receiver.url)
    told, _ = module.telemetry()
    assert told is not None
    told.begin(0.0)
    told.observe(1.0, [ToolBegan("c", "tides", "{}")])
    told.observe(1.5, [ToolCalled("c", "tides", "{}", "no such day", 400, failed=True)])
    told.finish(2.0)
    assert told.close() == ""
    tool, whole = receiver.spans
    assert (tool.name, tool.status.code, values(tool)["error.type"]) == ("execute_tool tides", ERROR, "failed")
    assert tool.end_time_unix_nano - tool.start_time_unix_nano == 500_000_000
    assert (whole.name, whole.status.code) == ("conversation", 0)


@sends
def test_a_receiver_that_takes_it_and_never_answers_holds_up_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "60")
        told, _ = module.telemetry()
        assert told is not None
        told.begin(0.0)
        told.observe(1.0, [SpeechStarted("local", 0), SpeechStopped("local", 50)])
        told.finish(2.0)
        before = time.monotonic()
        assert told.close().endswith("2 lost so far")
        assert time.monotonic() - before < 30, "2 s, and not the 60 of the exporter"


@sends
def test_words_come_only_where_they_are_asked_for(receiver: Receiver, recording: Path) -> None:
    assert otel(recording, **{ENDPOINT: receiver.url, CONTENT: "true"}).exit_code == 0
    asked = [values(span).get("gen_ai.input.messages", "") for span in receiver.spans]
    assert any("Please tell me a long story." in words for words in asked)


@sends
def test_sent_again_it_is_the_same_trace(receiver: Receiver, recording: Path) -> None:
    for _ in range(2):
        assert otel(recording, **{ENDPOINT: receiver.url}).exit_code == 0
    ids = [(span.trace_id, span.span_id) for span in receiver.spans]
    assert len(ids) == 2 * len(set(ids)) == 20


@sends
def test_who_sends_is_named_as_the_environment_says(
    receiver: Receiver, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    otel(recording, **{ENDPOINT: receiver.url})
    otel(recording, **{ENDPOINT: receiver.url, "OTEL_SERVICE_NAME": "clinic"})
    told = [values(each.resource) for each in receiver.resources]
    assert [each["service.name"] for each in told] == ["voice-tui", "clinic"]
    assert {each["service.version"] for each in told} == {__version__}


@sends
@pytest.mark.parametrize("status", [400, 503])
def test_a_receiver_that_refuses_is_one_line(receiver: Receiver, recording: Path, status: int) -> None:
    receiver.status = status
    result = otel(recording, **{ENDPOINT: receiver.url, "OTEL_EXPORTER_OTLP_TIMEOUT": "1"})
    assert result.exit_code == 1
    assert result.output == f"Error: {receiver.url} does not take the spans of this conversation: 10 lost so far\n"


@sends
def test_one_that_is_away_ends_a_talk_in_time_and_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ENDPOINT, AWAY)
    told, problems = module.telemetry()
    assert isinstance(told, Telemetry)
    assert problems == []
    told.begin(0.0)
    told.observe(0.1, [SpeechStarted("local", 0), SpeechStopped("local", 50)])
    told.finish(1.0)
    before, said = time.monotonic(), list[str]()
    module.closed(told, said.append)
    assert time.monotonic() - before < 10, "2 s, on a machine that is not busy"
    module.closed(told, said.append)
    assert said == [f"voice-tui: {AWAY} does not take the spans of this conversation: 2 lost so far"]
    assert [record.name for record in caplog.records if record.levelname != "DEBUG"] == [module.__name__]


def test_without_a_receiver_or_with_a_wrong_one_a_line_says_what_to_give(recording: Path) -> None:
    assert module.telemetry({}) == (None, [])
    assert module.telemetry({ENDPOINT: AWAY, module.OFF: "true"}) == (None, [])
    result = otel(recording)
    assert result.exit_code == 1
    assert result.output == (
        f"Error: {ENDPOINT}: not set, give the address of a receiver, such as http://localhost:4318\n"
    )
    for wrong in ("localhost:4318", "ftp://host", "http://user:sk-secret@:x"):
        none, (line,) = module.telemetry({ENDPOINT: wrong})
        assert none is None
        assert line == f"{ENDPOINT}: no address of a receiver, give one such as http://localhost:4318"


def test_where_the_extra_is_missing_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert module.telemetry({ENDPOINT: AWAY}) == (
        None,
        [f'{ENDPOINT} is set, but what sends spans is not installed: pip install "voice-tui[otel]"'],
    )


def test_a_run_that_sends_nothing_loads_nothing_of_it(tmp_path: Path) -> None:
    loaded = "[name for name in sys.modules if 'opentelemetry' in name]"
    code = f"import sys, voice_tui.cli.main, voice_tui.cli.recordings; print({loaded})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(tmp_path), timeout=120
    )
    assert done.stdout == "[]\n"
