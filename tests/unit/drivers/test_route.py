"""Through which proxy an endpoint is reached, and whom it trusts."""

import sys
from pathlib import Path

import pytest
from websockets.exceptions import InvalidProxy

from voice_tui.drivers.route import Proxy, ProxyFailed, certificate_problem, proxy_for, trust, way
from voice_tui.endpoints.providers import Endpoint
from voice_tui.secret import Secret
from voice_tui.settings.choice import choose
from voice_tui.settings.config import load

AUTHORITY = Path(__file__).parents[2] / "data" / "certificates" / "authority.pem"
FAR, FAR_PLAIN = Endpoint("any", "wss://h/x", ""), Endpoint("any", "ws://h/x", "")
NEAR = [f"ws://{host}:1/x" for host in ("127.0.0.1", "127.8.8.8", "[::1]", "localhost")]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "socks_proxy", "ws_proxy", "wss_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("url", NEAR)
@pytest.mark.parametrize("variable", ["http_proxy", "https_proxy", "socks_proxy", "ws_proxy"])
def test_loopback_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch, url: str, variable: str) -> None:
    monkeypatch.setenv(variable, "http://proxy:1")
    assert proxy_for(Endpoint("embedded", url, "", proxy=Secret("http://other:1"))) is None


def test_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for(FAR) is None
    monkeypatch.setenv("https_proxy", "http://proxy:1")
    assert proxy_for(FAR) == Proxy(Secret("http://proxy:1"), "environment: https_proxy")
    mine = Endpoint("any", "wss://h/x", "", proxy=Secret("http://mine:2"), proxy_origin="environment: VOICE_TUI_PROXY")
    assert proxy_for(mine) == Proxy(Secret("http://mine:2"), "environment: VOICE_TUI_PROXY")
    monkeypatch.setenv("no_proxy", "h")
    assert proxy_for(FAR) is None


@pytest.mark.parametrize(
    "address",
    [
        "proxy:8080",
        "ftp://me:hunter22@proxy",
        "http://me:hunter22@proxy:x",
        "http://proxy/path?hunter22",
        "http://me@p",
    ],
)
def test_a_proxy_that_can_not_be_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("http_proxy", address)
    with pytest.raises(ProxyFailed) as refused:
        proxy_for(FAR_PLAIN)
    assert "(environment: http_proxy)" in str(refused.value)
    assert "hunter22" not in str(refused.value)
    assert isinstance(refused.value.cause, InvalidProxy)


@pytest.mark.parametrize(
    ("variables", "url", "origin"),
    [
        ({"HTTPS_PROXY": "http://proxy:1"}, "wss://h/x", "environment: HTTPS_PROXY"),
        ({"https_proxy": "http://proxy:1", "HTTPS_PROXY": "http://proxy:1"}, "wss://h/x", "environment: https_proxy"),
        ({"http_proxy": "http://proxy:1", "https_proxy": "http://proxy:2"}, "wss://h/x", "environment: https_proxy"),
        ({"http_proxy": "http://proxy:1"}, "ws://h/x", "environment: http_proxy"),
    ],
)
def test_the_variable_is_known_that_a_proxy_came_from(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, origin: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (found := proxy_for(Endpoint("any", url, ""))) is not None
    assert found.origin == origin


def test_a_proxy_of_the_configuration_says_where_it_was_set(tmp_path: Path) -> None:
    (file := tmp_path / "config.toml").write_text(
        '[endpoints.work]\nurl = "wss://h/v1/realtime"\nproxy = "http://p:1"\n'
    )
    for flags, variables, origin in (
        ({"url": "wss://h/x", "proxy": "http://p:1"}, {}, "command line: proxy"),
        ({"url": "wss://h/x"}, {"VOICE_TUI_PROXY": "http://p:1"}, "environment: VOICE_TUI_PROXY"),
        ({"endpoint": "work"}, {}, f"{file}: endpoints.work: proxy"),
    ):
        endpoint = choose(load(flags, variables, config_file=file)[0])
        assert endpoint is not None
        assert str(proxy_for(endpoint)) == f"http://p:1 ({origin})"


def test_a_socks_proxy_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("socks_proxy", "socks5://me:hunter22@proxy:1")
    monkeypatch.setattr("voice_tui.drivers.route.find_spec", lambda name: None)
    with pytest.raises(ProxyFailed, match="socks5://proxy:1") as refused:
        proxy_for(FAR)
    assert isinstance(refused.value.cause, ImportError)
    monkeypatch.setattr("voice_tui.drivers.route.find_spec", lambda name: sys)
    assert proxy_for(FAR) == Proxy(Secret("socks5://me:hunter22@proxy:1"), "environment: socks_proxy")


def test_ones_own_certificates_are_trusted_beside_the_usual_ones() -> None:
    usual, more = trust(FAR), trust(Endpoint("any", "wss://h/x", "", authorities=str(AUTHORITY)))
    assert usual is not None
    assert more is not None
    assert more.cert_store_stats()["x509_ca"] == usual.cert_store_stats()["x509_ca"] + 1
    assert trust(FAR_PLAIN) is None


def test_they_hold_for_a_proxy_as_well() -> None:
    through = Endpoint("any", "wss://h/x", "", proxy=Secret("https://proxy:1"), authorities=str(AUTHORITY))
    arguments = way(through, proxy_for(through))
    assert arguments["proxy_ssl"] is arguments["ssl"]
    assert arguments["proxy"] == "https://proxy:1"
    assert "proxy_ssl" not in way(FAR, None)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "ca"])
def test_a_file_without_certificates_is_named(tmp_path: Path, name: str) -> None:
    def problem(path: Path, url: str = "wss://h/x") -> str:
        named = Endpoint("any", url, "", authorities="" if name == "SSL_CERT_FILE" else str(path))
        return certificate_problem(named, {"SSL_CERT_FILE": str(path)} if name == "SSL_CERT_FILE" else {})

    (empty := tmp_path / "empty.pem").write_text("nothing\n")
    assert problem(tmp_path / "none.pem") == f"{name}: {tmp_path / 'none.pem'}: No such file or directory"
    assert problem(empty) == f"{name}: {empty}: it holds no certificates, give a PEM file"
    assert problem(AUTHORITY) == ""
    assert problem(empty, "ws://h/x") == ""
