"""A probe from the first connection to the last step: in time, and through what a server does wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import TypeAlias

from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.failures import LastError, SaidToGo, Then, explained
from voice_tui.drivers.transport import Connect, websocket
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.endpoints.realtime.wire.preview import PREVIEW_TO_GA
from voice_tui.endpoints.realtime.wire.server_events import Error
from voice_tui.probe.findings import Report, Verdict
from voice_tui.probe.kept import address_of
from voice_tui.probe.line import Line, LineLost, listening
from voice_tui.probe.step import Probe, Step

LIMIT_S = 90.0
LOSSES = 3  # a server that hangs up so often is left alone
REMARKS = 5  # so many misfits are shown
CONNECT = "connect"


class _Hopeless(Exception):
    """The connection is over, and the next one would be no other."""


Told: TypeAlias = Callable[[str], None]


class Run:
    """One probe of one endpoint.

    Args:
        resolve: Finds it, before each connection.
        steps: What is asked, in this order.
        told: Takes the name of each step that begins.
        connect: Opens a connection.
    """

    def __init__(
        self,
        resolve: Callable[[], Awaitable[Endpoint]],
        steps: Sequence[Step],
        told: Told = lambda step: None,
        connect: Connect = websocket,
    ) -> None:
        self._resolve, self._told, self._connect = resolve, told, connect
        self._waiting = list(steps)
        self._names: set[str] = set()

    async def run(self) -> Report:
        """Ask everything.

        Raises:
            ConnectionFailed: Nobody could be asked; the text is one line.
        """
        self._told(CONNECT)
        endpoint = await self._resolve()
        report = Report(address_of(endpoint), endpoint.model)
        self._deadline = asyncio.get_running_loop().time() + LIMIT_S
        losses = 0
        while self._waiting:
            try:
                await self._hold(endpoint, report)
            except ConnectionFailed as failure:
                if not report.findings:
                    raise
                self._leave_all(report, f"no connection any more: {failure}")
            except _Hopeless as lost:
                self._leave_all(report, str(lost))
            except LineLost as lost:
                losses += 1
                self._leave(report, self._waiting.pop(0), str(lost))
                if losses == LOSSES:
                    self._leave_all(report, f"the connection was lost {LOSSES} times")
                elif self._waiting:
                    endpoint = await self._resolve()
        self._judge_dialect(report, endpoint)
        del report.remarks[REMARKS:]
        return report

    async def _hold(self, endpoint: Endpoint, report: Report) -> None:
        """Do the steps on one connection.

        Raises:
            ConnectionFailed: It can't be opened, or the server said nothing but errors on it.
            LineLost: It is over; the first step that waits was under way.
            _Hopeless: ... and another connection would not help.
        """
        clock = asyncio.get_running_loop().time
        codec = FAMILIES[PROVIDERS[endpoint.provider].family].codec(endpoint.url, endpoint.dialect, endpoint.deviations)
        begun, opened = clock(), False
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout_at(self._deadline):
                    transport = await stack.enter_async_context(self._connect(endpoint))
                line = await stack.enter_async_context(listening(transport, codec))
                opened = True
                if not report.findings:
                    ms = (clock() - begun) * 1000
                    request = f"request {transport.request_id}" if transport.request_id else "no request id"
                    report.add(CONNECT, "connects", Verdict.YES, f"{ms:.0f} ms, {request}", ms=ms)
                try:
                    await self._do_steps(Probe(line, endpoint, report))
                except LineLost as lost:
                    if line.closed is None:
                        raise
                    if all(isinstance(heard.event, Error) for heard in line.heard):
                        report.findings.clear()
                        raise _failed(line.closed, endpoint, line) from None
                    failure = explained(line.closed, endpoint, line.last_error)
                    raise (_Hopeless if failure.then is Then.NEVER else LineLost)(failure.words) from lost
                except SaidToGo as refusal:
                    report.findings.clear()
                    raise _failed(refusal, endpoint, line) from None
                finally:
                    self._names |= {heard.name for heard in line.heard}
                    report.remarks += [words for words in codec.misfits() if words not in report.remarks]
        except (ConnectionFailed, LineLost, _Hopeless):
            raise
        except Exception as error:
            if opened:
                raise
            raise _failed(error, endpoint) from error

    async def _do_steps(self, probe: Probe) -> None:
        while self._waiting:
            step = self._waiting[0]
            probe.step = step.name
            self._told(step.name)
            try:
                async with asyncio.timeout_at(self._deadline):
                    await step.run(probe)
            except TimeoutError:
                self._leave_all(probe.report, f"not within the {LIMIT_S:.0f} s of a probe")
                return
            if probe.line.refused:
                raise SaidToGo
            self._leave(probe.report, self._waiting.pop(0), "it was not found out")

    def _leave_all(self, report: Report, why: str) -> None:
        while self._waiting:
            self._leave(report, self._waiting.pop(0), why)

    def _leave(self, report: Report, step: Step, why: str) -> None:
        """What a step left open stays undecided."""
        for name in step.answers:
            if report.verdict(name) is None:
                report.add(step.name, name, Verdict.UNDECIDED, why)

    def _judge_dialect(self, report: Report, endpoint: Endpoint) -> None:
        """Which names of events came, over the whole probe."""
        codec = FAMILIES[PROVIDERS[endpoint.provider].family].codec(endpoint.url, endpoint.dialect, endpoint.deviations)
        old = sorted(self._names & PREVIEW_TO_GA.keys())
        new = sorted(self._names & set(PREVIEW_TO_GA.values()))
        expected, other = (new, old) if codec.dialect == "ga" else (old, new)
        if not old and not new:
            report.add(CONNECT, "dialect", Verdict.UNDECIDED, f"{codec.dialect}: no event came that would tell")
        elif other:
            both = "beside" if expected else "instead of"
            words = f"{other[0]} came {both} the names of {codec.dialect}; both are understood"
            report.add(CONNECT, "dialect", Verdict.NO, words)
        else:
            report.add(CONNECT, "dialect", Verdict.YES, codec.dialect)


def _failed(error: Exception, endpoint: Endpoint, line: Line | None = None) -> ConnectionFailed:
    failure = explained(error, endpoint, line.last_error if line is not None else LastError())
    wish = "" if failure.after_s is None else f": it asks to be left alone for {failure.after_s:g} s"
    return ConnectionFailed(f"{endpoint.host}: {failure.words}{wish}")
