"""The command line: the only module that wires everything together."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from importlib import import_module
from pathlib import Path

import click

from voice_tui import __version__
from voice_tui.cli.flags import EVENTS, SHARED_FLAGS, flags, memory_flags, record_flags, refuse_clashes, tool_flags
from voice_tui.cli.options import Group, UsageProblem
from voice_tui.cli.output import complain, fail, say, say_aside
from voice_tui.cli.telemetry import closed, telemetry
from voice_tui.cli.tools import equipped, keep_prints_away
from voice_tui.cli.wiring import (
    capabilities,
    chosen,
    configuration,
    configure,
    elsewhere,
    embedded_server,
    endpoints,
    everything,
    isolated,
    key_in,
    known_models,
    limits,
    open_wirelog,
    provider_of,
    recogniser,
    records,
    remembers,
    resolver,
    synthesiser,
    tells_apart,
    wire_store,
)
from voice_tui.drivers.call import HungUp
from voice_tui.drivers.devices.pipe_microphone import PIPE
from voice_tui.drivers.devices.portaudio import DeviceError, devices
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal, server_log
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.printer import Printer
from voice_tui.drivers.socket import ConnectionFailed
from voice_tui.drivers.talk import Talk
from voice_tui.drivers.thread import VoiceThread, prepare_interpreter
from voice_tui.drivers.wirelog import Taps
from voice_tui.messages.limits import HUNG_UP
from voice_tui.messages.talk import Announced, Severity
from voice_tui.plain_text import clean_text
from voice_tui.settings import paths, profiles
from voice_tui.settings.options import OPTIONS

# The models' runtime sends telemetry and, where it can't keep an id for that, writes to the terminal. We send nothing,
# so it shall not either; the child that is the embedded server inherits this.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
NO_TERMINAL = "voice-tui: no terminal here (a pipe or CI?); try without a screen: voice-tui talk --mic demo"
LATER = {
    "doctor": ("voice_tui.cli.doctor", "doctor"),
    "drive": ("voice_tui.cli.scenarios", "drive"),
    "endpoints": ("voice_tui.cli.endpoints", "list_endpoints"),
    "judge": ("voice_tui.cli.judge", "judge"),
    "lab": ("voice_tui.cli.lab", "lab"),
    "memory": ("voice_tui.cli.memory", "memory"),
    "models": ("voice_tui.cli.endpoints", "list_models"),
    "probe": ("voice_tui.cli.probe", "probe"),
    "recordings": ("voice_tui.cli.recordings", "recordings"),
    "replay": ("voice_tui.cli.replay", "replay"),
    "report": ("voice_tui.cli.report", "report"),
    "speakers": ("voice_tui.cli.speakers", "speakers"),
    "test": ("voice_tui.cli.scenarios", "test"),
}
"""Commands that are imported only when they are asked for, for some bring their models: module and name."""


class Commands(Group):
    """All commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in order."""
        return sorted([*super().list_commands(ctx), *LATER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        module, name = LATER[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="voice-tui %(version)s")
@flags(*SHARED_FLAGS, "theme")
@tool_flags
@memory_flags
@record_flags
@EVENTS
@click.pass_context
def main(context: click.Context, /, events: Path | None, private: bool, **given: object) -> None:
    """An instrument for realtime voice agents: talk, tune turn-taking live, see interruptions happen.

    Without a key it talks to its embedded server; see .env.example for endpoints.
    """
    if context.invoked_subcommand is None:
        memory = given["memory"]
        if given["record"] in main.list_commands(context):
            raise UsageProblem(f"--record {given['record']}: give ./{given['record']} for a folder of that name")
        refuse_clashes(
            memory=memory if isinstance(memory, bool) else None, private=private, record=bool(given["record"])
        )
        sys.exit(run_console(given, events, private=private))


@main.command()
@flags(*SHARED_FLAGS)
@tool_flags
@memory_flags
@record_flags
@click.option("--remember", is_flag=True, help="Use the memory, and store at the end what was found worth it.")
@click.option("--say", "say_turns", multiple=True, metavar="TEXT", help="A typed turn; may be given more than once.")
@EVENTS
@click.option(
    "--for", "seconds", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="End after so long."
)
@click.option("--json", "as_json", is_flag=True, help="One notice a line, at last a summary.")
def talk(
    say_turns: tuple[str, ...],
    events: Path | None,
    seconds: float | None,
    as_json: bool,
    memory: bool | None,
    private: bool,
    remember: bool,
    **given: object,
) -> None:
    """Hold a conversation without the screen.

    --mic takes a device, a recording (played in real time), demo (a caller that asks and interrupts), - or none;
    --speaker a device, FILE.wav (written: what a listener would have heard), - or none. A - is raw sound (24 kHz, mono,
    signed 16 bit) on standard input and output; words go to standard error then. The memory is off unless it is asked
    for.

    Example: ssh HOST arecord -q -t raw -r 24000 -f S16_LE | voice-tui talk --mic -
    """
    refuse_clashes(memory=memory, private=private, remember=remember, record=bool(given["record"]))
    turns = tuple(clean_text(turn) for turn in say_turns)
    if empty := [turn for turn, words in zip(say_turns, turns, strict=True) if not words.strip()]:
        raise UsageProblem(f"--say: {empty[0]!r} is not allowed, give the words of a turn")
    config = configure(given)
    remembering = remembers(memory or ((remember or private) and memory is None))
    demo = config.mic == "demo"
    prepare_interpreter()
    embedded, provider = embedded_server(config), provider_of(config)
    able_to, probed = capabilities(config, embedded)
    for line in probed:
        complain(f"voice-tui: {line}")
    wirelog = open_wirelog(events)
    tools, wrong = equipped(config, chosen(config), asks=False)
    traces, untold = telemetry()
    for line in [*wrong, *untold]:
        complain(f"voice-tui: {line}")
    options = RunnerOptions(
        resolve=resolver(config, embedded),
        profile=profiles.with_tools_of(everything(config, remembering, tools), chosen(config)),
        tools=tools,
        preset=config.preset,
        mic="none" if demo else config.mic,
        speaker=config.speaker,
        synthesise=synthesiser() if demo else None,
        wirelog=wirelog,
        memory=remembering,
        voices=tells_apart(config, kept=memory is not False, stores=bool(memory)),
        recogniser=recogniser(),
        recording=records(config),
        telemetry=traces,
        limits=limits(config),
        private=private,
        strict=True,
        family=provider.family,
        capabilities=able_to,
        models=known_models()[0],
        chance=random.random,
        clock=time.time,
    )
    keep_native_errors_off_the_terminal(Path(config.log_file))
    keep_prints_away(config, tools)
    printer, problems, hung_up = Printer(say_aside if config.speaker == PIPE else say), list[str](), ""
    try:
        talk = Talk(
            options,
            say=turns,
            demo=demo,
            seconds=seconds,
            as_json=as_json,
            remember=remember,
            out=printer,
            read=lambda: printer.failure is None,
        )
        asyncio.run(talk.run())
    except (ConnectionFailed, DeviceError) as error:
        problems.append(str(error))
    except HungUp as reason:
        hung_up = str(reason)
    finally:
        printer.close()
        closed(traces, complain)
        embedded.stop()
        if remembering:
            remembering.close()
        if wirelog:
            wirelog.close()
    problems += [f"--events: {wirelog.problem}"] if wirelog and wirelog.problem else []
    if printer.failure is not None:
        for problem in problems:
            complain(f"Error: {problem}")
        raise printer.failure
    if problems:
        fail(*problems)
    if hung_up:
        complain(f"voice-tui: hung up: {hung_up}")
        sys.exit(HUNG_UP)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--brain", "brain_url", default=None, help=OPTIONS["brain_url"].help)
@click.option("--brain-model", default=None, help=OPTIONS["brain_model"].help)
@click.option(
    "--session-minutes",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="When a session expires.",
)
@click.option(
    "--api-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Holds the only key that is taken; or set VOICE_TUI_SERVE_KEY. A key on the command line would stand in ps.",
)
@click.option("--allow-origin", multiple=True, metavar="ORIGIN", help="A web page that may connect; may be repeated.")
@click.option(
    "--max-sessions", default=64, show_default=True, type=click.IntRange(min=1), help="At once; more get a 503."
)
@click.option("--log-file", default=None, help=OPTIONS["log_file"].help)
@click.option("--until-stdin-closes", is_flag=True, hidden=True, help="End when standard input is closed.")
@click.option("--isolated", "alone", is_flag=True, hidden=True, help="Only these options and the brain's key count.")
def serve(
    host: str,
    port: int,
    session_minutes: float,
    api_key_file: Path | None,
    allow_origin: tuple[str, ...],
    max_sessions: int,
    until_stdin_closes: bool,
    alone: bool,
    **given: object,
) -> None:
    """Run the embedded Realtime server; its first line is its URL.

    Where others than this machine reach it (--host), it needs a key.
    """
    from voice_tui.server import serve as local_serve  # the models' runtime is imported only where it is used
    from voice_tui.server.entrance import Entrance

    config = isolated(given) if alone else configure(given, server_log(paths.log_file()), connects=False)
    key = config.serve_key
    if api_key_file is not None:
        key = key_in(api_key_file)
    local_serve.leave(
        local_serve.run(
            host,
            port,
            brain_url=config.brain_url or None,
            brain_model=config.brain_model or None,
            brain_key=config.brain_key.reveal() or None,
            until_stdin_closes=until_stdin_closes,
            session_limit_s=session_minutes * 60,
            entrance=Entrance(key, frozenset(allow_origin), max_sessions),
            say=say,
        )
    )


@main.command("devices")
@click.option("--log-file", default=None, help=OPTIONS["log_file"].help)
def list_devices(log_file: str | None) -> None:
    """Show what PortAudio sees; the defaults are marked."""
    keep_native_errors_off_the_terminal(Path(configure({"log_file": log_file}, connects=False).log_file))
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
        say(f"{d.index:>3}  {d.name}  ({d.host_api}: {shape}){'  ← ' + marks if marks else ''}")


def run_console(given: dict[str, object], events: Path | None, *, private: bool = False) -> int:
    """Start the TUI; returns the exit code."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        complain(NO_TERMINAL)
        return 2
    config, problems = configuration(given)
    embedded, provider = embedded_server(config), provider_of(config)
    able_to, probed = capabilities(config, embedded)
    problems += probed
    wirelog, store = open_wirelog(events), wire_store(config, provider)
    remembering = remembers(config.memory)
    tools, wrong = equipped(config, chosen(config), asks=True)
    traces, untold = telemetry()
    problems += [*wrong, *untold]
    able = everything(config, remembering, tools)
    talker = profiles.with_tools_of(able, chosen(config))
    options = RunnerOptions(
        resolve=resolver(config, embedded),
        profile=talker,
        tools=tools,
        preset=config.preset,
        mic=config.mic,
        speaker=config.speaker,
        synthesise=synthesiser(),
        wirelog=Taps(store, wirelog),
        memory=remembering,
        voices=tells_apart(config, kept=config.memory),
        recogniser=recogniser(),
        recording=records(config),
        telemetry=traces,
        limits=limits(config),
        private=private,
        family=provider.family,
        capabilities=able_to,
        models=known_models()[0],
        elsewhere=elsewhere(given, embedded),
        redials=True,
        chance=random.random,
        clock=time.time,
    )
    keep_native_errors_off_the_terminal(Path(config.log_file), painted=True)
    keep_prints_away(config, tools)
    from voice_tui.ui.app import VoiceTuiApp  # Textual is imported only for the screen
    from voice_tui.ui.farewell import farewell
    from voice_tui.ui.themes import DEFAULT_THEME

    def cleanup() -> None:
        embedded.stop()
        if remembering:
            remembering.close()
        if wirelog:
            wirelog.close()

    app = VoiceTuiApp(
        VoiceThread(options, cleanup, tuple(Announced(Severity.WARNING, problem) for problem in problems)),
        theme=config.theme or DEFAULT_THEME,
        themes_folder=paths.config_folder() / "themes",
        keys_file=paths.config_folder() / "keys.toml",
        profiles=profiles.requests(profiles.find_profiles(), able),
        endpoints=endpoints(config, given),
        instructions=talker.instructions,
        details=talker.details,
        wire=store,
        recordings=records(config).folder,
    )
    try:
        app.run()
    finally:
        embedded.stop()  # also where the voice thread was left behind
        store.close()
        closed(traces, complain)
    for line in farewell(app.state):
        say(clean_text(line))
    if wirelog and wirelog.problem:
        complain(f"voice-tui: --events: {wirelog.problem}")
    if app.fatal:
        complain(f"voice-tui: {app.fatal}")
    return int(app.return_code or bool(wirelog and wirelog.problem))


if __name__ == "__main__":
    main()
