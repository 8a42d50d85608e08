"""What a run is told: command line, environment and files as one configuration, its log begun, its endpoint chosen."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from dotenv import find_dotenv

from voice_tui.cli.child import logged
from voice_tui.cli.effect import without_effect
from voice_tui.cli.options import UsageProblem, switch_of
from voice_tui.cli.output import complain
from voice_tui.endpoints.models import ModelTable
from voice_tui.endpoints.provider import Provider
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.settings import paths, profiles
from voice_tui.settings.choice import Refused, choose
from voice_tui.settings.config import Config, load
from voice_tui.settings.model_file import read_models
from voice_tui.settings.profiles import LoadedProfiles, ProfileFile

clock: Callable[[], float] = time.time
"""The time of day for the memory, s since 1970."""


def configuration(
    given: Mapping[str, object],
    log: Path | None = None,
    *,
    connects: bool = True,
    saved: Mapping[str, str] | None = None,
) -> tuple[Config, list[str]]:
    """The configuration of this run, and what was left out of it; logging starts here.

    Args:
        given: Command line values by field name.
        log: Where it logs unless the configuration says otherwise; None: the usual file.
        connects: It is for a run that connects to an endpoint.
        saved: What the user saved in the console.

    Raises:
        UsageProblem: Something on the command line is wrong, or something that decides the host or the key.
    """
    found = profiles.find_profiles()
    config, problems, provider = gathered(given, found, connects=connects, saved=saved)
    problems += found.errors
    if connects:
        models, wrong = known_models()
        problems += [*wrong, *farewells(config, provider, models, date.fromtimestamp(clock()))]
        problems += without_effect(given, config, choose_endpoint(config))
    return logged(config, problems, log or paths.log_file()), problems


def gathered(
    given: Mapping[str, object], found: LoadedProfiles, *, connects: bool, saved: Mapping[str, str] | None = None
) -> tuple[Config, list[str], Provider]:
    """The configuration with the profile that it names, what was left out, and who runs the endpoint."""
    dotenv_path = find_dotenv(usecwd=True)
    config_path = paths.config_folder() / "config.toml"
    sources = (given, os.environ, Path(dotenv_path) if dotenv_path else None, config_path)
    config, problems = load(*sources, saved=saved)
    provider = provider_of(config) if connects else PROVIDERS["embedded"]
    if file := found.profiles.get(config.profile):
        said = file.configured()
        if not provider.voice:  # the voices of profiles are OpenAI's
            said.pop("voice", None)
        if saved and saved.get("profile") == config.profile and "preset" in saved:
            said.pop("preset", None)  # it was saved with this profile, after the profile was written
        config, problems = load(*sources, said, saved)
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


def chosen(config: Config) -> ProfileFile | None:
    """The profile that the configuration names."""
    return profiles.find_profiles().profiles.get(config.profile)


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
    from voice_tui.drivers.route import certificate_problem  # who serves connects to nobody

    if endpoint is not None and (problem := certificate_problem(endpoint, os.environ)):
        raise UsageProblem(problem)
    return endpoint


def provider_of(config: Config) -> Provider:
    """Who runs the endpoint that the configuration asks for: known before anything is connected."""
    endpoint = choose_endpoint(config)
    return PROVIDERS["embedded" if endpoint is None else endpoint.provider]
