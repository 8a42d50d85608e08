"""What a run is made of: profile, endpoint, memory and voices, put together for the command line."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from voice_tui.cli import configuration as settled
from voice_tui.cli.configuration import choose_endpoint, chosen, gathered, provider_of
from voice_tui.cli.options import UsageProblem
from voice_tui.drivers.embedded import EmbeddedServer
from voice_tui.drivers.logs import server_log
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.wirelog import WireLog
from voice_tui.drivers.wirestore import WireStore
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.provider import Provider
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.messages.intents import SelectEndpoint
from voice_tui.messages.limits import Limits
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.probe.kept import KeptResults, address_of
from voice_tui.probe.overlay import overlay
from voice_tui.settings import paths, profiles
from voice_tui.settings.choice import Refused
from voice_tui.settings.config import SELECTORS, Config
from voice_tui.settings.named import FIELDS
from voice_tui.settings.values import ALWAYS

if TYPE_CHECKING:  # each is loaded where it is made: a screen is there before
    from voice_tui.drivers.demo_caller import Synthesise
    from voice_tui.drivers.memory.options import MemoryOptions
    from voice_tui.drivers.recognition import RecogniserOptions
    from voice_tui.drivers.tools.options import ToolOptions
    from voice_tui.drivers.voices.worker import VoiceprintOptions
    from voice_tui.speech.recogniser import Recogniser
    from voice_tui.speech.synthesiser import Synthesiser

EMBEDDED = "embedded"
Resolve: TypeAlias = Callable[[], Awaitable[Endpoint]]


def open_wirelog(path: Path | None) -> WireLog | None:
    """The log that ``--events`` asks for."""
    try:
        return WireLog(path) if path else None
    except OSError as error:
        raise UsageProblem(f"--events: {path}: {error.strerror}") from error


def limits(config: Config) -> Limits:
    """Where a conversation hangs up by itself."""
    return Limits(config.max_cost, config.max_minutes, config.idle_minutes)


def wire_store(config: Config, provider: Provider) -> WireStore:
    """What the event inspector looks at."""
    return WireStore(FAMILIES[provider.family].inspection, time.monotonic, config.secrets)


def records(config: Config) -> RecordingOptions:
    """How conversations are kept."""
    folder = Path(config.record) if config.record not in ("", ALWAYS) else paths.recordings_folder()
    return RecordingOptions(folder, config.record_limit, bool(config.record), tuple(config.secrets))


def remembers(wanted: bool | None) -> MemoryOptions | None:
    """The memory of this run, opened; None where it is not wanted."""
    if not wanted:
        return None
    from voice_tui.drivers.memory.options import open_memory

    return open_memory(paths.memory_file(), lambda: settled.clock())


def tells_apart(config: Config, *, kept: bool, stores: bool = True) -> VoiceprintOptions | None:
    """How the voices of users are told apart; None where that is not wanted.

    Args:
        config: Of this run.
        kept: Enrolled voices are read.
        stores: They are written as well.
    """
    if not config.speaker_labels:
        return None
    from voice_tui.drivers.voices.worker import VoiceprintOptions

    return VoiceprintOptions(lambda: settled.clock(), paths.voices_file() if kept else None, stores)


def everything(config: Config, memory: MemoryOptions | None, tools: ToolOptions) -> Profile:
    """Who the assistant is, with every tool and with what the memory knows."""
    profile = profiles.profile(config, chosen(config), provider_of(config))
    return tools.introduce(memory.introduce(profile) if memory else profile)


def embedded_server(config: Config) -> EmbeddedServer:
    """The embedded server, not started yet."""
    return EmbeddedServer(config.brain_url, config.brain_model, config.brain_key, server_log(Path(config.log_file)))


def resolver(config: Config, embedded: EmbeddedServer) -> Resolve:
    """From the configuration to what finds the endpoint before each attempt to connect."""
    from voice_tui.drivers.entra import EntraTokens

    endpoint, tokens, place = choose_endpoint(config), EntraTokens(), place_of(config, embedded)

    async def resolve() -> Endpoint:
        if endpoint is None:
            found = await embedded.resolve()
        else:
            found = await tokens.authorise(endpoint) if endpoint.entra else endpoint
        return replace(found, place=place)

    return resolve


def place_of(config: Config, embedded: EmbeddedServer) -> Place:
    """What a conversation finds where the configuration leads to."""
    profile = profiles.profile(config, chosen(config), provider_of(config))
    able, where = capabilities(config, embedded)[0], "/".join(identity(config, embedded))
    return Place(able, profile.voice, profile.transcription_model, where)


def endpoints(config: Config, given: Mapping[str, object]) -> list[SelectEndpoint]:
    """What leads to other endpoints during a conversation: those with a name, and the embedded server.

    Args:
        config: Of this run.
        given: Command line values by field name; see `elsewhere`.
    """
    return [*named_endpoints(config, given), SelectEndpoint(EMBEDDED, PROVIDERS[EMBEDDED].about)]


def named_endpoints(config: Config, given: Mapping[str, object]) -> list[SelectEndpoint]:
    """Those that the configuration names; see `endpoints`."""
    return [_offered(name, given) for name in config.endpoints]


def _offered(name: str, given: Mapping[str, object]) -> SelectEndpoint:
    """A named endpoint with its address, or with the reason why it can't be gone to."""
    try:
        endpoint = choose_endpoint(selecting(name, given))
    except UsageProblem as problem:
        return SelectEndpoint(name, problem=problem.message)
    where = PROVIDERS[EMBEDDED].about if endpoint is None else f"{address_of(endpoint)} · {endpoint.model}".rstrip(" ·")
    return SelectEndpoint(name, where)


def selecting(name: str, given: Mapping[str, object]) -> Config:
    """The configuration that leads to an endpoint of that name, or else to that provider, during a conversation."""
    own = {field: value for field, value in given.items() if field not in (*SELECTORS, *FIELDS)}
    found = profiles.find_profiles()
    row = name in PROVIDERS and name not in gathered(own, found, connects=False)[0].endpoints
    return gathered({**own, **({"provider": name} if row else {"endpoint": name})}, found, connects=True)[0]


def elsewhere(given: Mapping[str, object], embedded: EmbeddedServer) -> Callable[[str], Resolve]:
    """From the name of an endpoint to what finds it.

    Args:
        given: Command line values by field name; those about the endpoint of the start do not count there.
        embedded: The embedded server.

    Returns:
        A function that raises `Refused` where that endpoint can't be used.
    """

    def find(name: str) -> Resolve:
        try:
            return resolver(selecting(name, given), embedded)
        except UsageProblem as problem:
            raise Refused(problem.message) from None

    return find


def identity(config: Config, embedded: EmbeddedServer) -> tuple[str, str]:
    """The address and the model that a probe's results are kept under."""
    endpoint = choose_endpoint(config)
    return ("embedded", embedded.model) if endpoint is None else (address_of(endpoint), endpoint.model)


def capabilities(config: Config, embedded: EmbeddedServer) -> tuple[Capabilities, list[str]]:
    """What the endpoint can do, by its provider's row and by its last probe; and what is to be said of that."""
    kept = KeptResults(paths.probes_file()).of(*identity(config, embedded))
    endpoint, able = choose_endpoint(config), provider_of(config).capabilities
    if endpoint is not None:
        able = replace(able, billing=endpoint.billing)
    return overlay(able, kept, settled.clock())


def recogniser() -> RecogniserOptions | None:
    """Our own recogniser, for endpoints that write nothing down; None when it is not installed."""
    if find_spec("moonshine_voice") is None or find_spec("onnxruntime") is None:
        return None
    from voice_tui.drivers.recognition import RecogniserOptions

    def load() -> Recogniser:
        from voice_tui.speech.recogniser import LocalRecogniser

        return LocalRecogniser(threads=1)

    return RecogniserOptions(load)


def synthesiser() -> Synthesise | None:
    """The local voice for the demo caller, loaded when it first speaks; None when it is not installed."""
    if find_spec("hibari") is None:
        return None

    @cache
    def loaded() -> Synthesiser:
        from voice_tui.speech.synthesiser import LocalSynthesiser

        return LocalSynthesiser()

    return lambda text: loaded().synthesise(text, voice="echo")  # another voice than the assistant's
