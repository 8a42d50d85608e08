"""``voice-tui test`` and ``voice-tui drive``: conversations without a person."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_tui.cli.configuration import chosen, configure, known_models, provider_of
from voice_tui.cli.files import write_whole
from voice_tui.cli.flags import record_flags, tool_flags
from voice_tui.cli.options import OptionCommand, UsageProblem, configured
from voice_tui.cli.output import complain, say
from voice_tui.cli.targets import OutputFile
from voice_tui.cli.tools import equipped, keep_prints_away
from voice_tui.cli.wiring import (
    capabilities,
    embedded_server,
    everything,
    limits,
    recogniser,
    records,
    resolver,
    synthesiser,
)
from voice_tui.drivers.call import HungUp
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.devices.pipe_microphone import PIPE
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.embedded import EmbeddedServer
from voice_tui.drivers.json_lines import json_line
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.printer import Printer
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.report import cost_words
from voice_tui.drivers.standard_input import descriptor, lines
from voice_tui.drivers.thread import prepare_interpreter
from voice_tui.endpoints.families import FAMILIES
from voice_tui.scenario.drive import Drive, Driven
from voice_tui.scenario.figures import discard
from voice_tui.scenario.junit import junit
from voice_tui.scenario.model import Scenario
from voice_tui.scenario.reader import ScenarioError, ScenarioFile, find, library, read
from voice_tui.scenario.run import ScenarioResult, play
from voice_tui.scenario.schema import schema
from voice_tui.settings import paths, profiles
from voice_tui.settings.config import Config
from voice_tui.settings.options import OPTIONS

F = TypeVar("F", bound=Callable[..., Any])

FAILED, WRONG = 1, 2  # exit codes: an expectation, a scenario
# fmt: off
FLAGS = (
    "endpoint", "provider", "url", "model", "dialect", "audio_format", "proxy", "ca", "speaker", "preset", "profile",
    "voice", "brain_url", "brain_model", "max_cost", "max_minutes", "log_file",
)
# fmt: on


def _talk_flags(function: F) -> F:
    for name in reversed(FLAGS):
        function = configured(name)(function)
    return click.option("--entra", is_flag=True, default=None, help=OPTIONS["entra"].help)(function)


@click.command(cls=OptionCommand)
@click.argument("given", nargs=-1, metavar="SCENARIO.yaml…")
@_talk_flags
@tool_flags
@record_flags
@click.option("--list", "listed", is_flag=True, help="Show the scenarios that come with voice-tui, and end.")
@click.option("--schema", "schema_wanted", is_flag=True, help="Print the JSON schema of a scenario, and end.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each scenario, instead of words.")
@click.option("--junit", "junit_file", type=OutputFile(), help="Write JUnit XML there.")
def test(
    given: tuple[str, ...],
    listed: bool,
    schema_wanted: bool,
    as_json: bool,
    junit_file: Path | None,
    **settings: object,
) -> None:
    """Play scripted conversations, and see whether what they expect is true.

    SCENARIO.yaml is a file, or the name of a scenario that comes with voice-tui (--list); those are for its embedded
    server. They are played one after the other, in real time. A talk that failed is kept as a recording, with --record
    every one.

    Example: voice-tui test greeting barge-in my-hotline.yaml --endpoint staging --junit report.xml

    Exit code: 0 all of it is true, 1 something is not, 2 a scenario or the command line is wrong.
    """
    if listed or schema_wanted:
        say(json.dumps(schema(), indent=2) if schema_wanted else "\n".join(_listed()))
        return
    if not given:
        raise UsageProblem("give a SCENARIO.yaml, or the name of one of --list")
    files = _read(given)
    if (record := str(settings["record"] or "")) in library() or record.endswith(".yaml"):
        raise UsageProblem(f"--record {record}: give ./{record} for a folder of that name, or --record as the last")
    with _table(settings) as table:
        results = asyncio.run(_play(files, table, as_json=as_json))
    if junit_file is not None:
        _write(junit_file, junit(results))
    failed = sum(not result.ok for result in results)
    if not as_json:
        say(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        sys.exit(FAILED)


@click.command(cls=OptionCommand)
@_talk_flags
@tool_flags
@record_flags
@click.option("--greeting/--no-greeting", default=None, help=OPTIONS["greeting"].help)
def drive(greeting: bool | None, **settings: object) -> None:
    """Let another program be the user: steps come in as lines of JSON, notices and results go out as lines of JSON.

    A step is what it is in a scenario: say, type, play, interrupt, wait, pause, set, expect. The end of standard input
    ends the talk, once what is under way was heard.

    Example: echo '{"say": "What time is it?"}' | voice-tui drive

    Exit code: 0 every step was done and what was expected is true, 1 not so, 2 a line was no step.
    """
    printer = Printer(say)
    try:
        with _table(settings) as table:
            driven = asyncio.run(_drive(table, printer, greeting=bool(greeting)))
    except (ConnectionFailed, DeviceError, HungUp) as error:
        raise click.ClickException(str(error)) from None
    finally:
        printer.close()
    if printer.failure is not None:
        raise printer.failure
    if driven.wrong or driven.failed:
        sys.exit(WRONG if driven.wrong else FAILED)


async def _drive(table: _Table, printer: Printer, *, greeting: bool) -> Driven:
    options = table.options(Scenario(name="drive", greeting=greeting, steps=()), Path(), table.records)
    talk = Drive(options, table.synthesise, printer, lambda: printer.failure is None)
    return await talk.run(lines(descriptor()))


def _listed() -> Iterator[str]:
    files = {name: read(path) for name, path in library().items()}
    width = max(map(len, files))
    for name, file in files.items():
        yield f"{name:<{width}}  {file.scenario.about}"


def _read(given: tuple[str, ...]) -> list[ScenarioFile]:
    """The scenarios; what is wrong with each is said before any is played.

    Raises:
        UsageProblem: Something is wrong.
    """
    files, problems = list[ScenarioFile](), list[str]()
    for name in given:
        try:
            files.append(read(find(name)))
        except ScenarioError as error:
            problems.append(str(error))
    for problem in problems[:-1]:
        complain(f"Error: {problem}")
    if problems:
        raise UsageProblem(problems[-1])
    return files


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise UsageProblem(f"--junit: {path}: {error.strerror}") from None


async def _play(files: list[ScenarioFile], table: _Table, *, as_json: bool) -> list[ScenarioResult]:
    results, keeps = [], table.records.always
    kept = table.records if keeps else replace(table.records, folder=paths.failures_folder(), always=True)
    for file in files:
        result = await play(file, table.options(file.scenario, file.path.parent, kept), table.synthesise)
        if result.ok and result.recording is not None and not keeps:
            discard(result.recording)
            result.recording = None
        results.append(result)
        for line in [json_line(result.as_json())] if as_json else told(result):
            say(line)
    return results


def told(result: ScenarioResult) -> Iterator[str]:
    """What came of a scenario: a line, and one for each failure."""
    path = result.file.path
    yield f"{'passed' if result.ok else 'FAILED'}  {result.file.scenario.name}  ({result.seconds:.1f} s)"
    if result.error:
        yield f"        {path}: {result.error}"
    for failure in result.failures:
        yield f"        {path}:{failure.line}: {failure.reason}"
    if result.report.costs and result.report.bill.counts:
        yield f"        {cost_words(result.report.bill, result.seconds)}"
    if result.recording is not None:
        yield f"        recording: {result.recording}"


class _Table:
    """What conversations are held with, put together anew for each.

    Args:
        config: Of this run.
        embedded: The embedded server, for all of them.
    """

    def __init__(self, config: Config, embedded: EmbeddedServer) -> None:
        self._config, self._embedded = config, embedded
        self._able_to, probed = capabilities(config, embedded)
        for line in probed:
            complain(f"voice-tui: {line}")
        self.synthesise = synthesiser()
        self.records = records(config)

    def options(self, scenario: Scenario, folder: Path, recording: RecordingOptions) -> RunnerOptions:
        """What one conversation is held with.

        Args:
            scenario: What it says of it; what the command line says of the preset counts more.
            folder: Where the scenario stands.
            recording: How it is kept.
        """
        config = self._configured(scenario, folder)
        tools, wrong = equipped(config, chosen(config), asks=False)
        for line in wrong:
            complain(f"voice-tui: {line}")
        keep_prints_away(config, tools)
        return RunnerOptions(
            resolve=resolver(config, self._embedded),
            profile=profiles.with_tools_of(everything(config, None, tools), chosen(config)),
            tools=tools,
            preset=config.preset,
            speaker=config.speaker or "none",
            recogniser=recogniser(),
            recording=recording,
            limits=limits(config),
            strict=True,
            family=FAMILIES[provider_of(config).family],
            capabilities=self._able_to,
            models=known_models()[0],
            chance=random.random,
            clock=time.time,
        )

    def _configured(self, scenario: Scenario, folder: Path) -> Config:
        config = self._config
        own = {"instructions": scenario.instructions, "preset": scenario.preset}
        said: dict[str, Any] = {name: value for name, value in own.items() if value and not _given(config, name)}
        tools = tuple(str(folder / name) for name in scenario.tools)
        approved = ",".join(filter(None, (config.approve, *scenario.approve)))
        return replace(config, greeting=scenario.greeting, tools=(*config.tools, *tools), approve=approved, **said)


def _given(config: Config, name: str) -> bool:
    return config.origins.get(name, "").startswith("command line")


@contextmanager
def _table(settings: dict[str, object]) -> Iterator[_Table]:
    config = configure({"memory": False, "speaker_labels": False, **settings})
    if config.speaker == PIPE:
        raise UsageProblem("--speaker: - is not allowed here, where standard output has lines: give FILE.wav, or none")
    embedded = embedded_server(config)
    prepare_interpreter()
    keep_native_errors_off_the_terminal(Path(config.log_file))
    try:
        yield _Table(config, embedded)
    finally:
        embedded.stop()
