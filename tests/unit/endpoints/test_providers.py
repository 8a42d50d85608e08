from dataclasses import fields

import pytest

from tests.support.endpoints import endpoint_of
from voice_tui.endpoints.providers import ALIASES, PROVIDERS, Endpoint
from voice_tui.endpoints.realtime.wire.preview import Dialect, detect_dialect
from voice_tui.messages.usage import Billing
from voice_tui.settings.config import Config
from voice_tui.settings.options import OPTIONS

AZURE = "wss://r.openai.azure.com/openai/v1/realtime?model=d"
DEPLOYED = "https://r.openai.azure.com/openai/deployments/d"
PREVIEW = "wss://r.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=d"


@pytest.mark.parametrize(
    ("provider", "pasted", "model", "url"),
    [
        ("azure", "https://r.openai.azure.com", "d", AZURE),
        ("azure", "https://r.openai.azure.com/", "d", AZURE),
        ("azure", "https://r.openai.azure.com/openai/v1", "d", AZURE),
        ("azure", "wss://r.openai.azure.com/openai/v1/realtime?model=other", "d", AZURE),
        ("azure", "https://r.openai.azure.com/openai/v1/realtime?model=d&api-version=1", "", AZURE),
        ("azure", "https://r.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=d", "", AZURE),
        ("azure", "https://r.openai.azure.com/openai/deployments/x/realtime?api-version=1", "d", AZURE),
        (
            "azure",
            "https://r.services.ai.azure.com/api/projects/p",
            "d",
            "wss://r.services.ai.azure.com/openai/v1/realtime?model=d",
        ),
        ("azure", "https://gate.example/team/openai", "d", "wss://gate.example/team/openai/v1/realtime?model=d"),
        ("azure", "https://gate.example/team", "d", "wss://gate.example/team/openai/v1/realtime?model=d"),
        (
            "azure",
            f"{DEPLOYED}/chat/completions?api-version=2025-01-01-preview",
            "",
            AZURE,
        ),
        ("azure", f"{DEPLOYED}/realtime?api-version=1", "", AZURE),
        (
            "azure-preview",
            f"{DEPLOYED}/chat/completions?api-version=2025-04-01-preview",
            "",
            PREVIEW,
        ),
        (
            "any",
            f"{DEPLOYED}/chat/completions?api-version=2025-01-01-preview",
            "",
            AZURE,
        ),
        (
            "any",
            f"{DEPLOYED}/realtime?api-version=1",
            "e",
            AZURE.replace("=d", "=e"),
        ),
        ("azure", "https://gate.example/team/v1/realtime", "d", "wss://gate.example/team/v1/realtime?model=d"),
        ("azure-preview", "https://r.openai.azure.com", "d", PREVIEW),
        ("azure-preview", "https://r.openai.azure.com/openai/v1/realtime?model=d", "", PREVIEW),
        (
            "azure-preview",
            "https://r.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=e",
            "d",
            PREVIEW.replace("2025-04-01", "2024-10-01"),
        ),
        (
            "voice-live",
            "https://r.services.ai.azure.com/openai/v1",
            "gpt-4o",
            "wss://r.services.ai.azure.com/voice-live/realtime?api-version=2026-07-15&model=gpt-4o",
        ),
        (
            "voice-live",
            "https://r.services.ai.azure.com/voice-live/realtime?api-version=2025-10-01&agent-name=a",
            "m",
            "wss://r.services.ai.azure.com/voice-live/realtime?api-version=2025-10-01&agent-name=a&model=m",
        ),
        ("openai", "", "m", "wss://api.openai.com/v1/realtime?model=m"),
        ("openai", "https://h", "m", "wss://h/v1/realtime?model=m"),
        ("openai", "ws://h/api", "m", "ws://h/api/realtime?model=m"),
        ("openai", "ws://h/v1/realtime?intent=x", "m", "ws://h/v1/realtime?intent=x&model=m"),
        *(
            ("openai", f"https://h/v1{tail}", "m", "wss://h/v1/realtime?model=m")
            for tail in (
                "/chat/completions",
                "/responses/",
                "/models",
                "/audio/speech",
                "/realtime/",
                "/realtime/calls",
            )
        ),
        ("openai", "https://h/api/chat/completions", "m", "wss://h/api/realtime?model=m"),
        ("openai", "https://h/models/v1", "m", "wss://h/models/v1/realtime?model=m"),
        ("any", "https://h/v1/chat/completions", "", "wss://h/v1/realtime"),
        ("any", "ws://h/its/own/models", "", "ws://h/its/own/models"),
        ("localai", "http://h:8080/v1/realtime/sessions", "p", "ws://h:8080/v1/realtime?model=p"),
        ("xai", "https://api.x.ai/v1/chat/completions", "g", "wss://api.x.ai/v1/realtime?model=g"),
        ("xai", "", "", "wss://api.x.ai/v1/realtime?model=grok-voice-latest"),
        (
            "qwen",
            "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            "q",
            "wss://dashscope-intl.aliyuncs.com/api-ws/v1/realtime?model=q",
        ),
        (
            "qwen",
            "wss://h.aliyuncs.com/api-ws/v1/realtime?model=q",
            "",
            "wss://h.aliyuncs.com/api-ws/v1/realtime?model=q",
        ),
        ("qwen", "wss://gate.example/qwen/v1/realtime/", "q", "wss://gate.example/qwen/v1/realtime?model=q"),
        ("qwen", "https://h.aliyuncs.com/v1", "q", "wss://h.aliyuncs.com/api-ws/v1/realtime?model=q"),
        ("vllm-omni", "", "q", "ws://127.0.0.1:8000/v1/realtime?model=q"),
        ("vllm-omni", "ws://h:8091/v1/duplex", "q", "ws://h:8091/v1/duplex?model=q"),
        ("hugging-face", "", "", "ws://127.0.0.1:8765/v1/realtime"),
        ("localai", "http://h:8080/v1", "p", "ws://h:8080/v1/realtime?model=p"),
        ("any", "ws://h/its/own/path", "", "ws://h/its/own/path"),
        ("any", "ws://h:8000", "m", "ws://h:8000/v1/realtime?model=m"),
    ],
)
def test_every_way_to_paste_an_address_gives_the_whole_one(provider: str, pasted: str, model: str, url: str) -> None:
    endpoint = endpoint_of(provider, pasted, model, "key-1234567", "KEY")
    assert endpoint.url == url
    assert "key-1234567" not in url + repr(endpoint)
    assert endpoint.model in url


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_row_is_whole(name: str) -> None:
    row = PROVIDERS[name]
    settings = [row.url_setting, row.key_setting, row.model_setting, row.workspace_setting]
    settings += [setting for _, setting in row.settings_as_query + row.settings_as_headers]
    assert {s for s in settings if s} <= OPTIONS.keys()
    assert OPTIONS[row.key_setting].secret
    assert hasattr(Config(), row.url_setting)
    assert row.about
    assert row.tried
    assert bool(row.hosts) == (row.key_setting != "api_key"), "a key of its own has hosts that it may be sent to"
    if name != "embedded" and row.dialect not in ("", Dialect.GA):
        assert row.differs


@pytest.mark.parametrize("name", ["azure", "azure-preview", "voice-live"])
def test_the_address_of_an_azure_row_says_its_dialect(name: str) -> None:
    assert detect_dialect(endpoint_of(name, "https://h", "m").url) == PROVIDERS[name].dialect


def test_an_alias_means_a_row() -> None:
    assert set(ALIASES.values()) <= PROVIDERS.keys()


@pytest.mark.parametrize(
    ("provider", "url", "meant"),
    [
        ("openai", "wss://api.openai.com/v1", True),
        ("openai", "wss://api.openai.com.example/v1", False),
        ("openai", "wss://notapi.openai.com/v1", False),
        ("azure", "wss://r.openai.azure.com/", True),
        ("azure", "wss://openai.azure.com.evil.example/", False),
        ("xai", "wss://x.ai@evil.example/", False),
        ("any", "wss://api.openai.com/", False),
    ],
)
def test_whose_address_it_is(provider: str, url: str, meant: bool) -> None:
    assert PROVIDERS[provider].meant(url) is meant


def test_an_endpoint_shows_no_secret_of_its_address() -> None:
    assert Endpoint("any", "wss://me:hunter22@h:1/x?key=hunter22", "").host == "h:1"
    assert {f.name for f in fields(Endpoint)} >= {"proxy", "authorities", "name"}


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_a_provider_can_not_be_kept_from_is_not_asked_of_it(name: str) -> None:
    """A field that the endpoint refuses costs the whole update."""
    row = PROVIDERS[name]
    for able, field in (
        (row.capabilities.interrupt_response, "interrupt_response"),
        (row.capabilities.create_response, "create_response"),
    ):
        assert able or f"audio.input.turn_detection.{field}" in row.deviations.unsent or name in IGNORES


IGNORES = {"speaches", "localai"}
"""They take the fields, and do nothing with them."""


@pytest.mark.parametrize(
    ("provider", "url", "billing"),
    [
        ("openai", "", Billing.TOKENS),
        ("openai", "http://127.0.0.1:8000/v1", Billing.UNKNOWN),
        ("openai", "http://localhost/v1", Billing.UNKNOWN),
        ("openai", "https://api.openai.com.example/v1", Billing.UNKNOWN),
        ("openai", "https://eu.api.openai.com/v1", Billing.TOKENS),
        ("azure", "https://r.openai.azure.com", Billing.TOKENS),
        ("azure", "https://gateway.example/azure", Billing.TOKENS),
        ("azure-preview", "http://127.0.0.1:1", Billing.UNKNOWN),
        ("localai", "http://nas:1", Billing.FREE),
        ("any", "wss://api.openai.com/v1/realtime", Billing.UNKNOWN),
    ],
)
def test_prices_are_those_of_the_host_that_is_spoken_to(provider: str, url: str, billing: Billing) -> None:
    assert endpoint_of(provider, url, "m").billing is billing
