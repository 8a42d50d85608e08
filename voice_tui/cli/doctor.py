"""``voice-tui doctor``: whether everything is there that a conversation needs."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

import click

from voice_tui import __version__
from voice_tui.cli import configuration, wiring
from voice_tui.cli.effect import without_effect
from voice_tui.cli.flags import plain_flags
from voice_tui.cli.options import OptionCommand, UsageProblem
from voice_tui.cli.output import say
from voice_tui.doctor import machine, sound
from voice_tui.doctor.examination import Check, Examination
from voice_tui.doctor.finding import Finding, Grade
from voice_tui.doctor.network import Doors, Knocked
from voice_tui.doctor.wording import as_json, lines, summary
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.embedded import EmbeddedServer
from voice_tui.drivers.handshake import Handshake, shake
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal, redact
from voice_tui.endpoints.provider import Provider
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.settings import paths
from voice_tui.settings.config import Config
from voice_tui.settings.tuned import TunedFile
from voice_tui.settings.values import ECHO

PROBLEMS = 1
"""Exit code where a conversation can't be held as it is configured."""
SOUND_S, SERVER_S, EMBEDDED_S = 10.0, 20.0, 40.0
# fmt: off
FLAGS = (
    "endpoint", "provider", "url", "model", "dialect", "audio_format", "proxy", "ca", "mic", "speaker", "brain_url",
    "brain_model", "log_file",
)
# fmt: on


@click.command(cls=OptionCommand)
@plain_flags(*FLAGS)
@click.option("--quick", is_flag=True, help="Open no device and ask no server.")
@click.option("--json", "json_wanted", is_flag=True, help="One line of JSON, without secrets.")
def doctor(quick: bool, json_wanted: bool, **given: object) -> None:
    """Look whether everything is there that a conversation needs; each line says what to do.

    Devices are opened for a second, endpoints are connected to; nothing is said there, and nothing is paid.

    Exit code: 0 a conversation can be held, 1 it can't as it is configured, 2 wrong usage.
    """
    config, problems = configuration.configuration(given, connects=False)
    keep_native_errors_off_the_terminal(Path(config.log_file))
    examination = Examination(list(checks(config, problems, given, quick=quick)), time.monotonic)
    found: list[Finding] = []
    encoding, width = sys.stdout.encoding or "ascii", shutil.get_terminal_size((100, 24)).columns
    for finding in examination.findings():
        found.append(finding)
        if not json_wanted:
            say("\n".join(lines(finding, width, encoding)))
    say(as_json(found, partial(redact, secrets=config.secrets), Path.home()) if json_wanted else f"\n{summary(found)}")
    _leave(any(finding.grade is Grade.PROBLEM for finding in found) * PROBLEMS, at_once=bool(examination.hanging))


def _leave(code: int, *, at_once: bool) -> None:
    """End; a thread that hangs in a library would hold up the interpreter's own way of ending."""
    if at_once:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def report(given: Mapping[str, object] | None = None) -> bytes:
    """What ``doctor --quick --json`` says, for a report of a fault."""
    config, problems = configuration.configuration(given or {}, connects=False)
    looks = list(checks(config, problems, given or {}, quick=True))
    found = Examination(looks, time.monotonic).findings()
    return as_json(found, partial(redact, secrets=config.secrets), Path.home()).encode()


def checks(config: Config, problems: Iterable[str], given: Mapping[str, object], *, quick: bool) -> Iterator[Check]:
    """Everything to look at.

    Args:
        config: Of this run.
        problems: What was left out of it.
        given: Command line values by field name.
        quick: No device is opened, no server asked.
    """
    doors = Doors(date.fromtimestamp(configuration.clock()), configuration.clock, configuration.known_models()[0])
    chosen = _asked("", lambda: configuration.choose_endpoint(config), chosen=True)
    idle = () if chosen.problem else without_effect(given, config, chosen.endpoint)
    doors_to_try = [] if quick else _knocked(config, given, chosen)
    embedded = any(each.endpoint is None and not each.problem for each in doors_to_try)
    missed = {"local": Grade.WARNING} if embedded else {}
    if chosen.endpoint is None and not chosen.problem and config.brain_url != ECHO:
        missed = {"local": Grade.PROBLEM}  # a conversation would be held with the embedded server
    folders = {"settings": paths.config_folder(), "recordings": paths.recordings_folder()}
    yield Check("Python", partial(machine.python, __version__))
    yield Check("terminal", partial(machine.terminal, os.environ, sys.__stdout__))
    yield Check("settings", partial(_settings, config, (*problems, *misfits(), *idle)))
    yield Check("disk", partial(machine.disk, folders), hangs="a disk of the network that is not there?")
    yield Check("packages", partial(machine.packages, missed))
    yield Check("PortAudio", sound.portaudio, SOUND_S, "the sound system of this machine hangs: start it anew")
    devices = partial(sound.chosen, config.mic, config.speaker, sound.Sound(), opens=not quick)
    yield Check("devices", devices, SOUND_S, "the sound system of this machine hangs: start it anew")
    for each in doors_to_try:
        if each.endpoint is None and not each.problem:
            yield Check("embedded", partial(_embedded, config, chosen=each.chosen), EMBEDDED_S, "see the log file")
        else:
            hangs = "check the address and the network, or a proxy"
            yield Check(f"endpoint {each.label}", partial(doors.knock, each), SERVER_S, hangs)
    if not quick:
        yield Check("clock", doors.clock, last=True)


def misfits() -> list[str]:
    """What is wrong in the files that stand beside config.toml, one line each."""
    folder = paths.config_folder()
    tuned = TunedFile(folder / "tuned.toml")
    found = [*tuned.problems, *tuned.swept_problems(), *configuration.known_models()[1]]
    keys, themes = folder / "keys.toml", folder / "themes"
    if keys.exists() or themes.exists():
        from voice_tui.ui.commands import COMMANDS  # a screen's: it takes long to load
        from voice_tui.ui.keymap import load_keys
        from voice_tui.ui.themes import load_themes

        found += [*load_keys(keys, COMMANDS).errors, *load_themes((themes,)).errors]
    return found


def _settings(config: Config, problems: tuple[str, ...]) -> Iterator[Finding]:
    """Where the settings come from, and what is wrong with them."""
    for problem in problems:
        yield Finding("settings", Grade.WARNING, problem)
    sources: dict[str, list[str]] = {}
    for name, origin in config.origins.items():
        sources.setdefault(origin.partition(": ")[0], []).append(name)
    words = "; ".join(f"{source}: {', '.join(names)}" for source, names in sources.items())
    yield Finding("settings", Grade.OK, words or "none given: everything as it comes", facts={"sources": sources})


def _knocked(config: Config, given: Mapping[str, object], chosen: Knocked) -> list[Knocked]:
    """The endpoint of a conversation, which was chosen, then those with a name, then those whose key is there."""
    found = [chosen]
    others = [name for name in config.endpoints if name != config.endpoint]
    others += [row.name for row in PROVIDERS.values() if row.key_setting != "api_key" and _has_key(config, row)]
    found += [_asked(name, partial(_elsewhere, name, given)) for name in others]
    seen: set[tuple[str, str]] = set()
    kept = []
    for each in found:
        key = (each.endpoint.url, each.endpoint.provider) if each.endpoint else (each.label, each.problem)
        if key not in seen and (each.chosen or each.endpoint is not None or each.label in config.endpoints):
            kept.append(each)
        seen.add(key)
    return kept


def _has_key(config: Config, row: Provider) -> bool:
    return bool(getattr(config, row.key_setting))


def _elsewhere(name: str, given: Mapping[str, object]) -> Endpoint | None:
    return configuration.choose_endpoint(wiring.selecting(name, given))


def _asked(label: str, choose: Callable[[], Endpoint | None], *, chosen: bool = False) -> Knocked:
    try:
        endpoint = choose()
    except UsageProblem as problem:
        return Knocked(label or "chosen", None, chosen, problem.message)
    label = label or (endpoint.name or endpoint.provider if endpoint else "embedded")
    return Knocked(label, endpoint, chosen)


def _embedded(config: Config, *, chosen: bool) -> Iterator[Finding]:
    """The server in this package, which is started for it: so its models are loaded, too."""
    bad = Grade.PROBLEM if chosen else Grade.WARNING
    server = wiring.embedded_server(config)
    begun = time.monotonic()
    try:
        done = asyncio.run(_started(server))
    except ConnectionFailed as error:
        what, _, advice = str(error).partition(": ")
        yield Finding("embedded", bad, what, advice)
        return
    finally:
        server.stop()
    if done.problem:
        yield Finding("embedded", bad, done.problem)
        return
    took = time.monotonic() - begun
    words = f"the server in this package started and lets us in, {took:.1f} s; {server.model}"
    yield Finding("embedded", Grade.OK, words, facts={"seconds": round(took, 2), "model": server.model})


async def _started(server: EmbeddedServer) -> Handshake:
    return await shake(await server.resolve())
