"""``voice-tui settings``: how a session would be set up here, for somebody's own program."""

from __future__ import annotations

import click

from voice_tui.cli.configuration import chosen, configuration, known_models, provider_of
from voice_tui.cli.flags import SHARED_FLAGS, flags
from voice_tui.cli.options import Group
from voice_tui.cli.output import complain, say
from voice_tui.cli.wiring import capabilities, embedded_server, identity
from voice_tui.conversation.engine import Engine
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.sdk_code import FORMATS
from voice_tui.messages.presets import PRESETS, own_knobs
from voice_tui.settings import paths, profiles
from voice_tui.settings.tuned import TunedFile


@click.group(cls=Group)
def settings() -> None:
    """Take what was tuned to a program of your own."""


@settings.command()
@flags(*SHARED_FLAGS)
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="json", show_default=True,
    help="json: a session.update; python, js: code for the official SDKs.",
)  # fmt: skip
def export(form: str, **given: object) -> None:
    """Write the settings that a session begins with here, knobs as they were saved, without instructions and tools.

    Nothing is connected to. In the console, y with a knob in hand copies what the server has really taken.

    Example: voice-tui settings export --format python > session.py
    """
    file = TunedFile(paths.config_folder() / "tuned.toml")
    config, problems = configuration(given, saved=file.tuned.start)
    for problem in [*problems, *file.problems]:
        complain(f"voice-tui: {problem}")
    embedded, provider = embedded_server(config), provider_of(config)
    family, able = FAMILIES[provider.family], capabilities(config, embedded)[0]
    profile = profiles.profile(config, chosen(config), provider)
    engine = Engine(
        lambda shared: family.open(shared, profile, able, known_models()[0]), config.preset, tuned=file.tuned.knobs
    )
    knobs = file.tuned.knobs.get(config.preset) or PRESETS[config.preset].settings
    model = identity(config, embedded)[1] if provider.name != "embedded" else ""
    say(FORMATS[form](family.tuning(engine.session), model, own_knobs(config.preset, knobs)).rstrip("\n"))
