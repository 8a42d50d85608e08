"""A websocket on gevent: the library's own half without I/O (`websockets.client.ClientProtocol`) on a plain socket.

Sending never waits: 300 microphones hang on one clock, and one server that takes nothing must not hold the others up.
What a server does not take is kept, and after `MOST_WAITING` bytes the connection counts as lost.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
import msgspec
from gevent.monkey import get_original
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.frames import OK_CLOSE_CODES, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from voice_tui.drivers.route import trust
from voice_tui.drivers.transport import HANDSHAKE_TIMEOUT_S, MAX_MESSAGE_BYTES
from voice_tui.endpoints.providers import Endpoint
from voice_tui.plain_text import one_line

READ_BYTES = 64 * 1024
MOST_WAITING = 4 * 1024 * 1024
"""Bytes: a minute of a microphone."""
GOODBYE_S = 1.0
NOT_TAKEN = "not_taken"

library = logging.getLogger(f"{__name__}.websocket")
library.setLevel(logging.INFO)  # at its debug level it writes handshakes down, and a handshake holds the key

WOULD_BLOCK = (BlockingIOError, TimeoutError)
DO_NOT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)  # elsewhere gevent has told the socket itself


LONGEST_CODE = 60


class _Error(msgspec.Struct):
    code: str = ""


class _Body(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


class Refused(Exception):
    """The handshake was answered otherwise than by a connection.

    Attributes:
        code: The status, or the code in the answer's body where it has one.
        status: Of HTTP; 0 where nothing that is HTTP came.
        retry_after_s: So long it wants to be left alone, s; None: it did not say.
    """

    def __init__(self, code: str, status: int = 0, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code, self.status, self.retry_after_s = code, status, retry_after_s


class Wire:
    """One connection.

    Args:
        endpoint: Where to.
        receive: Takes each message.
        over: Takes why it ended: a close code, or the name of an error.
    """

    def __init__(self, endpoint: Endpoint, receive: Callable[[bytes], None], over: Callable[[str], None]) -> None:
        self._endpoint, self._receive, self._over = endpoint, receive, over
        uri = parse_uri(endpoint.url)
        self._uri = uri
        self._protocol = ClientProtocol(uri, max_size=MAX_MESSAGE_BYTES, logger=library)
        self._socket: Any = None
        self._direct: Any = None  # the same one without gevent, which looks at timeouts twice a frame
        self._parts: list[bytes] = []
        self._waiting = bytearray()
        self._reader: Any = None
        self._writer: Any = None
        self._ended = False

    # ---- begin and end

    def open(self) -> None:
        """Shake hands.

        Raises:
            Refused: It did not become a connection.
        """
        try:
            with gevent.Timeout(HANDSHAKE_TIMEOUT_S, TimeoutError()):
                self._shake_hands()
        except InvalidStatus as error:
            raise refusal(error.response) from None
        except InvalidHandshake as error:
            raise Refused(type(error).__name__) from None
        except TimeoutError:
            raise Refused("handshake_timeout") from None
        except OSError as error:
            raise Refused(type(error).__name__) from None
        finally:
            if self._protocol.state is not State.OPEN:
                self._hang_up()
        self._reader = gevent.spawn(self._read)

    def _shake_hands(self) -> None:
        uri = self._uri
        plain = socket.create_connection((uri.host, uri.port), timeout=None)
        self._socket = plain
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        if context := trust(self._endpoint):
            self._socket = context.wrap_socket(plain, server_hostname=uri.host)
        else:
            self._direct = get_original("socket", "socket")(fileno=plain.fileno())
        request = self._protocol.connect()
        headers: Headers = request.headers
        for name, secret in self._endpoint.headers.items():
            headers[name] = secret.reveal()
        self._protocol.send_request(request)
        self._socket.sendall(b"".join(self._protocol.data_to_send()))
        while self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None:
            if not (data := self._socket.recv(READ_BYTES)):
                self._protocol.receive_eof()
                break
            self._protocol.receive_data(data)
        if self._protocol.handshake_exc is not None:
            raise self._protocol.handshake_exc
        if self._protocol.state is not State.OPEN:
            raise ConnectionResetError

    def close(self) -> None:
        """Say goodbye, and wait a little for that of the other side."""
        self._ended = True
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1000)
            self._flush()
            if self._reader is not None and self._reader is not gevent.getcurrent():
                self._reader.join(GOODBYE_S)
        self._hang_up()

    def _end(self, why: str) -> None:
        if not self._ended:
            self._ended = True
            self._hang_up()
            self._over(why)

    def _hang_up(self) -> None:
        for task in (self._reader, self._writer):
            if task is not None and task is not gevent.getcurrent():
                task.kill(block=False)
        if self._direct is not None:
            self._direct.detach()
            self._direct = None
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()

    # ---- out

    def send(self, message: bytes) -> None:
        """Send a message as text, at once or as soon as the other side takes it."""
        if self._protocol.state is State.OPEN and not self._ended:
            self._protocol.send_text(message)
            self._flush()

    def _flush(self) -> None:
        data = self._protocol.data_to_send()
        if self._waiting:
            self._waiting += b"".join(data)
            if len(self._waiting) > MOST_WAITING:
                self._end(NOT_TAKEN)
            return
        for piece in data:
            if piece and not self._waiting:
                piece = piece[self._send_now(piece) :]
            self._waiting += piece
        if self._waiting:
            self._writer = gevent.spawn(self._write)

    def _send_now(self, data: bytes) -> int:
        """Send now what is taken at once; gives how many bytes that was."""
        try:
            return int(self._direct.send(data, DO_NOT_WAIT) if self._direct is not None else self._send_enclosed(data))
        except WOULD_BLOCK:
            return 0
        except OSError:  # who reads says why
            return len(data)

    def _send_enclosed(self, data: bytes) -> int:
        """The same through TLS."""
        self._socket.settimeout(0.0)
        try:
            return int(self._socket.send(data))
        finally:
            self._socket.settimeout(None)

    def _write(self) -> None:
        with suppress(OSError):
            while self._waiting:
                del self._waiting[: self._socket.send(bytes(self._waiting[:READ_BYTES]))]

    # ---- in

    def _read(self) -> None:
        try:
            self._take_all()  # the first words may have come with the handshake
            while self._protocol.state is State.OPEN and (data := self._socket.recv(READ_BYTES)):
                self._protocol.receive_data(data)
                self._take_all()
                self._flush()  # pongs
            self._end(self._close_code())
        except OSError as error:
            self._end(type(error).__name__)

    def _take_all(self) -> None:
        for frame in self._protocol.events_received():
            self._take(frame)

    def _take(self, frame: Frame | Response | Any) -> None:
        if not isinstance(frame, Frame) or frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if frame.fin and not self._parts:
            self._receive(bytes(frame.data))
            return
        self._parts.append(bytes(frame.data))
        if frame.fin:
            whole, self._parts = b"".join(self._parts), []
            self._receive(whole)

    def _close_code(self) -> str:
        code = self._protocol.close_rcvd.code if self._protocol.close_rcvd else None
        return "closed" if code in OK_CLOSE_CODES else f"closed_{code or 1006}"


def refusal(response: Response) -> Refused:
    """What a status says, with the code in its body where there is one."""
    code, after = str(response.status_code), response.headers.get("Retry-After", "")
    with suppress(msgspec.DecodeError):
        code = msgspec.json.decode(response.body or b"", type=_Body).error.code or code
    return Refused(one_line(code)[:LONGEST_CODE], response.status_code, float(after) if after.isdecimal() else None)
