"""What is said and done when a connection can't be opened, or ends.

The causes (`causes.py`) come from three places: the HTTP status of the handshake with its body, the code of a close
with the error event before it, and the errors of network, certificate and proxy.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidProxyStatus, InvalidStatus
from websockets.http11 import Response

from voice_tui.drivers.causes import (
    ANY_PROXY_STATUS,
    ANY_STATUS,
    CLOSE,
    HUNDREDS,
    KEY,
    KEYLESS,
    NETWORK,
    PROXY,
    PROXY_STATUS,
    STATUS,
    UNNAMED,
    UNREADABLE,
    Then,
    by_code,
)
from voice_tui.drivers.route import ProxyFailed
from voice_tui.endpoints.address import shown
from voice_tui.endpoints.providers import Endpoint
from voice_tui.plain_text import one_line

__all__ = ["Failure", "LastError", "SaidToGo", "Then", "delay", "explained", "reason", "request_of"]

FIRST_S, LONGEST_S = 0.5, 30.0  # the pause before a try doubles from one to the other
JITTER = 0.25  # ... give or take such a share of it
STEADY_S = 30.0  # so long a session has to live before the pauses begin anew
FEW_TRIES = 3
LONGEST_WISH_S = 600.0  # a server that wants to be left alone for longer is asked again after so long
SHORTEST_SECRET = 8  # what is shorter ("Bearer") would also hide words
REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ms-request-id", "request-id")
REGION = "x-ms-region"
KEY_HEADERS = ("Authorization", "api-key")


class SaidToGo(Exception):
    """The first word of a server was that it can't be used, and it hangs on."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a connection is not there.

    Attributes:
        then: Whether another try may help.
        words: What happened and what to do, one line.
        after_s: The server asked to be left alone for so long.
    """

    then: Then
    words: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class LastError:
    """The error event before a close: its code and its words; "" for none."""

    code: str = ""
    words: str = ""

    @property
    def final(self) -> bool:
        """No other try would help."""
        return (by_code(self.code) or (None,))[0] is Then.NEVER


def explained(error: Exception, endpoint: Endpoint, last: LastError, session: str = "", request: str = "") -> Failure:
    """What an error of a connection means.

    Args:
        error: What opening or reading raised.
        endpoint: Where to.
        last: What the server said just before.
        session: The id of the session that ended, "" for none.
        request: What the endpoint called the connection at its handshake, "" for nothing.

    Raises:
        Exception: It is no error of a connection.
    """
    if isinstance(error, InvalidStatus):
        failure = _refused(error.response, endpoint)
    elif isinstance(error, ConnectionClosed):
        failure = _closed(error, endpoint, last, _ids(request, session))
    elif isinstance(error, SaidToGo):
        then, words = by_code(last.code) or (Then.FEW, "the server refused the session")
        failure = Failure(then, f"{_filled(words, endpoint)}{_quoted(last.words)}{_ids(request, session)}")
    elif isinstance(error, ProxyFailed):
        cause = _cause(error.cause)
        then, words = _proxy(cause)
        failure = Failure(then, f"the proxy {error.proxy} {_filled(words, endpoint, cause)}")
    else:
        cause = _cause(error)
        row = next((row for row in NETWORK if isinstance(cause, row[0])), None)
        if row is None:
            raise error
        failure = Failure(
            row[1], _filled(row[2], endpoint, cause, lived=bool(request or session)) + _ids(request, session)
        )
    return replace(failure, words=_without_secrets(failure.words, endpoint))


def reason(error: Exception, endpoint: Endpoint, last: LastError) -> str:
    """Why something could not be done, for a log: what an error of a connection means, or what any other one says."""
    try:
        return explained(error, endpoint, last).words
    except Exception:  # it is none of a connection
        return one_line(_without_secrets(": ".join(filter(None, (type(error).__name__, str(error)))), endpoint))


def delay(failures: int, chance: float) -> float:
    """The pause before the next try, s.

    Args:
        failures: How many there were in a row, at least 1.
        chance: 0 to 1.
    """
    return min(FIRST_S * 2.0 ** min(failures - 1, 16), LONGEST_S) * (1 + JITTER * (2 * chance - 1))


def request_of(headers: Mapping[str, str]) -> str:
    """What an endpoint calls a request, and where it was served, for its support; "" where it says nothing."""
    said = [headers[name] for name in REQUEST_IDS if name in headers][:1]
    said += [f"in {headers[REGION]}"] if REGION in headers else []
    return " ".join(one_line(each, 80) for each in said)


def _refused(response: Response, endpoint: Endpoint) -> Failure:
    status = response.status_code
    code, message = _body(bytes(response.body or b""))
    then, words = STATUS.get(status) or HUNDREDS.get(status // 100) or ANY_STATUS
    known = by_code(code)
    if known is not None:
        then, words = known
    if status == HTTPStatus.UNAUTHORIZED and "api-version=" in endpoint.url and "/openai/v1/" in endpoint.url:
        words = "a v1 address takes no api-version: leave it out"
    words = _filled(words, endpoint, place=_place(response.headers.get("Location", "")))
    said = "" if known else _quoted(message, ' ("{}")')
    after = _wish(response.headers) if then is Then.LATER else None
    return Failure(then, f"HTTP {status}, {words}{said}{_ids(request_of(response.headers), '')}", after)


def _closed(error: ConnectionClosed, endpoint: Endpoint, last: LastError, ids: str) -> Failure:
    if error.sent and error.sent.code in UNREADABLE and not error.rcvd_then_sent:
        words = f"{UNREADABLE[error.sent.code]}{_quoted(one_line(error.sent.reason))}"
        return Failure(Then.FEW, f"close {error.sent.code}, {words}{ids}")
    code = error.rcvd.code if error.rcvd else 1006
    reason = one_line(error.rcvd.reason) if error.rcvd else ""
    then, words = CLOSE.get(code, (Then.FEW, "the server hung up"))
    known = by_code(last.code) or by_code(reason.rpartition(".")[2])
    if known is not None:
        # Without a goodbye the network may have cut the line just then: a few tries tell.
        then, words = known if error.rcvd or known[0] is not Then.NEVER else (Then.FEW, known[1])
    return Failure(then, f"close {code}, {_filled(words, endpoint)}{_quoted(reason or one_line(last.words))}{ids}")


def _proxy(cause: Exception) -> tuple[Then, str]:
    if isinstance(cause, InvalidProxyStatus):
        status = cause.response.status_code
        then, words = PROXY_STATUS.get(status) or PROXY_STATUS.get(status // 100) or ANY_PROXY_STATUS
        return then, words.replace("{status}", str(status))
    row = next((row for row in PROXY if isinstance(cause, row[0])), None)
    if row is None:
        raise cause
    return row[1:]


def _cause(error: Exception) -> Exception:
    """Several addresses of one host that failed alike failed as one."""
    numbers = set(re.findall(r"\[Errno (\d+)\]", str(error)))
    if not isinstance(error, OSError) or error.errno is not None or len(numbers) != 1:
        return error
    number = int(numbers.pop())
    return OSError(number, os.strerror(number))


def _without_secrets(words: str, endpoint: Endpoint) -> str:
    """Secrets are hidden, and the beginning of one where a text was cut within it."""
    for secret in endpoint.headers.values():
        for part in secret.reveal().split():
            for kept in range(len(part), SHORTEST_SECRET - 1, -1):
                cut = "…" if kept < len(part) else ""
                words = words.replace(part[:kept] + cut, "…")
    return words


def _body(raw: bytes) -> tuple[str, str]:
    """Code and message of a body, "" where there is none: OpenAI's shape, others', or a short plain text."""
    text = raw.decode("utf-8", "replace").strip()
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return "", "" if text.startswith("<") else one_line(text)
    said: Any = body
    if isinstance(body, dict):
        said = next((body[name] for name in ("error", "detail", "message") if body.get(name)), None)
    fields = said if isinstance(said, dict) else body if isinstance(body, dict) else {}
    codes = [one_line(fields[name]) for name in ("code", "type") if isinstance(fields.get(name), str | int)]
    code = next((code for code in codes if by_code(code)), codes[0] if codes else "")
    message = next((fields[n] for n in ("message", "detail") if isinstance(fields.get(n), str)), None)
    return code, one_line(said if message is None and said else message or "")


def _filled(
    words: str,
    endpoint: Endpoint,
    error: Exception | None = None,
    place: str = "elsewhere",
    *,
    lived: bool = False,  # it was connected before: its address was right
) -> str:
    if error is not None and isinstance(error.__cause__, Exception) and str(error.__cause__):
        error = error.__cause__  # libraries say what they did, and only its cause says why that failed
    said = one_line(error.strerror if isinstance(error, OSError) and error.strerror else error)
    if not endpoint.model and "{model" in words:
        words = UNNAMED
    if words == KEY and not any(name in endpoint.headers for name in KEY_HEADERS):
        words = KEYLESS
    encrypts = endpoint.url.startswith("wss:")
    return words.format(
        key=endpoint.key_name or "the key",
        withheld=_withheld(endpoint.withheld),
        model=endpoint.model,
        error=said or type(error).__name__,
        place=place,
        plain=": if it does not encrypt, its address begins with ws://" if encrypts and not lived else "",
        encrypted="" if encrypts or lived else ": if it encrypts, its address begins with wss://",
    )


def _withheld(names: tuple[str, ...]) -> str:
    verb = "is" if len(names) == 1 else "are"
    return f"{' and '.join(names)} {verb} not sent to an address of your own, " if names else ""


def _quoted(said: str, frame: str = ': "{}"') -> str:
    return frame.replace("{}", said) if said else ""


def _place(location: str) -> str:
    return f"to {one_line(shown(location), 160)}" if location else "elsewhere"


def _wish(headers: Mapping[str, str]) -> float | None:
    """How long a server wants to be left alone, s; None: it does not say so that it can be read.

    A date counts from the server's own: no clock of ours has to agree with it.
    """
    if (ms := headers.get("retry-after-ms", "").strip()).isdecimal():
        return min(int(ms) / 1000, LONGEST_WISH_S)
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return min(float(text), LONGEST_WISH_S)
    try:
        seconds = (parsedate_to_datetime(text) - parsedate_to_datetime(headers["Date"])).total_seconds()
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WISH_S)


def _ids(request: str, session: str) -> str:
    known = [f"{name} {one_line(value, 160)}" for name, value in (("request", request), ("session", session)) if value]
    return f" [{', '.join(known)}]" if known else ""
