"""Where spans go to: read from the environment, by the names that OpenTelemetry gives its variables."""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from urllib.parse import urlsplit

from voice_tui.drivers.telemetry import Carrier, Telemetry

log = logging.getLogger(__name__)

VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The first that is set counts."""
CONTENT = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
OFF = "OTEL_SDK_DISABLED"
PACKAGES = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")


class NoReceiver(Exception):
    """Spans can't be sent; the text is one line that says why."""


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """The environment names a receiver."""
    return environment.get(OFF, "").lower() != "true" and any(environment.get(name) for name in VARIABLES)


def with_content(environment: Mapping[str, str] = os.environ) -> bool:
    """What was said is to go with it."""
    return environment.get(CONTENT, "").strip().lower() == "true"


def carrier(environment: Mapping[str, str] = os.environ) -> Carrier:
    """What brings spans to the receiver that the environment names.

    Raises:
        NoReceiver: It names none, or a wrong one, or the packages are missing.
    """
    if not wanted(environment):
        raise NoReceiver(f"{VARIABLES[1]}: not set, give the address of a receiver, such as http://localhost:4318")
    name = next(name for name in VARIABLES if environment.get(name))
    receiver = _shown(name, environment[name])
    if not _installed():
        raise NoReceiver(f'{name} is set, but what sends spans is not installed: pip install "voice-tui[otel]"')
    from voice_tui.drivers.otlp import Otlp  # the SDK is imported only where it is wanted

    return Otlp(receiver)


def telemetry(environment: Mapping[str, str] = os.environ) -> tuple[Telemetry | None, list[str]]:
    """What follows a live conversation, None where nobody wants to know; and what is to be said of that."""
    if not wanted(environment):
        return None, []
    try:
        return Telemetry(carrier(environment), uuid.uuid4().hex, time.time, content=with_content(environment)), []
    except NoReceiver as problem:
        return None, [str(problem)]


def closed(told: Telemetry | None, say: Callable[[str], None]) -> None:
    """A run is over: what could not be sent is said, and stands in the log."""
    if told is not None and (problem := told.close()):
        log.warning("%s", problem)
        say(f"voice-tui: {problem}")


def _shown(name: str, address: str) -> str:
    """The address without what could be secret.

    Raises:
        NoReceiver: It is none.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme not in ("http", "https"):
        raise NoReceiver(f"{name}: no address of a receiver, give one such as http://localhost:4318")
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def _installed() -> bool:
    try:
        return all(find_spec(package) is not None for package in PACKAGES)
    except ModuleNotFoundError:  # of a package above it
        return False
