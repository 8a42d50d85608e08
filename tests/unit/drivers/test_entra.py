"""Tokens of Entra ID, with a stand-in for azure-identity."""

import asyncio
import sys
import threading
from types import ModuleType
from typing import Any

import pytest

from tests.support.endpoints import endpoint_of
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.entra import EntraTokens

ENDPOINT = endpoint_of("azure", "https://r.openai.azure.com", "d")
FAILED = """DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Variables are not configured.
\tManagedIdentityCredential: no response from the IMDS endpoint.
\tAzureCliCredential: Azure CLI not found on path"""


class AzureError(Exception):
    pass


class Azure:
    """What azure-identity does, as far as it is used."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[str, str]] = []
        self.made = 0
        self.failure: Exception | None = None
        identity, exceptions = ModuleType("azure.identity"), ModuleType("azure.core.exceptions")
        identity.DefaultAzureCredential = self._credential  # type: ignore[attr-defined]
        identity.get_bearer_token_provider = self._provider  # type: ignore[attr-defined]
        exceptions.AzureError = AzureError  # type: ignore[attr-defined]
        for name in ("azure", "azure.core"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        monkeypatch.setitem(sys.modules, "azure.identity", identity)
        monkeypatch.setitem(sys.modules, "azure.core.exceptions", exceptions)

    def _credential(self) -> str:
        self.made += 1
        return "credential"

    def _provider(self, credential: str, scope: str) -> Any:
        def token() -> str:
            self.asked.append((scope, threading.current_thread().name))
            if self.failure:
                raise self.failure
            return f"token-{len(self.asked)}"

        return token


async def test_one_source_is_kept_and_asked_before_every_connection_beside_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    azure, tokens = Azure(monkeypatch), EntraTokens()
    first, second = await tokens.authorise(ENDPOINT), await tokens.authorise(ENDPOINT)
    assert [e.headers["Authorization"].reveal() for e in (first, second)] == ["Bearer token-1", "Bearer token-2"]
    assert azure.made == 1
    assert {scope for scope, _ in azure.asked} == {"https://ai.azure.com/.default"}
    assert threading.main_thread().name not in {thread for _, thread in azure.asked}
    assert "token-1" not in repr(first)


async def test_a_failure_is_one_line_that_names_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    azure, tokens = Azure(monkeypatch), EntraTokens()
    azure.failure = AzureError(FAILED)
    with pytest.raises(ConnectionFailed) as failed:
        await tokens.authorise(ENDPOINT)
    message = str(failed.value)
    assert "EnvironmentCredential, ManagedIdentityCredential, AzureCliCredential" in message
    assert "az login" in message
    assert "\n" not in message
    azure.failure = None
    assert (await tokens.authorise(ENDPOINT)).headers  # it is asked again


async def test_without_the_extra_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.core.exceptions", None)
    with pytest.raises(ConnectionFailed, match=r'pip install "voice-tui\[azure\]"'):
        await EntraTokens().authorise(ENDPOINT)


async def test_the_loop_goes_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    azure, tokens = Azure(monkeypatch), EntraTokens()
    release = threading.Event()

    def slow(credential: str, scope: str) -> Any:
        return lambda: (release.wait(10), "late")[1]

    sys.modules["azure.identity"].get_bearer_token_provider = slow  # type: ignore[attr-defined]
    waiting = asyncio.create_task(tokens.authorise(ENDPOINT))
    await asyncio.sleep(0)
    assert not waiting.done()
    release.set()
    assert (await waiting).headers["Authorization"].reveal() == "Bearer late"
    assert azure.made == 1
