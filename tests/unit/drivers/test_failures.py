"""One clear line for each cause, and whether another try may help."""

from __future__ import annotations

import json
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    ConnectionClosedError,
    InvalidMessage,
    InvalidProxy,
    InvalidProxyMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.frames import Close
from websockets.http11 import Response

from tests.support.endpoints import endpoint_of
from voice_tui.drivers.failures import LONGEST_S, Failure, LastError, SaidToGo, Then, delay, explained
from voice_tui.drivers.route import Proxy, ProxyFailed
from voice_tui.plain_text import LINE
from voice_tui.secret import Secret
from voice_tui.settings.choice import choose
from voice_tui.settings.config import load

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
        (refused(200), Then.FEW, "check the address, it mostly ends with /realtime"),
        (refused(302), Then.FEW, "leads elsewhere"),
        (refused(302, Location="https://sso.example/login?token=hunter22"), Then.FEW, "to https://sso.example/login:"),
        (refused(402), Then.NEVER, "billing"),
        (refused(407), Then.NEVER, "a proxy on the way wants a user"),
        (refused(500), Then.LATER, "try again later"),
        (refused(502), Then.LATER, "is it running?"),
        (refused(503), Then.LATER, "overloaded"),
        (refused(504), Then.LATER, "loading its model"),
        (refused(511), Then.FEW, "sign in"),
        (refused(418), Then.FEW, "check address, model and key"),
        (refused(599), Then.LATER, "try again later"),
        (refused(700), Then.FEW, "no such status"),
        (refused(429, "insufficient_quota", "You exceeded your current quota."), Then.NEVER, "quota is used up"),
        (refused(403, "InvalidApiKey", "no"), Then.NEVER, "check AZURE_OPENAI_API_KEY"),
        (refused(429, "rate_limit_exceeded", "Slow down."), Then.LATER, 'quota ("Slow down.")'),
    ],
)
def test_a_refused_handshake(failure: Failure, then: Then, words: str) -> None:
    assert failure.then is then
    assert words in failure.words


def test_every_status_has_its_number_and_an_advice() -> None:
    for status in range(100, 1_000):
        words = refused(status, Location="https://there.example/x?key=hunter22").words
        assert words.startswith(f"HTTP {status}, ")
        assert len(words) > len(f"HTTP {status}, ") + 20
        assert "hunter22" not in words
        assert "{" not in words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": "no such thing"}', '("no such thing")'),
        (b'{"detail": "no such thing"}', '("no such thing")'),
        (b'{"detail": [{"msg": "no such thing"}]}', "no such thing"),
        (b'{"code": "InvalidApiKey", "message": "Invalid API-key provided."}', "check AZURE_OPENAI_API_KEY"),
        (b'{"error": {"code": null, "type": "invalid_api_key"}}', "check AZURE_OPENAI_API_KEY"),
        (b'{"error": {"code": 1713, "message": {"odd": 1}}}', "odd"),
        (b"no such thing\n\x1b[2J", '("no such thing")'),
        (b"[" * 100_000, '("[['),
        (b"\xff\xfe", "HTTP 403"),
    ],
)
def test_what_a_refusal_says_is_said_whatever_its_shape(body: bytes, words: str) -> None:
    said = explained(InvalidStatus(Response(403, "", Headers(), body)), ENDPOINT, LastError()).words
    assert words in said
    assert said.isprintable()


@pytest.mark.parametrize("before", range(LINE - len(KEY) - 2, LINE + 2))
def test_where_a_refusal_is_cut_within_a_key_nothing_of_the_key_is_said(before: int) -> None:
    said = refused(500, "oops", "x" * before + KEY).words
    assert "xxx" in said
    assert KEY[:8] not in said


def test_a_page_of_the_web_is_not_said() -> None:
    page = b"<!DOCTYPE html><html><body>blah</body></html>"
    assert "blah" not in explained(InvalidStatus(Response(200, "", Headers(), page)), ENDPOINT, LastError()).words


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
    assert refused(503, Retry_After="2.5").after_s == 2.5
    assert refused(429, retry_after_ms="1500").after_s == 1.5
    at = "Wed, 21 Oct 2026 07:28:00 GMT"
    assert refused(429, Retry_After=at).after_s is None, "it does not say what time it is there"
    assert refused(503, Retry_After=at, Date="Wed, 21 Oct 2026 07:27:40 GMT").after_s == 20.0
    assert refused(503, Retry_After=at, Date="Wed, 21 Oct 2026 07:29:40 GMT").after_s == 0.0
    for odd in ("-1", "nan", "1e9", "²", "soon", "", "9" * 400, "Wed, 99 Oct 2026 07:28:00 GMT"):
        assert refused(429, Retry_After=odd, Date=at).after_s is None
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


@pytest.mark.parametrize("close", [1000, 1001, 1005, 1011, 4321])
@pytest.mark.parametrize(
    "code",
    ["insufficient_quota", "invalid_api_key", "model_not_found", "DeploymentNotFound", "account_deactivated"],
)
def test_what_no_other_try_would_mend_is_not_tried_again_whatever_the_close(code: str, close: int) -> None:
    failure = closed(close, "", LastError(code, "It is so."))
    assert failure.then is Then.NEVER
    assert failure.words.endswith(': "It is so."')
    assert closed(None, "", LastError(code, "It is so.")).then is Then.FEW, "the network may have cut it just then"


@pytest.mark.parametrize(("code", "words"), [(1002, "protocol"), (1003, "no text"), (1007, "none"), (1009, "32 MiB")])
def test_what_can_not_be_read_is_no_line_that_was_cut(code: int, words: str) -> None:
    failure = explained(ConnectionClosedError(None, Close(code, "over size limit")), ENDPOINT, LastError())
    assert failure.then is Then.FEW
    assert failure.words.startswith(f"close {code}, the server ")
    assert words in failure.words
    assert failure.words.endswith(': "over size limit"')


@pytest.mark.parametrize("close", [1000, 1001, 1008, 4000])
def test_a_session_that_has_expired_is_followed_by_another(close: int) -> None:
    assert closed(close, "", LastError("session_expired", "60 minutes are over.")).then is Then.NOW


def test_a_server_that_refuses_and_hangs_on_is_left_with_its_words() -> None:
    failure = explained(SaidToGo(), ENDPOINT, LastError("invalid_api_key", "Incorrect key."), "sess_1")
    assert failure == Failure(
        Then.NEVER, 'the key was refused: check AZURE_OPENAI_API_KEY: "Incorrect key." [session sess_1]'
    )


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
    ],
)
def test_what_happens_on_the_way(error: Exception, then: Then, words: str) -> None:
    failure = explained(error, ENDPOINT, LastError())
    assert failure.then is then
    assert words in failure.words
    assert "secret" not in failure.words


@pytest.mark.parametrize(
    ("url", "error", "advice"),
    [
        ("wss://h", ConnectionResetError(), "begins with ws://"),
        ("wss://h", ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "begins with ws://"),
        ("wss://h", InvalidMessage("connection closed"), ""),
        ("ws://h", InvalidMessage("connection closed"), "begins with wss://"),
        ("ws://h", BrokenPipeError(), "begins with wss://"),
    ],
)
def test_an_address_that_may_encrypt_in_vain_or_not_is_told_of(url: str, error: Exception, advice: str) -> None:
    endpoint = endpoint_of("any", url, "m", "")
    words = explained(error, endpoint, LastError()).words
    assert words.endswith(advice)
    assert type(error).__name__ not in words
    assert "begins with" not in explained(error, endpoint, LastError(), "sess_1").words, "it was right before"


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("code", ["DeploymentNotFound", "OperationNotSupported"])
def test_a_model_that_nobody_named_is_not_quoted(status: int, code: str) -> None:
    body = json.dumps({"error": {"code": code, "message": "no"}}).encode()
    error = InvalidStatus(Response(status, "", Headers(), body))
    words = explained(error, endpoint_of("any", "ws://h", "", ""), LastError()).words
    assert words == f"HTTP {status}, it wants a model or deployment, and none was named: give --model"


def because(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


PROXY = Proxy(Secret("http://me:secret@proxy.example:8080"), "environment: https_proxy")


@pytest.mark.parametrize(
    ("cause", "then", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed"), Then.LATER, "nobody listens there: is it running?"),
        (socket.gaierror(-2, "Name or service not known"), Then.LATER, "has a host that does not exist"),
        (TimeoutError("timed out during opening handshake"), Then.LATER, "does not answer"),
        (OSError(113, "No route to host"), Then.LATER, "No route to host"),
        (OSError("Multiple exceptions: [Errno 113] a, [Errno 113] b"), Then.LATER, "No route to host"),
        (ssl.SSLEOFError("EOF occurred"), Then.LATER, "should it begin with http://?"),
        (ssl.SSLCertVerificationError("self-signed certificate"), Then.NEVER, "not trusted"),
        (InvalidProxyMessage("did not receive a valid HTTP response from proxy"), Then.LATER, "valid HTTP response"),
        (because(ProxyError("failed to connect"), ValueError("login failed")), Then.LATER, "failed: login failed"),
        (InvalidProxy("x", "port isn't valid"), Then.NEVER, "like http://host:port"),
        (ImportError("python-socks"), Then.NEVER, "pip install python-socks"),
        (InvalidProxyStatus(Response(407, "", Headers())), Then.NEVER, "wants a user and a password"),
        (InvalidProxyStatus(Response(403, "", Headers())), Then.NEVER, "refuses to lead there (HTTP 403)"),
        (InvalidProxyStatus(Response(502, "", Headers())), Then.LATER, "could not lead there (HTTP 502)"),
        (InvalidProxyStatus(Response(302, "", Headers())), Then.FEW, "HTTP 302"),
    ],
)
def test_what_a_proxy_does_is_blamed_on_it_and_not_on_the_endpoint(cause: Exception, then: Then, words: str) -> None:
    failure = explained(ProxyFailed(PROXY, cause), ENDPOINT, LastError())
    assert failure.then is then
    assert failure.words.startswith("the proxy http://proxy.example:8080 (environment: https_proxy) ")
    assert words in failure.words
    assert "secret" not in failure.words + str(ProxyFailed(PROXY, cause))


def test_a_fault_of_ours_is_no_fault_of_the_line() -> None:
    with pytest.raises(ZeroDivisionError):
        explained(ZeroDivisionError(), ENDPOINT, LastError())
    with pytest.raises(ZeroDivisionError):
        explained(ProxyFailed(PROXY, ZeroDivisionError()), ENDPOINT, LastError())


def test_pauses_double_up_to_half_a_minute_and_chance_spreads_them() -> None:
    assert [delay(n, 0.5) for n in range(1, 10)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert delay(5_000, 0.5) == LONGEST_S
    assert delay(3, 0.0) < delay(3, 0.5) < delay(3, 1.0)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (
            {"OPENAI_API_KEY": "sk-0123456789"},
            "none was sent: OPENAI_API_KEY is not sent to an address of your own, set VOICE_TUI_API_KEY",
        ),
        ({}, "a key is wanted, and none was sent: set VOICE_TUI_API_KEY"),
        ({"VOICE_TUI_API_KEY": "0123456789"}, "the key was refused: check VOICE_TUI_API_KEY"),
    ],
)
def test_a_401_says_which_key_was_sent_and_which_was_not(variables: dict[str, str], words: str) -> None:
    config, _ = load({"url": "ws://127.0.0.1:8000"}, variables)
    endpoint = choose(config)
    assert endpoint is not None
    refused = InvalidStatus(Response(401, "Unauthorized", Headers(), b""))
    assert explained(refused, endpoint, LastError()).words.endswith(words)
