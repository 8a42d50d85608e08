"""``voice-tui talk``: a conversation without the screen."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path

import click

from voice_tui.cli.configuration import chosen, configure, known_models, provider_of
from voice_tui.cli.flags import EVENTS, SHARED_FLAGS, flags, refuse_clashes, talk_flags
from voice_tui.cli.noise import room_options
from voice_tui.cli.numbers import Number
from voice_tui.cli.options import OptionCommand, UsageProblem
from voice_tui.cli.output import complain, fail, say, say_aside
from voice_tui.cli.progress import reading
from voice_tui.cli.telemetry import closed, telemetry
from voice_tui.cli.tools import equipped, keep_prints_away
from voice_tui.cli.wiring import (
    capabilities,
    embedded_server,
    everything,
    limits,
    open_wirelog,
    recogniser,
    records,
    remembers,
    resolver,
    synthesiser,
    tells_apart,
)
from voice_tui.drivers.call import HungUp
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.devices.microphones import Microphone
from voice_tui.drivers.devices.pipe_microphone import PIPE
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.devices.selection import open_microphone
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.printer import Printer
from voice_tui.drivers.talk import UNANSWERED, Talk
from voice_tui.drivers.thread import prepare_interpreter
from voice_tui.endpoints.families import FAMILIES
from voice_tui.messages.limits import HUNG_UP
from voice_tui.plain_text import clean_text
from voice_tui.settings import profiles


def _microphone(name: str) -> Microphone:
    """What this names; while a recording is read a line says how far it is."""
    with reading(Path(name)) as told:
        return open_microphone(name, told)


@click.command(cls=OptionCommand)
@flags(*SHARED_FLAGS)
@talk_flags
@click.option("--remember", is_flag=True, help="Use the memory, and store at the end what was found worth it.")
@click.option("--say", "say_turns", multiple=True, metavar="WORDS", help="A typed turn; may be given more than once.")
@EVENTS
@click.option("--for", "seconds", type=Number(min=0, min_open=True), metavar="SECONDS", help="End after so long.")
@click.option("--json", "as_json", is_flag=True, help="One notice a line, at last a summary.")
def talk(
    say_turns: tuple[str, ...],
    events: Path | None,
    seconds: float | None,
    as_json: bool,
    memory: bool | None,
    private: bool,
    remember: bool,
    noise: str | None,
    snr: float | None,
    **given: object,
) -> None:
    """Hold a conversation without the screen.

    --mic takes a device, a recording (played in real time), demo (a caller that asks and interrupts), - or none;
    --speaker a device, FILE.wav (written: what a listener would have heard), - or none. A - is raw sound (24 kHz, mono,
    signed 16 bit) on standard input and output; words go to standard error then. The memory is off unless it is asked
    for.

    Example: ssh HOST arecord -q -t raw -r 24000 -f S16_LE | voice-tui talk --mic -

    Exit code: 0 what was asked was answered, 1 no connection, or a device, a file or the recording failed, 2 wrong
    usage, 3 an answer failed or the time was over before it, 4 a limit was reached.
    """
    refuse_clashes(memory=memory, private=private, remember=remember, record=bool(given["record"]))
    turns = tuple(clean_text(turn) for turn in say_turns)
    if empty := [turn for turn, words in zip(say_turns, turns, strict=True) if not words.strip()]:
        raise UsageProblem(f"--say: {empty[0]!r} is not allowed, give the words of a turn")
    config = configure(given)
    remembering = remembers(memory or ((remember or private) and memory is None))
    demo, room = config.mic == "demo", room_options(noise, snr)
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
        room=room,
        mic="none" if demo else config.mic,
        open_microphone=_microphone,
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
        family=FAMILIES[provider.family],
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
    problems += [talk.unrecorded] if talk.unrecorded else []
    if printer.failure is not None:
        for problem in problems:
            complain(f"Error: {problem}")
        raise printer.failure
    if problems:
        fail(*problems)
    if hung_up:
        complain(f"voice-tui: hung up: {hung_up}")
        sys.exit(HUNG_UP)
    if talk.unanswered:
        complain(f"voice-tui: {talk.unanswered}")
        sys.exit(UNANSWERED)
