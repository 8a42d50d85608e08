"""What can be said of all endpoints that somebody runs, before one is connected to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from voice_tui.endpoints.address import Address, loopback, read
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS, Deviations
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.usage import Billing
from voice_tui.secret import Secret

STAND_IN = "a stand-in only, November 2026"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who runs endpoints, and what can be said of all of them before one is connected to.

    Attributes:
        name: As in ``--provider``; ``any`` is every other endpoint.
        about: Who that is, a few words.
        address: Where it is when no other address is given; ``{}`` is the workspace. "" where one has to be given.
        path: What stands behind the host, ``/v1/realtime`` and the like.
        cuts: Beginnings of paths that people paste with the host, and that `path` replaces.
        base: An address is a base, as in ``OPENAI_BASE_URL``: it always has something behind it.
        query: Parameters and their usual values; an address may bring others.
        drops: Parameters that the endpoint would refuse.
        model_parameter: The parameter that names the model.
        model: Usual model; "" where one has to be given.
        needs_model: It can't do without.
        voice, transcription: Usual voice and recogniser; "" where the server has its own, and is not told.
        url_setting, key_setting, model_setting: Fields of the configuration that are its own.
        workspace_setting: The field of the configuration whose value stands for ``{}`` in the address.
        settings_as_query, settings_as_headers: Parameter or header, and the field of the configuration it comes from.
        key_header: How the key travels: ``api-key``, or as a bearer token.
        entra: It takes tokens of Entra ID.
        session_limit_s: So long a session lasts there at most, s, where that is documented; 0: nobody knows.
        hosts: Endings of hosts that its key may be sent to when the address came from elsewhere.
        dialect: What it speaks; "": what the address says.
        deviations: What its wire does otherwise than the dialect.
        family: The wire that they speak: a name in `families.FAMILIES`. Who asks for an address need not load it.
        capabilities: What they can do.
        differs: What is different there from OpenAI, one line.
        tried: With what it was tried.
    """

    name: str
    about: str
    address: str = ""
    path: str = "/v1/realtime"
    cuts: tuple[str, ...] = ()
    base: bool = False
    query: tuple[tuple[str, str], ...] = ()
    drops: tuple[str, ...] = ()
    model_parameter: str = "model"
    model: str = ""
    needs_model: bool = True
    voice: str = "alloy"
    transcription: str = "whisper-1"
    url_setting: str = "url"
    key_setting: str = "api_key"
    model_setting: str = "model"
    workspace_setting: str = ""
    settings_as_query: tuple[tuple[str, str], ...] = ()
    settings_as_headers: tuple[tuple[str, str], ...] = ()
    key_header: str = "Authorization"
    entra: bool = False
    session_limit_s: float = 0.0
    hosts: tuple[str, ...] = ()
    dialect: str = ""
    deviations: Deviations = NO_DEVIATIONS
    family: str = "realtime"
    capabilities: Capabilities = field(default_factory=Capabilities)
    differs: str = ""
    tried: str = STAND_IN

    def url(self, given: str, model: str, query: Mapping[str, str] | None = None) -> str:
        """The whole address: what people paste may be a host, a base, or a target URI with everything in it.

        Args:
            given: An address; "" for the provider's own.
            model: "" for the one that the address names, if it does.
            query: Parameters that were set, over those of the address.

        Raises:
            AddressError: It can't be read.
        """
        address = read(given or self.address)
        named = dict(address.query)
        values = {**dict(self.query), **named, **(query or {})}
        named_model = model or model_in(address) or self.model
        drops = self.drops if self.cuts or not _DEPLOYMENT.search(address.path) else ("api-version",)
        for name in (*drops, "model", "deployment"):
            values.pop(name, None)
        if named_model:
            values[self.model_parameter] = named_model
        return str(Address(address.scheme, address.host, self._path(address.path), tuple(values.items())))

    def headers(self, key: str) -> dict[str, Secret]:
        """What carries a key; no key, no header."""
        if not key:
            return {}
        return {self.key_header: Secret(f"Bearer {key}" if self.key_header == "Authorization" else key)}

    def deviations_with(self, voice: str, transcription: str, audio_format: str) -> Deviations:
        """What deviates where these were chosen, "" for none: what is the server's own choice is not sent."""
        own = {"audio.output.voice"} if not (self.voice or voice) else set()
        own |= {"audio.input.transcription"} if not (self.transcription or transcription) else set()
        changed = replace(self.deviations, unsent=self.deviations.unsent | own)
        return replace(changed, audio_format=audio_format) if audio_format else changed

    def meant(self, url: str) -> bool:
        """Whether its key may be sent to an address that came from elsewhere."""
        host = urlsplit(url).hostname or ""
        return any(host == ending or host.endswith(f".{ending}") for ending in self.hosts)

    def billing(self, url: str) -> Billing:
        """By what is paid at an address: a row's prices are those of the host that is really spoken to.

        Where the provider has one address another host is somebody else's server. Where each user has a resource of
        their own (Azure) a gateway may stand before it, but none of them is on this machine.
        """
        billing = self.capabilities.billing
        elsewhere = not self.meant(url) and (bool(self.address) or loopback(url))
        return Billing.UNKNOWN if billing is Billing.TOKENS and elsewhere else billing

    def _path(self, path: str) -> str:
        plain = _of_another(path.rstrip("/"), base=self.base)
        if self.cuts:
            found = [at for cut in self.cuts if (at := f"{plain}/".find(f"{cut}/")) >= 0]
            if not found and plain.endswith("/realtime"):  # a gateway's own, and whole
                return plain
            return (plain[: min(found)] if found else plain.removesuffix("/v1")).rstrip("/") + self.path
        if found_deployment := _DEPLOYMENT.search(plain):
            return plain[: found_deployment.start()] + V1
        if not plain:
            return self.path
        return (
            f"{plain}/realtime" if plain.endswith("/v1") or (self.base and not plain.endswith("/realtime")) else plain
        )


V1 = "/openai/v1/realtime"
"""Azure's path, which names no deployment."""
_DEPLOYMENT = re.compile(r"/openai/deployments/([^/]+)")
_ANOTHER = re.compile(
    r"(/realtime)/(?:sessions|client_secrets|calls|transcription_sessions)"
    r"|()/(?:chat/completions|completions|responses|embeddings|models|audio/(?:speech|transcriptions|translations))"
)


def _of_another(path: str, *, base: bool) -> str:
    """The path without what makes it the address of another service beside: portals and documents show those too.

    Args:
        path: Without a slash at its end.
        base: It is known to have such things behind it.
    """
    for found in _ANOTHER.finditer(path):
        before = path[: found.start()]
        if found.end() == len(path) and (found.group(1) or base or before.endswith("/v1")):
            return before + (found.group(1) or "")
    return path


def model_in(address: Address) -> str:
    """The model, or deployment, that an address names; "" for none."""
    named = dict(address.query)
    in_path = _DEPLOYMENT.search(address.path)
    return named.get("model") or named.get("deployment") or (unquote(in_path.group(1)) if in_path else "")
