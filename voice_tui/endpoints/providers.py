"""Who runs endpoints: a row each. Addresses, keys, models, and what each can do, with what was tried here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from voice_tui.endpoints.address import shown
from voice_tui.endpoints.provider import V1, Provider
from voice_tui.endpoints.realtime.wire.deviations import AUDIO_FORMATS, NO_DEVIATIONS, Deviations
from voice_tui.endpoints.realtime.wire.preview import Dialect, detect_dialect
from voice_tui.messages.profile import Capabilities, Place
from voice_tui.messages.usage import Billing
from voice_tui.secret import NO_SECRET, Secret

DEFAULT_MODEL = "gpt-realtime-2.1"

HOUR_S = 3_600.0
_AZURE_HOSTS = ("openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com")
_DECIDES_ITSELF = frozenset(
    {"audio.input.turn_detection.interrupt_response", "audio.input.turn_detection.create_response"}
)
_AZURE_CUTS = ("/openai", "/voice-live", "/api/projects", "/models")


def _foreign(**able: Any) -> Capabilities:
    """What a server can do that is not OpenAI's: a question beside the conversation would be answered aloud there."""
    return Capabilities(out_of_band=False, **able)


# What is not known to be missing counts as there: a refusal is an error event, and is said.
# fmt: off
PROVIDERS: dict[str, Provider] = {
    p.name: p
    for p in (
        Provider(
            "embedded", "the server in this package", needs_model=False, dialect=Dialect.GA,
            transcription="gpt-transcribe",
            capabilities=Capabilities(billing=Billing.FREE),
            tried="itself",
        ),
        Provider(
            "azure", "Azure OpenAI, v1", path=V1, cuts=_AZURE_CUTS, drops=("api-version",),
            transcription="gpt-transcribe",
            url_setting="azure_endpoint", key_setting="azure_api_key", model_setting="azure_deployment",
            key_header="api-key", entra=True, hosts=_AZURE_HOSTS, dialect=Dialect.GA, session_limit_s=HOUR_S,
            differs="the model is the name of a deployment, and so is the transcription model; semantic VAD is "
            "acknowledged, yet may never hear you",
        ),
        Provider(
            "azure-preview", "Azure OpenAI, preview API", path="/openai/realtime", cuts=_AZURE_CUTS,
            query=(("api-version", "2025-04-01-preview"),), model_parameter="deployment",
            settings_as_query=(("api-version", "azure_api_version"),),
            url_setting="azure_endpoint", key_setting="azure_api_key", model_setting="azure_deployment",
            key_header="api-key", entra=True, hosts=_AZURE_HOSTS, dialect=Dialect.PREVIEW, session_limit_s=HOUR_S / 2,
            differs="the old dialect; Microsoft has been withdrawing it since April 2026",
        ),
        Provider(
            "voice-live", "Azure Voice Live", path="/voice-live/realtime", cuts=_AZURE_CUTS,
            query=(("api-version", "2026-07-15"),), model=DEFAULT_MODEL,
            url_setting="voice_live_endpoint", key_setting="voice_live_api_key",
            key_header="api-key", entra=True, hosts=_AZURE_HOSTS, dialect=Dialect.VOICE_LIVE,
            capabilities=Capabilities(billing=Billing.UNKNOWN),
            differs="the old dialect with additions; many models, with prices of their own",
        ),
        Provider(
            "openai", "OpenAI", address="https://api.openai.com/v1", base=True, model=DEFAULT_MODEL,
            transcription="gpt-transcribe",
            url_setting="openai_base_url", key_setting="openai_api_key", hosts=("api.openai.com",),
            session_limit_s=HOUR_S,
            settings_as_headers=(
                ("OpenAI-Organization", "openai_organization"), ("OpenAI-Project", "openai_project"),
            ),
        ),
        Provider(
            "xai", "xAI Grok voice", address="wss://api.x.ai/v1/realtime", model="grok-voice-latest",
            voice="", transcription="grok-transcribe",
            key_setting="xai_api_key", hosts=("x.ai",), dialect=Dialect.GA, session_limit_s=HOUR_S / 2,  # or 120 min
            deviations=Deviations(
                unsent=_DECIDES_ITSELF | {"audio.input.turn_detection.eagerness"},
                top_level=frozenset({"voice", "turn_detection"}), nested_tools=True, no_turn_detection="type null",
            ),
            capabilities=_foreign(
                interrupt_response=False, create_response=False, semantic_vad=False,
                retrieve=False, billing=Billing.UNKNOWN,
            ),
            differs="billed by time",
        ),
        Provider(
            "qwen", "Alibaba Cloud Qwen-Omni", address="wss://{}.ap-southeast-1.maas.aliyuncs.com",
            voice="", transcription="",
            path="/api-ws/v1/realtime", cuts=("/api-ws", "/compatible-mode"), model="qwen3.8-omni-flash-realtime",
            workspace_setting="dashscope_workspace",
            key_setting="dashscope_api_key", hosts=("aliyuncs.com",), dialect=Dialect.PREVIEW,
            deviations=Deviations(input_rate=16_000, sends_formats=False, nested_tools=True),
            capabilities=_foreign(truncate=False, retrieve=False, billing=Billing.UNKNOWN),
            differs="the old dialect; it hears 16 kHz",
        ),
        Provider(
            "vllm-omni", "vLLM-omni, your own server", address="ws://127.0.0.1:8000",
            voice="", transcription="",
            deviations=Deviations(input_rate=16_000, sends_formats=False, unsent=_DECIDES_ITSELF),
            capabilities=_foreign(
                interrupt_response=False, create_response=False, semantic_vad=False,
                retrieve=False, warm_up_s=60.0, billing=Billing.FREE,
            ),
            differs="old and new names of events together; some models want a voice sample",
        ),
        Provider(
            "hugging-face", "Hugging Face speech-to-speech, your own server", address="ws://127.0.0.1:8765",
            voice="", transcription="",
            needs_model=False, dialect=Dialect.GA,
            capabilities=_foreign(
                truncate=False, semantic_vad=False, manual_turns=False, clear=False,
                retrieve=False, billing=Billing.FREE,
            ),
            differs="one transcript a sentence",
        ),
        Provider(
            "speaches", "speaches, your own server", address="ws://127.0.0.1:8000", dialect=Dialect.PREVIEW,
            voice="", transcription="", session_limit_s=HOUR_S / 2,
            deviations=Deviations(sends_formats=False),
            capabilities=_foreign(
                cancel=False, truncate=False, interrupt_response=False, semantic_vad=False,
                manual_turns=False, billing=Billing.FREE,
            ),
            differs="the old dialect",
        ),
        Provider(
            "localai", "LocalAI, your own server", address="ws://127.0.0.1:8080", dialect=Dialect.GA,
            voice="", transcription="",
            capabilities=_foreign(
                truncate=False, interrupt_response=False, create_response=False,
                semantic_vad=False, warm_up_s=120.0, billing=Billing.FREE,
            ),
            differs="the first connection waits for the model",
        ),
        Provider(
            "any", "any other server", needs_model=False, capabilities=Capabilities(billing=Billing.UNKNOWN),
        ),
    )
}
# fmt: on
DIALECTS = tuple(dialect.value for dialect in Dialect)
FORMATS = AUDIO_FORMATS
ALIASES = {"url": "any"}
"""Older names of providers."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A Realtime endpoint.

    Attributes:
        provider: Name of one of `PROVIDERS`.
        url: ``ws://`` or ``wss://``, without secrets.
        model: Model or deployment, for the status bar.
        headers: Handshake headers; their values are secrets.
        key_name: The variable the key came from, for error messages.
        entra: A token of Entra ID is fetched before each connection.
        name: What the user calls it; "" for none.
        proxy: Address of a proxy, which may hold a password; "" for what the environment says.
        proxy_origin: Where that was set, for error messages.
        session_limit_s: So long a session lasts there at most, s; 0: nobody knows.
        withheld: Variables of keys that are set and are not for this address, for error messages.
        authorities: A file of certificates to trust; "" for the usual ones.
        dialect: The wire that is spoken there; "" as the URL says.
        deviations: What its wire does otherwise than the dialect.
        place: What a conversation finds there; None: what it began with.
    """

    provider: str
    url: str
    model: str
    headers: dict[str, Secret] = field(default_factory=dict)
    key_name: str = ""
    entra: bool = False
    name: str = ""
    proxy: Secret = NO_SECRET
    authorities: str = ""
    dialect: str = ""
    deviations: Deviations = NO_DEVIATIONS
    place: Place | None = None
    proxy_origin: str = ""
    session_limit_s: float = 0.0
    withheld: tuple[str, ...] = ()

    @property
    def billing(self) -> Billing:
        """How what is used there is paid."""
        return PROVIDERS[self.provider].billing(self.url)

    @property
    def host(self) -> str:
        """Host and port, or ``embedded``."""
        return "embedded" if self.provider == "embedded" else shown(self.url).partition("://")[2].partition("/")[0]


def dialect_headers(dialect: str, url: str) -> dict[str, Secret]:
    """What asks a server for the old dialect where its address does not.

    Args:
        dialect: The one that the user asks for, "" for none.
        url: Where to.
    """
    asked = dialect == Dialect.PREVIEW and detect_dialect(url) is not Dialect.PREVIEW
    return {"OpenAI-Beta": Secret("realtime=v1")} if asked else {}
