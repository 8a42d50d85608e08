"""The command line: the only module that wires everything together."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import click
from dotenv import find_dotenv

from voice_tui import __version__, paths
from voice_tui.config import DEFAULT_MODEL, OPTIONS, Config, load
from voice_tui.conversation.notices import Announced, Severity
from voice_tui.conversation.presets import PRESETS
from voice_tui.conversation.profile import Profile
from voice_tui.drivers.connection import ConnectionFailed
from voice_tui.drivers.demo import Synthesise
from voice_tui.drivers.embedded import EmbeddedServer
from voice_tui.drivers.endpoint import Endpoint, azure_endpoint, openai_endpoint, url_endpoint
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal, log_to
from voice_tui.drivers.portaudio import DeviceError, devices
from voice_tui.drivers.talk import Talk
from voice_tui.drivers.thread import VoiceThread, prepare_interpreter
from voice_tui.drivers.voice import VoiceOptions
from voice_tui.drivers.wirelog import WireLog

F = TypeVar("F", bound=Callable[..., Any])

NO_TERMINAL = "voice-tui: no terminal here (a pipe or CI?); try without a screen: voice-tui talk --mic demo"
SHARED_FLAGS = ("provider", "url", "model", "mic", "speaker", "preset", "voice", "brain_url", "brain_model", "log_file")


class UsageProblem(click.ClickException):
    """Something the user can mend; one line, exit code 2."""

    exit_code = 2


def flags(*names: str) -> Callable[[F], F]:
    """Options of a command, out of the configuration's table."""

    def decorate(function: F) -> F:
        for name in reversed(names):
            option = OPTIONS[name]
            kind = click.Choice(list(PRESETS)) if name == "preset" else None
            switch = "--brain" if name == "brain_url" else "--" + name.replace("_", "-")
            function = click.option(switch, name, default=None, type=kind, help=option.help)(function)
        return click.option("--greeting/--no-greeting", default=None, help=OPTIONS["greeting"].help)(function)

    return decorate


EVENTS = click.option(
    "--events", type=click.Path(dir_okay=False, path_type=Path), help="Write every wire event to this file (JSONL)."
)


class Commands(click.Group):
    """The commands; those of the lab bring their models and are imported only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in order."""
        return sorted([*super().list_commands(ctx), "lab"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name == "lab":
            from voice_tui.lab.commands import lab

            return lab
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="voice-tui %(version)s")
@flags(*SHARED_FLAGS, "theme")
@EVENTS
@click.pass_context
def main(context: click.Context, /, events: Path | None, **given: object) -> None:
    """An instrument for realtime voice agents: talk, tune turn-taking live, see interruptions happen.

    Without a key it talks to its embedded server; see .env.example for endpoints.
    """
    if context.invoked_subcommand is None:
        sys.exit(run_console(given, events))


@main.command()
@flags(*SHARED_FLAGS)
@click.option("--say", multiple=True, metavar="TEXT", help="A typed turn; may be given more than once.")
@EVENTS
@click.option(
    "--for", "seconds", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="End after so long."
)
@click.option("--json", "as_json", is_flag=True, help="One notice a line, at last a summary.")
def talk(say: tuple[str, ...], events: Path | None, seconds: float | None, as_json: bool, **given: object) -> None:
    """Hold a conversation without the screen.

    --mic takes a device, FILE.wav (played in real time), demo (a caller that asks and interrupts) or none; --speaker a
    device, FILE.wav (written: what a listener would have heard) or none.
    """
    config = configure(given)
    demo = config.mic == "demo"
    prepare_interpreter()
    embedded = embedded_server(config)
    wirelog = open_wirelog(events)
    options = VoiceOptions(
        resolve=resolver(config, embedded),
        profile=profile(config),
        preset=config.preset,
        mic="none" if demo else config.mic,
        speaker=config.speaker,
        synthesise=synthesiser() if demo else None,
        wirelog=wirelog,
        strict=True,
    )
    try:
        asyncio.run(Talk(options, say=say, demo=demo, seconds=seconds, as_json=as_json, out=_print_line).run())
    except (ConnectionFailed, DeviceError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        embedded.stop()
        if wirelog:
            wirelog.close()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--brain", "brain_url", default=None, help=OPTIONS["brain_url"].help)
@click.option("--brain-model", default=None, help=OPTIONS["brain_model"].help)
@click.option("--log-file", default=None, help=OPTIONS["log_file"].help)
@click.option("--until-stdin-closes", is_flag=True, hidden=True, help="End when standard input is closed.")
def serve(host: str, port: int, until_stdin_closes: bool, **given: object) -> None:
    """Run the embedded Realtime server; its first line is its URL."""
    from voice_tui.local import serve as local_serve  # the models' runtime is imported only where it is used

    config = configure(given)
    sys.exit(
        local_serve.run(
            host,
            port,
            brain_url=config.brain_url or None,
            brain_model=config.brain_model or None,
            brain_key=config.brain_key.reveal() or None,
            until_stdin_closes=until_stdin_closes,
        )
    )


@main.command("devices")
def list_devices() -> None:
    """Show what PortAudio sees; the defaults are marked."""
    try:
        found = devices()
    except DeviceError as error:
        raise click.ClickException(str(error)) from error
    if not found:
        raise click.ClickException("PortAudio sees no audio device; the demo caller works without: voice-tui, then F7")
    for d in found:
        marks = ", ".join(
            m for m, on in (("default mic", d.default_input), ("default speaker", d.default_output)) if on
        )
        shape = f"{d.inputs} in, {d.outputs} out, {d.rate / 1000:g} kHz"
        click.echo(f"{d.index:>3}  {d.name}  ({d.host_api}: {shape}){'  ← ' + marks if marks else ''}")


def run_console(given: dict[str, object], events: Path | None) -> int:
    """Start the TUI; returns the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(NO_TERMINAL, err=True)
        return 2
    config, problems = configuration(given)
    embedded = embedded_server(config)
    wirelog = open_wirelog(events)
    options = VoiceOptions(
        resolve=resolver(config, embedded),
        profile=profile(config),
        preset=config.preset,
        mic=config.mic,
        speaker=config.speaker,
        synthesise=synthesiser(),
        wirelog=wirelog,
    )
    keep_native_errors_off_the_terminal(log_file(config))
    from voice_tui.ui.app import VoiceTuiApp  # Textual is imported only for the screen
    from voice_tui.ui.themes import DEFAULT_THEME

    def cleanup() -> None:
        embedded.stop()
        if wirelog:
            wirelog.close()

    app = VoiceTuiApp(
        VoiceThread(options, cleanup, tuple(Announced(Severity.WARNING, problem) for problem in problems)),
        theme=config.theme or DEFAULT_THEME,
        themes_folder=paths.config_folder() / "themes",
    )
    app.run()
    if app.fatal:
        click.echo(f"voice-tui: {app.fatal}", err=True)
    return int(app.return_code or 0)


# ---- putting together


def configuration(given: dict[str, object]) -> tuple[Config, list[str]]:
    """The configuration of this run, and what was left out of it; logging starts here."""
    dotenv_path = find_dotenv(usecwd=True)
    config_path = paths.config_folder() / "config.toml"
    config, problems = load(given, os.environ, Path(dotenv_path) if dotenv_path else None, config_path)
    for problem in problems:
        if problem.startswith("command line: "):
            raise UsageProblem("--" + problem.removeprefix("command line: ").replace("_", "-", 1))
    try:
        log_to(log_file(config), config.secrets)
    except OSError as error:
        raise UsageProblem(f"--log-file: {log_file(config)}: {error.strerror}") from error
    return config, problems


def configure(given: dict[str, object]) -> Config:
    """The configuration of a run without a screen: what was left out is said on standard error."""
    config, problems = configuration(given)
    for problem in problems:
        click.echo(f"voice-tui: {problem}", err=True)
    return config


def open_wirelog(path: Path | None) -> WireLog | None:
    """The log that ``--events`` asks for."""
    try:
        return WireLog(path) if path else None
    except OSError as error:
        raise UsageProblem(f"--events: {path}: {error.strerror}") from error


def log_file(config: Config) -> Path:
    """Where this run logs."""
    return Path(config.log_file) if config.log_file else paths.log_file()


def profile(config: Config) -> Profile:
    """Who the assistant is."""
    transcription = "" if config.transcription_model == "none" else config.transcription_model
    return Profile(config.instructions, config.voice, transcription, "Hello" if config.greeting else "")


def embedded_server(config: Config) -> EmbeddedServer:
    """The embedded server, not started yet."""
    return EmbeddedServer(config.brain_url, config.brain_model, config.brain_key, log_file(config))


def resolver(config: Config, embedded: EmbeddedServer) -> Callable[[], Any]:
    """From the configuration to what finds the endpoint before each attempt to connect."""
    endpoint = choose_endpoint(config)

    async def resolve() -> Endpoint:
        return await embedded.resolve() if endpoint is None else endpoint

    return resolve


def choose_endpoint(config: Config) -> Endpoint | None:
    """The endpoint that the configuration asks for; None: the embedded server.

    Raises:
        UsageProblem: A provider was named and something for it is missing.
    """
    c = config
    if c.url:
        return url_endpoint(c.url, c.api_key.reveal(), c.model)
    azure = {
        "AZURE_OPENAI_API_KEY": c.azure_api_key,
        "AZURE_OPENAI_ENDPOINT": c.azure_endpoint,
        "AZURE_OPENAI_DEPLOYMENT": c.model or c.azure_deployment,
    }
    if c.provider == "azure" or (c.provider == "auto" and all(azure.values())):
        if missing := [name for name, value in azure.items() if not value]:
            raise UsageProblem(f"provider azure: set {' and '.join(missing)} (see .env.example)")
        return azure_endpoint(c.azure_api_key.reveal(), c.azure_endpoint, c.model or c.azure_deployment)
    if c.provider == "openai" or (c.provider == "auto" and c.openai_api_key):
        if not c.openai_api_key:
            raise UsageProblem("provider openai: set OPENAI_API_KEY (see .env.example)")
        return openai_endpoint(c.openai_api_key.reveal(), c.model or DEFAULT_MODEL, c.openai_base_url)
    return None


def synthesiser() -> Synthesise | None:
    """The local voice for the demo caller, loaded when it first speaks; None when it is not installed."""
    if find_spec("hibari") is None:
        return None

    def synthesise(text: str) -> Any:
        from voice_tui.local.voice import LocalVoice

        return LocalVoice().synthesise(text, voice="echo")  # another voice than the assistant's

    return synthesise


def _print_line(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
