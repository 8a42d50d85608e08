"""What recorded callers talk to endpoints with: the configuration of each, and whether it may cost something."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from voice_tui.cli.configuration import choose_endpoint, chosen, configure, known_models, provider_of
from voice_tui.cli.options import UsageProblem
from voice_tui.cli.output import complain
from voice_tui.cli.progress import OnTerminal
from voice_tui.cli.wiring import (
    capabilities,
    embedded_server,
    identity,
    limits,
    recogniser,
    resolver,
    selecting,
)
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.drivers.embedded import EmbeddedServer
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.thread import prepare_interpreter
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.messages.usage import Billing
from voice_tui.probe.price import cost_words
from voice_tui.rehearsal.caller import Caller, caller_of
from voice_tui.rehearsal.price import tokens_of
from voice_tui.replay.judge.labels import LabelError
from voice_tui.settings import profiles
from voice_tui.settings.config import Config


class Place:
    """An endpoint that callers talk to.

    Args:
        name: As in ``[endpoints.NAME]``, or ``embedded``.
        config: The configuration that leads there.
        embedded: The embedded server.
    """

    def __init__(self, name: str, config: Config, embedded: EmbeddedServer) -> None:
        self.name, self._config, self._embedded = name, config, embedded
        self.endpoint = choose_endpoint(config)
        self.where = "/".join(identity(config, embedded))
        """Address and model, without secrets."""
        self._able_to, probed = capabilities(config, embedded)
        for line in probed:
            complain(f"voice-tui: {name}: {line}")

    def options(self, preset: str) -> RunnerOptions:
        """What a talk is held with: the prompt of the configuration, no greeting, no tools, nothing remembered."""
        config = replace(self._config, greeting=False)
        return RunnerOptions(
            resolve=resolver(config, self._embedded),
            profile=profiles.profile(config, chosen(config), provider_of(config)),
            preset=preset,
            recogniser=recogniser(),
            recording=RecordingOptions(Path(), secrets=tuple(config.secrets)),
            limits=limits(config),
            family=FAMILIES[provider_of(config).family],
            capabilities=self._able_to,
            models=known_models()[0],
            chance=random.random,
            clock=time.time,
        )

    def price(self, callers: Iterable[Caller]) -> str:
        """What so many talks cost, in words; "" for nothing."""
        if self.endpoint is None or self.endpoint.billing is Billing.FREE:
            return ""
        model = known_models()[0].named(self.endpoint.model)
        by_tokens = self.endpoint.billing is Billing.TOKENS
        return cost_words(tokens_of(callers), model.price if model and by_tokens else None)


@contextmanager
def places(*names: str) -> Iterator[list[Place]]:
    """The endpoints of these names, for as long as callers talk to them.

    Raises:
        UsageProblem: One of them can't be used.
    """
    base = configure({}, connects=False)
    found = []
    for name in names:
        if name not in PROVIDERS and name not in base.endpoints:
            there = ", ".join([*base.endpoints, *PROVIDERS])
            raise UsageProblem(f"--endpoint {name}: no endpoint has this name, there are {there}")
        config = replace(selecting(name, {}), log_file=base.log_file)
        found.append((name, config, embedded_server(config)))
    prepare_interpreter()
    keep_native_errors_off_the_terminal(Path(base.log_file))
    try:
        yield [Place(*each) for each in found]
    finally:
        for _, _, embedded in found:
            embedded.stop()


def callers(recordings: Iterable[Path]) -> list[Caller]:
    """What is said in these recordings; what can't be read is left out, and said.

    Raises:
        click.ClickException: Nothing can be read.
    """
    found, problems = list[Caller](), list[str]()
    for path in recordings:
        try:
            found.append(caller_of(path, OnTerminal()))
        except (RecordingError, LabelError) as error:
            problems.append(str(error))
    for problem in problems if found else problems[:-1]:
        complain(f"voice-tui: {problem}: left out")
    for caller in found:
        if caller.remark:
            complain(f"voice-tui: {caller.remark}")
    if not found:
        raise click.ClickException(problems[-1])
    return found


def agree(what: str, seconds: float, price: str) -> None:
    """Say how long it takes and what it costs, and ask.

    Raises:
        UsageProblem: Nobody is there to be asked.
        click.Abort: The answer is no.
    """
    words = f"{what}: about {_long(seconds)}, {price or 'and it costs nothing'}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageProblem(f"{words}: give --yes")
    click.confirm(f"{words}. Go on?", abort=True, err=True)


def _long(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
