"""One clear line for each cause, and whether another try may help."""

from __future__ import annotations

import json
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    ConnectionClosedError,
    InvalidProxy,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
)
from websockets.frames import Close
from websockets.http11 import Response

from voice_tui.drivers.failures import LONGEST_S, Failure, LastError, Then, delay, explained
from voice_tui.endpoints.providers import endpoint_of

KEY = "sk-never-shown-0123456789"
ENDPOINT = endpoint_of("azure", "https://res.openai.azure.com", "talker", KEY, "AZURE_OPENAI_API_KEY")


def refused(status: int, code: str = "", message: str = "", **headers: str) -> Failure:
    body = json.dumps({"error": {"code": code, "message": message}}).encode() if code or message else b""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return explained(InvalidStatus(Response(status, "", Headers(named), body)), ENDPOINT, LastError())


def closed(code: int | None, reason: str = "", last: LastError | None = None, session: str = "") -> Failure:
    close = Close(code, reason) if code else None
    return explained(ConnectionClosedError(close, None), ENDPOINT, last or LastError(), session)


@pytest.mark.parametrize(
    ("failure", "then", "words"),
    [
        (refused(401), Then.NEVER, "check AZURE_OPENAI_API_KEY"),
        (refused(404, "DeploymentNotFound", "The API deployment does not exist."), Then.NEVER, "'talker'"),
        (refused(404), Then.NEVER, "check the address"),
        (refused(400, "OperationNotSupported", "The requested operation is unsupported."), Then.NEVER, "no realtime"),
        (refused(403), Then.NEVER, "network rules"),
        (refused(426), Then.NEVER, "no websocket"),
        (refused(408), Then.LATER, "waited too long"),
        (refused(429), Then.LATER, "too many requests"),
        (refused(503), Then.LATER, "HTTP 503, Service Unavailable"),
        (refused(418), Then.FEW, "HTTP 418"),
        (refused(302), Then.FEW, "HTTP 302"),
    ],
)
def test_a_refused_handshake(failure: Failure, then: Then, words: str) -> None:
    assert failure.then is then
    assert words in failure.words


def test_a_v1_address_with_an_api_version_is_named_not_the_key() -> None:
    endpoint = endpoint_of(
        "any", "wss://r.openai.azure.com/openai/v1/realtime?api-version=2024-10-01-preview", "m", KEY
    )
    failure = explained(InvalidStatus(Response(401, "", Headers())), endpoint, LastError())
    assert "takes no api-version" in failure.words
    assert "VOICE_TUI_API_KEY" not in failure.words


def test_a_server_that_says_when_to_come_again_is_obeyed_within_reason() -> None:
    assert refused(429, Retry_After="7").after_s == 7.0
    assert refused(429, Retry_After="86400").after_s == 600.0
    assert refused(429, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT").after_s is None
    assert refused(401, Retry_After="7").after_s is None


def test_the_request_and_the_session_are_named_for_the_providers_support() -> None:
    assert "[request 4711]" in refused(401, x_ms_request_id="4711").words
    there = refused(401, apim_request_id="4711", x_ms_region="West Europe")
    assert "[request 4711 in West Europe]" in there.words
    for error in (ConnectionClosedError(None, None), ConnectionResetError(104, "reset")):
        words = explained(error, ENDPOINT, LastError(), "sess_1", "4711").words
        assert words.endswith("[request 4711, session sess_1]")
    assert "[session sess_1]" in closed(1011, session="sess_1").words


def test_a_servers_own_words_are_one_short_line_without_the_key() -> None:
    words = refused(403, "Blocked", f"denied for {KEY}\r\n\x1b]0;title\x07 " + "blah " * 200).words
    assert KEY not in words
    assert words.isprintable()
    assert len(words) < 400


@pytest.mark.parametrize("code", [1002, 1003, 1007, 1008, 1009, 1010, 3000, 4000, 4004])
def test_some_closes_are_final(code: int) -> None:
    assert closed(code).then is Then.NEVER


@pytest.mark.parametrize("code", [None, 1011, 1012, 1013, 1014])
def test_some_closes_pass(code: int | None) -> None:
    assert closed(code).then is Then.LATER


@pytest.mark.parametrize("code", [1000, 1005, 4321, 3500])
def test_a_close_that_nobody_knows_is_tried_a_few_times(code: int) -> None:
    assert closed(code).then is Then.FEW


def test_what_was_said_before_a_close_explains_it() -> None:
    assert closed(1001, "Your session hit the maximum duration of 60 minutes.").then is Then.NOW
    assert closed(1008, "", LastError("session_limit_reached", "All slots are taken.")).then is Then.LATER
    assert closed(1008, "go away").then is Then.NEVER
    quota = closed(4000, "", LastError("insufficient_quota", "You exceeded your current quota."))
    assert quota.then is Then.NEVER
    assert "quota is used up" in quota.words
    assert "check AZURE_OPENAI_API_KEY" in closed(3000, "invalid_request_error.invalid_api_key").words
    assert "'talker'" in closed(4000, "", LastError("invalid_model", "no such model")).words


@pytest.mark.parametrize(
    ("error", "then", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 9)"), Then.LATER, "nobody listens"),
        (
            OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 9), [Errno 111] Connect call failed"),
            Then.LATER,
            "nobody listens",
        ),
        (OSError(101, "Network is unreachable"), Then.LATER, "Network is unreachable"),
        (socket.gaierror(-2, "Name or service not known"), Then.LATER, "no such host"),
        (TimeoutError("timed out during opening handshake"), Then.LATER, "timed out"),
        (ssl.SSLCertVerificationError("self-signed certificate"), Then.NEVER, "SSL_CERT_FILE"),
        (ssl.SSLEOFError("EOF occurred"), Then.LATER, "broke off"),
        (InvalidURI("ftp://x", "scheme isn't ws or wss"), Then.NEVER, "ws:// or wss://"),
        (InvalidProxy("http://me:secret@proxy", "port isn't valid"), Then.NEVER, "check http_proxy"),
        (InvalidProxyStatus(Response(407, "", Headers())), Then.NEVER, "proxy refused"),
    ],
)
def test_what_happens_on_the_way(error: Exception, then: Then, words: str) -> None:
    failure = explained(error, ENDPOINT, LastError())
    assert failure.then is then
    assert words in failure.words
    assert "secret" not in failure.words


def test_a_fault_of_ours_is_no_fault_of_the_line() -> None:
    with pytest.raises(ZeroDivisionError):
        explained(ZeroDivisionError(), ENDPOINT, LastError())


def test_pauses_double_up_to_half_a_minute_and_chance_spreads_them() -> None:
    assert [delay(n, 0.5) for n in range(1, 10)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert delay(5_000, 0.5) == LONGEST_S
    assert delay(3, 0.0) < delay(3, 0.5) < delay(3, 1.0)
