"""Who runs endpoints, where to connect, and with what."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit, urlunsplit

from voice_tui.endpoints.families import REALTIME, Family
from voice_tui.endpoints.realtime.wire.preview import Dialect, detect_dialect
from voice_tui.messages.profile import Capabilities
from voice_tui.secret import Secret


@dataclass(frozen=True, slots=True)
class Provider:
    """Who runs endpoints, and what can be said of all of them before one is connected to.

    Attributes:
        name: As in ``--provider``; ``any`` is every other endpoint.
        family: The wire that they speak.
        capabilities: What they can do.
    """

    name: str
    family: Family = REALTIME
    capabilities: Capabilities = field(default_factory=Capabilities)


# What is not known to be there counts as missing where using it would be heard (a question beside the conversation that
# is answered aloud); elsewhere it counts as there: a refusal is an error event, and is said.
# fmt: off
PROVIDERS: dict[str, Provider] = {
    p.name: p
    for p in (
        Provider("embedded"),
        Provider("azure"),
        Provider("azure-preview"),
        Provider("voice-live"),
        Provider("openai"),
        Provider("xai", capabilities=Capabilities(
            out_of_band=False, interrupt_response=False, create_response=False, semantic_vad=False, retrieve=False,
        )),
        Provider("qwen", capabilities=Capabilities(truncate=False, out_of_band=False, retrieve=False)),
        Provider("vllm-omni", capabilities=Capabilities(
            out_of_band=False, interrupt_response=False, create_response=False, semantic_vad=False, retrieve=False,
            warm_up_s=60.0,
        )),
        Provider("hugging-face", capabilities=Capabilities(
            truncate=False, out_of_band=False, semantic_vad=False, manual_turns=False, clear=False, retrieve=False,
        )),
        Provider("speaches", capabilities=Capabilities(
            cancel=False, truncate=False, out_of_band=False, interrupt_response=False, semantic_vad=False,
            manual_turns=False,
        )),
        Provider("localai", capabilities=Capabilities(
            truncate=False, out_of_band=False, interrupt_response=False, create_response=False, semantic_vad=False,
            warm_up_s=120.0,
        )),
        Provider("any"),
    )
}
# fmt: on
ALIASES = {"url": "any"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A Realtime endpoint.

    Attributes:
        provider: Name of one of `PROVIDERS`.
        url: ``ws://`` or ``wss://``, without secrets.
        model: Model or deployment, for the status bar.
        headers: Handshake headers; their values are secrets.
        key_name: The variable the key came from, for error messages.
    """

    provider: str
    url: str
    model: str
    headers: dict[str, Secret] = field(default_factory=dict)
    key_name: str = ""

    @property
    def host(self) -> str:
        """Host and port, or ``embedded``."""
        return "embedded" if self.provider == "embedded" else urlsplit(self.url).netloc

    @property
    def problem(self) -> str:
        """Why it cannot be talked to, one line; "" where it can."""
        dialect = detect_dialect(self.url)
        if dialect is Dialect.GA:
            return ""
        return (
            f"{self.host}: this URL asks for the {dialect} dialect, "
            "only the GA dialect (/openai/v1/realtime or /v1/realtime) can be spoken yet"
        )


def openai_endpoint(key: str, model: str, base_url: str) -> Endpoint:
    """OpenAI's GA endpoint; ``base_url`` is ``https://api.openai.com/v1`` or a compatible one."""
    url = _websocket(base_url.rstrip("/") + "/realtime", model=model)
    return Endpoint("openai", url, model, {"Authorization": Secret(f"Bearer {key}")}, "OPENAI_API_KEY")


def azure_endpoint(key: str, resource: str, deployment: str) -> Endpoint:
    """Azure OpenAI's GA endpoint: no ``api-version`` (it would answer 401), ``model`` is the deployment."""
    url = _websocket(resource.rstrip("/") + "/openai/v1/realtime", model=deployment)
    return Endpoint("azure", url, deployment, {"api-key": Secret(key)}, "AZURE_OPENAI_API_KEY")


def url_endpoint(url: str, key: str, model: str) -> Endpoint:
    """Any endpoint by its whole URL; a key goes out as a bearer token."""
    headers = {"Authorization": Secret(f"Bearer {key}")} if key else {}
    return Endpoint("any", url, model, headers, "VOICE_TUI_API_KEY")


def _websocket(base: str, **query: str) -> str:
    parts = urlsplit(base)
    scheme = {"https": "wss", "http": "ws"}.get(parts.scheme, parts.scheme)
    return urlunsplit((scheme, parts.netloc, parts.path, urlencode({k: v for k, v in query.items() if v}), ""))
