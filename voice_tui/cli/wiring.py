"""What a run is made of: configuration, profile, endpoint, memory and voices, put together for the command line."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from dotenv import find_dotenv

from voice_tui.cli.effect import without_effect
from voice_tui.cli.options import UsageProblem, switch_of
from voice_tui.cli.output import complain
from voice_tui.drivers.demo_caller import Synthesise
from voice_tui.drivers.embedded import EmbeddedServer
from voice_tui.drivers.entra import EntraTokens
from voice_tui.drivers.logs import log_to, server_log
from voice_tui.drivers.memory.options import MemoryOptions, open_memory
from voice_tui.drivers.recognition import RecogniserOptions
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.route import certificate_problem
from voice_tui.drivers.tools.options import ToolOptions
from voice_tui.drivers.voices.worker import VoiceprintOptions
from voice_tui.drivers.wirelog import WireLog
from voice_tui.drivers.wirestore import WireStore
from voice_tui.endpoints.models import ModelTable
from voice_tui.endpoints.provider import Provider
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.messages.intents import SelectEndpoint
from voice_tui.messages.limits import Limits
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.probe.kept import KeptResults, address_of
from voice_tui.probe.overlay import overlay
from voice_tui.secret import Secret
from voice_tui.settings import paths, profiles
from voice_tui.settings.choice import Refused, choose
from voice_tui.settings.config import SELECTORS, Config, load
from voice_tui.settings.model_file import read_models
from voice_tui.settings.named import FIELDS
from voice_tui.settings.options import OPTIONS
from voice_tui.settings.profiles import LoadedProfiles, ProfileFile
from voice_tui.settings.values import ALWAYS
from voice_tui.speech.recogniser import Recogniser
from voice_tui.speech.synthesiser import Synthesiser

EMBEDDED = "embedded"
Resolve: TypeAlias = Callable[[], Awaitable[Endpoint]]

clock: Callable[[], float] = time.time
"""The time of day for the memory, s since 1970."""


def configuration(
    given: Mapping[str, object], log: Path | None = None, *, connects: bool = True
) -> tuple[Config, list[str]]:
    """The configuration of this run, and what was left out of it; logging starts here.

    Args:
        given: Command line values by field name.
        log: Where it logs unless the configuration says otherwise; None: the usual file.
        connects: It is for a run that connects to an endpoint.

    Raises:
        UsageProblem: Something on the command line is wrong, or something that decides the host or the key.
    """
    found = profiles.find_profiles()
    config, problems, provider = _gathered(given, found, connects=connects)
    problems += found.errors
    if connects:
        models, wrong = known_models()
        problems += [*wrong, *farewells(config, provider, models, date.fromtimestamp(clock()))]
    problems += without_effect(given, config, choose_endpoint(config) if connects else None)
    return _logged(config, problems, log or paths.log_file()), problems


def _gathered(
    given: Mapping[str, object], found: LoadedProfiles, *, connects: bool
) -> tuple[Config, list[str], Provider]:
    """The configuration with the profile that it names, what was left out, and who runs the endpoint."""
    dotenv_path = find_dotenv(usecwd=True)
    config_path = paths.config_folder() / "config.toml"
    sources = (given, os.environ, Path(dotenv_path) if dotenv_path else None, config_path)
    config, problems = load(*sources)
    provider = provider_of(config) if connects else PROVIDERS["embedded"]
    if file := found.profiles.get(config.profile):
        said = file.configured()
        if not provider.voice:  # the voices of profiles are OpenAI's
            said.pop("voice", None)
        config, problems = load(*sources, said)
    elif config.profile:
        source = "command line: " if given.get("profile") else ""
        problems.append(source + profiles.unknown(config.profile, found.profiles))
    return config, problems, provider


def configure(given: dict[str, object], log: Path | None = None, *, connects: bool = True) -> Config:
    """The configuration of a run without a screen: what was left out is said on standard error."""
    config, problems = configuration(given, log, connects=connects)
    for problem in problems:
        complain(f"voice-tui: {problem}")
    return config


def key_in(file: Path) -> Secret:
    """The key that a file holds.

    Raises:
        UsageProblem: It cannot be read, or there is no key in it.
    """
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"--api-key-file: {file} cannot be read: {type(error).__name__}") from error
    if not found or len(found.split()) > 1:
        raise UsageProblem(f"--api-key-file: {file} must hold one key, and nothing else")
    return Secret(found)


def isolated(given: dict[str, object]) -> Config:
    """The configuration of the embedded server's process: the command line and the brain's key, nothing else.

    Whatever the user's environment, ``.env`` and files hold, it has no key that it could lose.
    """
    key = OPTIONS["brain_key"].variable
    config, problems = load(given, {key: os.environ.get(key, "")})
    return _logged(config, problems, paths.log_file())


def _logged(config: Config, problems: list[str], usual: Path) -> Config:
    """The configuration with the log file that was begun.

    Raises:
        UsageProblem: Something on the command line is wrong.
    """
    for problem in problems:
        if problem.startswith("command line: "):
            name, _, why = problem.removeprefix("command line: ").partition(": ")
            raise UsageProblem(f"{switch_of(name)}: {why}")
    wanted = Path(config.log_file) if config.log_file else usual
    try:
        log = log_to(wanted, config.secrets)
    except OSError as error:
        problems.append(f"log_file: {wanted}: {error.strerror}: going on without a log")
        return replace(config, log_file=str(log_to(Path(os.devnull), config.secrets)))
    if config.log_file and log.name != wanted.name:
        problems.append(f"log_file: another run writes {wanted}, this one writes {log}")
    return replace(config, log_file=str(log))


def known_models() -> tuple[ModelTable, list[str]]:
    """What is known of models, with what the user's ``models.toml`` says; and what is wrong with that file."""
    return read_models(paths.config_folder() / "models.toml")


def farewells(config: Config, provider: Provider, models: ModelTable, today: date) -> list[str]:
    """What is to be said of models that end soon, a line each.

    The dates are OpenAI's; of other hosts' deployments only those are known that the user's table names.
    """
    endpoint = choose_endpoint(config)
    names = [endpoint.model, config.transcription_model or provider.transcription] if endpoint else []
    dated = endpoint is not None and provider.name == "openai" and provider.meant(endpoint.url)
    known = [name for name in names if dated or name in models.deployments]
    return [line for name in known if (line := models.farewell(name, today))]


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
    return WireStore(provider.family.inspection, time.monotonic, config.secrets)


def records(config: Config) -> RecordingOptions:
    """How conversations are kept."""
    folder = Path(config.record) if config.record not in ("", ALWAYS) else paths.recordings_folder()
    return RecordingOptions(folder, config.record_limit, bool(config.record), tuple(config.secrets))


def chosen(config: Config) -> ProfileFile | None:
    """The profile that the configuration names."""
    return profiles.find_profiles().profiles.get(config.profile)


def remembers(wanted: bool | None) -> MemoryOptions | None:
    """The memory of this run, opened; None where it is not wanted."""
    return open_memory(paths.memory_file(), lambda: clock()) if wanted else None


def tells_apart(config: Config, *, kept: bool, stores: bool = True) -> VoiceprintOptions | None:
    """How the voices of users are told apart; None where that is not wanted.

    Args:
        config: Of this run.
        kept: Enrolled voices are read.
        stores: They are written as well.
    """
    if not config.speaker_labels:
        return None
    return VoiceprintOptions(lambda: clock(), paths.voices_file() if kept else None, stores)


def everything(config: Config, memory: MemoryOptions | None, tools: ToolOptions) -> Profile:
    """Who the assistant is, with every tool and with what the memory knows."""
    profile = profiles.profile(config, chosen(config), provider_of(config))
    return tools.introduce(memory.introduce(profile) if memory else profile)


def embedded_server(config: Config) -> EmbeddedServer:
    """The embedded server, not started yet."""
    return EmbeddedServer(config.brain_url, config.brain_model, config.brain_key, server_log(Path(config.log_file)))


def resolver(config: Config, embedded: EmbeddedServer) -> Resolve:
    """From the configuration to what finds the endpoint before each attempt to connect."""
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
    row = name in PROVIDERS and name not in _gathered(own, found, connects=False)[0].endpoints
    return _gathered({**own, **({"provider": name} if row else {"endpoint": name})}, found, connects=True)[0]


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


def provider_of(config: Config) -> Provider:
    """Who runs the endpoint that the configuration asks for: known before anything is connected."""
    endpoint = choose_endpoint(config)
    return PROVIDERS["embedded" if endpoint is None else endpoint.provider]


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
    return overlay(able, kept, clock())


def choose_endpoint(config: Config) -> Endpoint | None:
    """The endpoint that the configuration asks for; None: the embedded server.

    Raises:
        UsageProblem: Something that decides the host or the key is wrong or missing.
    """
    try:
        endpoint = choose(config)
    except Refused as refused:
        source, _, why = str(refused).partition(": ")
        name, _, rest = why.partition(": ")
        raise UsageProblem(f"{switch_of(name)}: {rest}" if source == "command line" else str(refused)) from None
    if endpoint is not None and (problem := certificate_problem(endpoint, os.environ)):
        raise UsageProblem(problem)
    return endpoint


def recogniser() -> RecogniserOptions | None:
    """Our own recogniser, for endpoints that write nothing down; None when it is not installed."""
    if find_spec("moonshine_voice") is None or find_spec("onnxruntime") is None:
        return None

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
