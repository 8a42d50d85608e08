"""Who may come in."""

from __future__ import annotations

import json

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request

from voice_tui.secret import Secret
from voice_tui.server.entrance import Entrance, origin

KEY = "sesame-ä"
RAW = KEY.encode().decode("latin-1")  # as the library reads it
LOCKED = Entrance(Secret(KEY))
PATH = "/v1/realtime?model=m"


def status(entrance: Entrance, *headers: tuple[str, str], path: str = PATH, sessions: int = 0) -> int:
    """What a handshake gets; 101: it comes in."""
    given = Headers()
    for name, value in headers:
        given[name] = value
    refusal = entrance.refusal(Request(path, given), sessions)
    if refusal is None:
        return 101
    assert json.loads(refusal.body or b"")["error"]["message"]
    assert KEY not in repr(refusal)
    assert ("Retry-After" in refusal.headers) == (refusal.status_code == 503)
    return refusal.status_code


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.7", "example.org", "localhost.example.org"])
def test_where_others_can_reach_it_a_key_is_needed(host: str) -> None:
    assert "VOICE_TUI_SERVE_KEY" in Entrance().objection(host)
    assert LOCKED.objection(host) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_this_machine_none_is_needed(host: str) -> None:
    assert Entrance().objection(host) == ""


@pytest.mark.parametrize(
    "header",
    [
        ("Authorization", f"Bearer {RAW}"),
        ("authorization", f"bearer  {RAW}"),
        ("api-key", RAW),
        ("Sec-WebSocket-Protocol", f"realtime, openai-insecure-api-key.{RAW}, openai-beta.realtime-v1"),
    ],
)
def test_the_key_opens_in_every_place_where_clients_put_it(header: tuple[str, str]) -> None:
    assert status(LOCKED, header) == 101
    assert status(LOCKED, (header[0], header[1].replace(RAW, RAW + "x"))) == 401
    assert status(LOCKED, ("api-key", "wrong"), ("api-key", ""), header) == 101


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Authorization", RAW),),
        (("Authorization", "Bearer"),),
        (("Authorization", f"Basic {RAW}"),),
        (("api-key", ""),),
        (("api-key", RAW[:-1]),),
        (("Sec-WebSocket-Protocol", f"realtime, {RAW}"),),
    ],
)
def test_nothing_else_does(headers: tuple[tuple[str, str], ...]) -> None:
    assert status(LOCKED, *headers) == 401
    assert status(LOCKED, *headers, path=f"{PATH}&api-key={KEY}") == 401
    assert status(Entrance(), *headers) == 101


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(LOCKED)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000", "file://", ""])
def test_a_web_page_stays_outside_unless_it_is_named(origin: str) -> None:
    assert status(Entrance(), ("Origin", origin)) == 403
    allowed = Entrance(origins=frozenset({origin}))
    assert status(allowed, ("Origin", origin)) == 101
    assert status(allowed, ("Origin", f"{origin}.evil.example")) == 403
    assert status(allowed, ("Origin", origin), ("Origin", "https://other.example")) == 403


def test_so_many_sessions_and_no_more() -> None:
    few = Entrance(max_sessions=2)
    assert [status(few, sessions=inside) for inside in (0, 1, 2, 3)] == [101, 101, 503, 503]


def test_whoever_has_no_key_learns_nothing_else() -> None:
    assert status(LOCKED, path="/elsewhere", sessions=1_000) == 401
    assert status(LOCKED, ("api-key", RAW), path="/elsewhere") == 404


@pytest.mark.parametrize("path", ["http://[::1/v1/realtime", "//[", "", "*", "/v1/realtime/", "/v1/realtime#"])
def test_what_is_no_address_of_ours_is_not_found(path: str) -> None:
    assert status(Entrance(), path=path) == (101 if path.endswith("#") else 404)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("HTTPS://Example.ORG/", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ("null", "null"),
    ],
)
def test_a_page_is_named_as_browsers_name_it(given: str, named: str) -> None:
    assert origin(given) == named
    assert status(Entrance(origins=frozenset({origin(given)})), ("Origin", named)) == 101


@pytest.mark.parametrize("given", ["", "nosuch", "localhost:3000", "*", "http://a.example/page", "http://", "a b://c"])
def test_what_no_browser_names_so_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="such as http://localhost:3000"):
        origin(given)
