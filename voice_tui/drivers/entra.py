"""Tokens of Entra ID, for Azure without a key: fetched in a thread, for it may ask files, programs and the network."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import replace

from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.endpoints.providers import Endpoint
from voice_tui.plain_text import one_line
from voice_tui.secret import Secret

log = logging.getLogger(__name__)

SCOPE = "https://ai.azure.com/.default"
MISSING = 'Entra ID: azure-identity is not installed: pip install "voice-tui[azure]", or set a key (or voice-tui setup)'
_TRIED = re.compile(r"^\s*(\w+Credential):", re.MULTILINE)


class EntraTokens:
    """Keeps one source of tokens; it holds a token until it is nearly over, and asks for the next one by itself."""

    def __init__(self) -> None:
        self._token: Callable[[], str] | None = None

    async def authorise(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with a token in its headers.

        Raises:
            ConnectionFailed: There is no token to be had, or azure-identity is not installed.
        """
        token = await asyncio.to_thread(self._fetch)
        return replace(endpoint, headers={**endpoint.headers, "Authorization": Secret(f"Bearer {token}")})

    def _fetch(self) -> str:
        try:
            from azure.core.exceptions import AzureError
            from azure.identity import DefaultAzureCredential, get_bearer_token_provider
        except ImportError:
            raise ConnectionFailed(MISSING) from None
        try:
            if self._token is None:
                self._token = get_bearer_token_provider(DefaultAzureCredential(), SCOPE)
            return str(self._token())
        except (AzureError, ValueError) as error:  # ValueError: a credential is configured by half
            log.warning("Entra ID: %s", error)
            tried = ", ".join(dict.fromkeys(_TRIED.findall(str(error)))) or one_line(error, 200)
            raise ConnectionFailed(f"Entra ID: no token, tried {tried}: sign in (az login), or set a key") from None
