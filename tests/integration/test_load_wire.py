"""A connection of a load over real sockets, plain and within TLS, with a server that takes nothing for a while."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("gevent", reason="the load extra is not installed")

from websockets.sync.server import ServerConnection, serve

from tests.support.environment import environment
from voice_tui.load.wire import NOT_TAKEN

pytestmark = pytest.mark.wall_clock

AUTHORITY = Path(__file__).parents[1] / "data" / "certificates" / "authority.pem"
ENDS_S = 60
SOME, TOO_MANY = 60, 2_000
"""Messages of 50 kB: less than is kept for a server that takes nothing, and much more."""
CLIENT = """
from gevent import monkey; monkey.patch_all()
import sys
import gevent
from voice_tui.endpoints.providers import Endpoint
from voice_tui.load.wire import Wire

url, authority, count = sys.argv[1:]
answers, over = [], []
wire = Wire(Endpoint("any", url, "", authorities=authority), answers.append, over.append)
wire.open()
switches = []
gevent.spawn(switches.append, 1)  # whoever waits lets others run
for number in range(int(count)):
    wire.send(b"%06d" % number + bytes(50_000))
    if over:
        break
print(over[0] if over else "sent", len(switches), flush=True)
while not (answers or over):
    gevent.sleep(0.01)
print(*answers, flush=True)
wire.close()
"""


class Server:
    """One that takes nothing until it is told to, and then answers with the order in which it all came."""

    def __init__(self) -> None:
        self.takes = threading.Event()

    def talk(self, connection: ServerConnection) -> None:
        self.takes.wait(ENDS_S)
        numbers = [int(connection.recv()[:6]) for _ in range(SOME)]
        connection.send(b"in order" if numbers == list(range(SOME)) else repr(numbers))


@contextmanager
def serving(scheme: str) -> Iterator[tuple[Server, str]]:
    context, server = None, Server()
    if scheme == "wss":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(AUTHORITY, AUTHORITY.with_name("key.pem"))
    with serve(server.talk, "127.0.0.1", 0, ssl=context, max_size=None) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield server, f"{scheme}://localhost:{listening.socket.getsockname()[1]}/"
        finally:
            server.takes.set()
            listening.shutdown()
            thread.join(ENDS_S)


@contextmanager
def client(folder: Path, url: str, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", CLIENT, url, str(AUTHORITY), str(count)]
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_sending_waits_for_nobody_and_what_waits_arrives_in_order(tmp_path: Path, scheme: str) -> None:
    with serving(scheme) as (server, url), client(tmp_path, url, SOME) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sent 0\n"
        server.takes.set()
        assert process.stdout.readline() == "b'in order'\n"
        assert process.wait(ENDS_S) == 0


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_server_that_takes_nothing_at_all_is_lost(tmp_path: Path, scheme: str) -> None:
    with serving(scheme) as (_, url), client(tmp_path, url, TOO_MANY) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{NOT_TAKEN} 0\n"
