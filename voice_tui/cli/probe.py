"""``voice-tui probe``: what an endpoint really does."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from voice_tui.cli import configuration, wiring
from voice_tui.cli.flags import plain_flags
from voice_tui.cli.options import OptionCommand, UsageProblem
from voice_tui.cli.output import complain, say
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.usage import Billing
from voice_tui.probe.findings import Report, Verdict
from voice_tui.probe.kept import KeptResults
from voice_tui.probe.plan import NAMES, chosen, tokens
from voice_tui.probe.price import cost_words
from voice_tui.probe.run import LIMIT_S, Run
from voice_tui.probe.step import Step
from voice_tui.probe.table import as_json, lacking, lines, open_needs
from voice_tui.settings import paths

LACKING = 3  # exit code; 1 is no connection, 2 wrong usage
PROGRESS = 40  # cells
_NOT_AGREED = "nobody agreed to what it costs"
# fmt: off
FLAGS = (
    "endpoint", "provider", "url", "model", "dialect", "audio_format", "proxy", "ca", "brain_url", "brain_model",
    "log_file",
)
# fmt: on


@click.command(cls=OptionCommand)
@plain_flags(*FLAGS)
@click.option("--only", multiple=True, type=click.Choice(NAMES), metavar="STEP", help=f"One of {', '.join(NAMES)}.")
@click.option("--handshake", is_flag=True, help="Only what needs no tokens and no sound: a few seconds.")
@click.option("--json", "json_wanted", is_flag=True, help="The findings as one line of JSON.")
@click.option("--yes", is_flag=True, help="Do not ask before it costs something.")
@click.option("--forget", is_flag=True, help="Ask nothing: forget what was found out about this endpoint before.")
def probe(only: tuple[str, ...], handshake: bool, json_wanted: bool, yes: bool, forget: bool, **given: object) -> None:
    """Find out what an endpoint really does, within 90 seconds.

    What is found is kept, and used at the next start.

    Exit code: 0 all that is needed is there, 1 no connection, 2 wrong usage, 3 something that is needed is missing, or
    could not be found out.
    """
    with _reasons_as_json(json_wanted) as nothing:
        config = configuration.configure(given)
        embedded, endpoint = wiring.embedded_server(config), configuration.choose_endpoint(config)
        nothing.where, nothing.model = where, model = wiring.identity(config, embedded)
        kept = KeptResults(paths.probes_file())
        if forget:
            known = _written(lambda: kept.forget(where, model))
            words = f"{'forgotten' if known else 'nothing was kept'}: {where}{f' · {model}' if model else ''}"
            say(as_json(nothing) if json_wanted else words)
            return
        steps = chosen(only, handshake=handshake)
        if not steps:
            raise UsageProblem(f"--only: {', '.join(only)} is no part of --handshake")
        if endpoint is not None and not yes:
            _agree(endpoint, steps)
        progress = _progress(steps)
        try:
            report = asyncio.run(Run(wiring.resolver(config, embedded), steps, progress).run())
        except ConnectionFailed as error:
            raise click.ClickException(str(error)) from error
        finally:
            progress("")
            embedded.stop()
    width = shutil.get_terminal_size((100, 24)).columns
    say(as_json(report) if json_wanted else "\n".join(lines(report, width)))
    if report.verdict("round_trip") is Verdict.NO:
        complain("voice-tui: the endpoint answers nothing: what it can do is not known, and not kept")
    else:
        _written(lambda: kept.keep(report, configuration.clock()))
    sys.exit(LACKING if lacking(report) or open_needs(report) else 0)


@contextmanager
def _reasons_as_json(wanted: bool) -> Iterator[Report]:
    """Whatever keeps us from asking is said as JSON too, with as much of the report as is known by then."""
    nothing = Report("", "")
    try:
        yield nothing
    except (click.ClickException, click.Abort) as error:
        if wanted:
            say(as_json(nothing, _NOT_AGREED if isinstance(error, click.Abort) else error.format_message()))
        raise


def _agree(endpoint: Endpoint, steps: tuple[Step, ...]) -> None:
    """Say what it costs, and ask.

    Raises:
        UsageProblem: Nobody is there to be asked.
    """
    needed = tokens(steps)
    if not needed:
        return
    model = configuration.known_models()[0].named(endpoint.model)
    by_tokens = endpoint.billing is Billing.TOKENS
    cost = cost_words(needed, model.price if model and by_tokens else None)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageProblem(f"this costs {cost}: give --yes, or --handshake, which costs nothing")
    click.confirm(f"This costs {cost}, and takes up to {LIMIT_S:.0f} s. Go on?", abort=True, err=True)


def _progress(steps: tuple[Step, ...]) -> Callable[[str], None]:
    """Says on a terminal which step is under way."""
    if not sys.stderr.isatty():
        return lambda step: None
    places = {step.name: at for at, step in enumerate(steps, 1)}
    return lambda step: click.echo(f"\r{_place(places.get(step, 0), len(steps), step):{PROGRESS}}", nl=False, err=True)


def _place(at: int, count: int, step: str) -> str:
    return f"{at} of {count}: {step}" if step else ""


def _written(write: Callable[[], object]) -> object:
    """What came of writing the kept results; where that fails, one line says so."""
    try:
        return write()
    except OSError as error:
        complain(f"voice-tui: {paths.probes_file()}: {error.strerror}: the results are not kept")
        return None
