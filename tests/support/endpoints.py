"""Endpoints by the rows of the table of providers."""

from __future__ import annotations

from voice_tui.endpoints.address import read
from voice_tui.endpoints.provider import model_in
from voice_tui.endpoints.providers import PROVIDERS, Endpoint


def endpoint_of(provider: str, given: str = "", model: str = "", key: str = "", key_name: str = "") -> Endpoint:
    """An endpoint by its provider's row, without what the configuration adds.

    Raises:
        AddressError: The address can't be read.
    """
    row = PROVIDERS[provider]
    url = row.url(given, model)
    return Endpoint(
        provider,
        url,
        model_in(read(url)),
        row.headers(key),
        key_name,
        dialect=row.dialect,
        deviations=row.deviations,
        session_limit_s=row.session_limit_s,
    )
