"""Real sockets where they are the point: a proxy, a certificate of one's own, and a redirection."""

import asyncio
import base64
import http
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidProxyStatus, InvalidStatus
from websockets.http11 import Request, Response

from voice_tui.drivers.failures import LastError, explained
from voice_tui.drivers.route import ProxyFailed
from voice_tui.drivers.transport import websocket
from voice_tui.endpoints.providers import Endpoint
from voice_tui.secret import Secret

pytestmark = pytest.mark.wall_clock

CERTIFICATES = Path(__file__).parents[1] / "data" / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"
KEY = {"api-key": Secret("key-0123456789")}
PASSWORD = "hunter22"


async def greet(socket: ServerConnection) -> None:
    await socket.send(b"hello")
    await socket.wait_closed()


@asynccontextmanager
async def server(**options: object) -> AsyncIterator[int]:
    async with serve(greet, "127.0.0.1", 0, **options) as served:  # type: ignore[arg-type]
        yield next(iter(served.sockets)).getsockname()[1]


class Proxy:
    """An HTTP proxy that leads every name to one port of this machine, and keeps what it was asked."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        wanted = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
        if f"Proxy-Authorization: Basic {wanted}" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            writer.close()
            return
        onward, back = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(self._copy(reader, back), self._copy(onward, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()


@asynccontextmanager
async def proxied(port: int) -> AsyncIterator[tuple[Proxy, str]]:
    proxy = Proxy(port)
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with listening:
        yield proxy, f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(AUTHORITY, CERTIFICATES / "key.pem")
    return context


async def said(endpoint: Endpoint) -> bytes:
    async with websocket(endpoint) as transport:
        return await transport.receive()


@pytest.mark.parametrize("secure", [False, True])
async def test_through_a_proxy_that_wants_a_password(secure: bool) -> None:
    async with server(ssl=certificate() if secure else None) as port, proxied(port) as (proxy, address):
        endpoint = Endpoint(
            "any",
            f"{'wss' if secure else 'ws'}://endpoint.example/x",
            "",
            KEY,
            proxy=Secret(f"http://me:{PASSWORD}@{address}"),
            authorities=str(AUTHORITY) if secure else "",
        )
        assert await said(endpoint) == b"hello"
    (asked,) = proxy.asked
    assert asked.startswith(f"CONNECT endpoint.example:{443 if secure else 80} ")
    assert "key-0123456789" not in asked


async def test_a_proxy_that_refuses_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server() as port, proxied(port) as (_, address):
        monkeypatch.setenv("https_proxy", f"http://{address}")
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(ProxyFailed, match=r"\(environment: https_proxy\)") as failed:
            await said(Endpoint("any", "ws://endpoint.example/x", ""))
        assert isinstance(failed.value.cause, InvalidProxyStatus)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
async def test_a_proxy_that_is_not_there_is_blamed_and_the_endpoint_is_not(host: str) -> None:
    endpoint = Endpoint("any", "ws://endpoint.example/x", "", KEY, proxy=Secret(f"http://me:{PASSWORD}@{host}:9"))
    with pytest.raises(ProxyFailed) as failed:
        await said(endpoint)
    words = explained(failed.value, endpoint, LastError()).words
    assert words.startswith(f"the proxy http://{host}:9 ")
    assert PASSWORD not in words


async def test_what_goes_wrong_behind_a_proxy_is_the_endpoints() -> None:
    def refuse(socket: ServerConnection, _: Request) -> Response:
        return socket.respond(http.HTTPStatus.UNAUTHORIZED, "")

    async with server(process_request=refuse) as port, proxied(port) as (_, address):
        endpoint = Endpoint("any", "ws://endpoint.example/x", "", proxy=Secret(f"http://me:{PASSWORD}@{address}"))
        with pytest.raises(InvalidStatus, match="401"):
            await said(endpoint)


async def test_this_machine_is_reached_without_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server() as port, proxied(port) as (proxy, address):
        for name in ("http_proxy", "https_proxy", "ws_proxy"):
            monkeypatch.setenv(name, f"http://{address}")
        assert await said(Endpoint("embedded", f"ws://127.0.0.1:{port}/v1/realtime", "")) == b"hello"
    assert proxy.asked == []


async def test_a_certificate_of_ones_own_is_trusted_where_it_is_named() -> None:
    async with server(ssl=certificate()) as port:
        url = f"wss://localhost:{port}/x"
        with pytest.raises(ssl.SSLCertVerificationError):
            await said(Endpoint("any", url, ""))
        assert await said(Endpoint("any", url, "", authorities=str(AUTHORITY))) == b"hello"


async def test_a_redirection_is_not_followed_for_the_key_would_go_along() -> None:
    reached: list[Request] = []

    def other(_: ServerConnection, request: Request) -> None:
        reached.append(request)

    async with server(process_request=other) as elsewhere:

        def redirect(socket: ServerConnection, _: Request) -> Response:
            answer = socket.respond(http.HTTPStatus.TEMPORARY_REDIRECT, "")
            answer.headers["Location"] = f"ws://127.0.0.1:{elsewhere}/x"
            return answer

        async with server(process_request=redirect) as port:
            with pytest.raises(InvalidStatus, match="307"):
                await said(Endpoint("any", f"ws://127.0.0.1:{port}/x", "", KEY))
    assert reached == []
