"""Warm connections, for this console and for servers of your own (docs/load.md has an example)."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.drivers.line import Line, Take
from voice_tui.drivers.pool.limits import Full, Limits
from voice_tui.drivers.pool.pool import Pool
from voice_tui.drivers.pool.shelf import Member
from voice_tui.drivers.pool.spare import NotConfigured, Spare
from voice_tui.drivers.transport import Connect, websocket
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.providers import PROVIDERS, Endpoint

__all__ = ["Full", "Limits", "Member", "NotConfigured", "Pool", "Spare", "configured"]

WARM_UP_S = 30.0
"""So long an endpoint may take until it says its first word."""


def configured(settings: object = None, connect: Connect = websocket) -> Callable[[Endpoint], Spare]:
    """What a `Pool` makes its connections with.

    Args:
        settings: The event that configures a session (a ``SessionUpdate``); None: it stays as the server has it. What
            the server refuses is raised as `NotConfigured` by `Pool.take`.
        connect: Opens the transport.

    Returns:
        A function that begins to open a connection. Whoever takes it sends by ``spare.line.send(Send(event))``, gets
        what arrives by ``spare.line.take = …``, and finds what had arrived before in ``spare.arrived``.
    """

    def make(endpoint: Endpoint) -> Spare:
        family = FAMILIES[PROVIDERS[endpoint.provider].family]

        def line(at: Endpoint, take: Take) -> Line:
            return Line(at, family, connect, take, lambda words: None, lambda: False, WARM_UP_S)

        return Spare(line, endpoint, settings)

    return make
