"""The models that an endpoint says it has (``GET …/models``), when they end, and what time it is there.

It costs no tokens. Keys travel in headers, as at the handshake, and follow no redirection.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from voice_tui.drivers.route import ProxyFailed, proxy_for, trust
from voice_tui.endpoints.address import read
from voice_tui.endpoints.providers import Endpoint
from voice_tui.plain_text import one_line

MOST_BYTES = 4_000_000
MOST_MODELS = 5_000
END_FIELDS = ("inference", "deprecation", "deprecation_date", "shutdown_date", "retirement_date", "ends_at")
"""Where lists say when a model ends: a date, or seconds since 1970; Azure nests it in ``deprecation``."""
_KEPT = ("api-version",)  # of the query


@dataclass(frozen=True, slots=True)
class ModelList:
    """What came.

    Attributes:
        names: Of the models.
        ends: Their last days, where the list tells them.
        skew_s: So far the server's clock is ahead of ours, s, to the second; None: it does not tell the time.
        problem: Why there is no list, one line; "" for nothing.
    """

    names: frozenset[str] = frozenset()
    ends: Mapping[str, date] = field(default_factory=dict)
    skew_s: float | None = None
    problem: str = ""


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        """Follow none: the headers would go along, and with them the key."""


def list_url(endpoint: Endpoint) -> str:
    """Where the list is, beside the websocket; "" where nothing can be guessed."""
    address = read(endpoint.url)
    before, realtime, rest = address.path.rpartition("/realtime")
    if not realtime or rest or before.endswith("/voice-live"):
        return ""
    query = urlencode([(name, value) for name, value in address.query if name in _KEPT])
    scheme = "https" if address.scheme == "wss" else "http"
    return urlunsplit((scheme, address.host, f"{before}/models", query, ""))


def fetch(endpoint: Endpoint, now: Callable[[], float], limit_s: float) -> ModelList:
    """Ask for the list; blocks, so it is called on a thread.

    Args:
        endpoint: Its headers carry the key.
        now: The time of day, s since 1970.
        limit_s: For each step on the network, s.
    """
    url = list_url(endpoint)
    if not url:
        return ModelList(problem="this endpoint has no list of models")
    try:
        proxy = proxy_for(endpoint)
    except ProxyFailed as error:
        return ModelList(problem=str(error))
    address = proxy.address.reveal() if proxy else ""
    if address.startswith("socks"):
        return ModelList(problem="the list of models is not asked for through a SOCKS proxy")
    ways = ProxyHandler({urlsplit(url).scheme: address} if address else {})
    headers = {name: value.reveal() for name, value in endpoint.headers.items()}
    try:
        opener = build_opener(ways, HTTPSHandler(context=trust(endpoint)), _Stay())
        with opener.open(Request(url, headers=headers), timeout=limit_s) as answer:
            skew = _skew(answer.headers.get("Date", ""), now())
            return _read(answer.read(MOST_BYTES), skew)
    except HTTPError as error:
        with error:
            return ModelList(skew_s=_skew(error.headers.get("Date", ""), now()), problem=_status(error.code))
    except URLError as error:
        return ModelList(problem=one_line(error.reason))
    except (OSError, ValueError, http.client.HTTPException) as error:
        return ModelList(problem=one_line(error) or type(error).__name__)


def _status(code: int) -> str:
    phrase = HTTPStatus(code).phrase.lower() if code in set(HTTPStatus) else "no answer of the web"
    return f"HTTP {code}, {phrase}"


def _read(raw: bytes, skew: float | None) -> ModelList:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return ModelList(skew_s=skew, problem="what came is no JSON")
    rows = said.get("data") if isinstance(said, dict) else None
    if not isinstance(rows, list):
        return ModelList(skew_s=skew, problem="what came is no list of models")
    found = {one_line(row["id"], 120): row for row in rows[:MOST_MODELS] if isinstance(row, dict) and row.get("id")}
    ends = {name: end for name, row in found.items() if (end := _end(row)) is not None}
    return ModelList(frozenset(found), ends, skew)


def _end(row: Mapping[str, Any]) -> date | None:
    inner = row.get("deprecation")
    for fields in (inner, row) if isinstance(inner, dict) else (row,):
        for name in END_FIELDS:
            if (end := _day(fields.get(name))) is not None:
                return end
    return None


def _day(value: object) -> date | None:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC).date()
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _skew(said: str, now: float) -> float | None:
    try:
        return round(parsedate_to_datetime(said).timestamp() - now, 1)
    except (ValueError, TypeError, OverflowError):
        return None
