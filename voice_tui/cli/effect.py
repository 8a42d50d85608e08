"""What was given on the command line and does nothing at the endpoint that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from voice_tui.cli.options import switch_of
from voice_tui.endpoints.address import loopback
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.settings.config import Config
from voice_tui.settings.values import ECHO

_EMBEDDED = Endpoint("embedded", "ws://127.0.0.1", "")


def _embedded(_: Config, endpoint: Endpoint) -> bool:
    return endpoint.provider == "embedded"


def _elsewhere(_: Config, endpoint: Endpoint) -> bool:
    return endpoint.provider != "embedded"


_ROWS: tuple[tuple[str, Callable[[Config, Endpoint], bool], str], ...] = (
    ("brain_url", _elsewhere, "only the embedded server has a brain"),
    ("brain_model", _elsewhere, "only the embedded server has a brain"),
    ("brain_model", lambda config, _: config.brain_url in ("", ECHO), "give a URL with --brain as well"),
    ("model", _embedded, "the embedded server has a brain of its own, see --brain"),
    ("entra", lambda _, endpoint: not PROVIDERS[endpoint.provider].entra, "only Azure takes a sign-in with Entra ID"),
    ("proxy", lambda _, endpoint: loopback(endpoint.url), "this machine is never reached through one"),
    ("ca", lambda _, endpoint: not endpoint.url.startswith("wss:"), "only wss:// has a certificate"),
)
"""An option, where it does nothing, and why; the first row that fits counts."""


def without_effect(given: Mapping[str, object], config: Config, endpoint: Endpoint | None) -> Iterable[str]:
    """A line for each option that does nothing; what stands in a file or a variable may be for another day.

    Args:
        given: Command line values by field name; None or empty where an option was not given.
        config: Of this run.
        endpoint: What was chosen; None: the embedded server.
    """
    chosen = endpoint or _EMBEDDED
    reasons: dict[str, str] = {}
    for name, idle, why in _ROWS:
        if given.get(name) and idle(config, chosen):
            reasons.setdefault(name, why)
    return (f"{switch_of(name)} does nothing here: {why}" for name, why in reasons.items())
