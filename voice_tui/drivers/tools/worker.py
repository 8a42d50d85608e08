"""The tools at the side of a conversation: it carries out what the model calls.

Nothing here waits: a call goes to the workshop, and what comes of it is picked up by `poll` on the voice loop.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any

from voice_tui.drivers.tools.offers import Offers, offers, words_of
from voice_tui.drivers.tools.options import ToolOptions
from voice_tui.drivers.tools.server import Listed, Said, ServerError, ToolServer, reason_of
from voice_tui.drivers.tools.workshop import Workshop
from voice_tui.messages.inputs import Input, Reported
from voice_tui.messages.talk import Announced, Severity
from voice_tui.messages.tools import CallTool, CancelCall, ToolFinished, ToolsFound
from voice_tui.plain_text import one_line
from voice_tui.tools.builtin import HANG_UP
from voice_tui.tools.outcome import bounded, failure, text_of
from voice_tui.tools.wording import no_such_tool

log = logging.getLogger(__name__)


class ToolWorker:
    """The tools of one conversation; every method is called on the voice loop and returns at once.

    Args:
        options: None: there are none but those beside.
        receive: Takes what came of calls, and which tools were found: the engine's door.
        beside: Tools that somebody else carries out, by name.
    """

    def __init__(
        self,
        options: ToolOptions | None,
        receive: Callable[[Input], None],
        beside: Mapping[str, Callable[[CallTool], None]],
    ) -> None:
        self._options = options or ToolOptions()
        self._receive, self._beside = receive, beside
        self._workshop: Workshop = self._options.workshop()
        self._running: dict[str, tuple[str, Future[Any]]] = {}  # call id → tool and what comes of it
        self._happened: deque[Callable[[], None]] = deque()  # on other threads, to be told on this one
        self._servers: dict[str, tuple[ToolServer, Offers]] = {}
        self._odd: set[str] = set()
        self._awaited = {server.options.name for server in self._options.servers}
        self._sought, self._seeking = set(self._options.sought), set(self._awaited)

    @property
    def starting(self) -> bool:
        """A server has said nothing yet: neither which tools it has, nor that it is slow or not there."""
        return bool(self._awaited)

    def begin(self) -> None:
        """Start the servers."""
        for server in self._options.servers:
            found = partial(self._later, partial(self._found, server))
            said = partial(self._later, partial(self._announce, server))
            run = self._workshop.run(partial(server.run, found, said))
            run.add_done_callback(partial(self._later, partial(self._sought_in, server)))

    def end(self) -> None:
        """It is over: nothing that still runs is looked at any more."""
        for _, done in self._running.values():
            done.cancel()
        self._running.clear()
        self._workshop.close()

    # ---- calls

    def call(self, command: CallTool) -> None:
        """Carry out a tool."""
        if command.name in self._beside and command.name not in self._options.tools:
            self._beside[command.name](command)
            return
        try:
            done = self._begun(command)
        except (ValueError, RuntimeError) as error:
            self._receive(ToolFinished(command.call_id, failure(one_line(error)), failed=True))
        else:
            self._running[command.call_id] = (command.name, done)

    def _begun(self, command: CallTool) -> Future[Any]:
        if (tool := self._options.tools.get(command.name)) is not None:
            work = tool.bind(command.arguments)
            if tool.is_async:
                return self._workshop.run(partial(_awaited, work))
            return self._workshop.block(lambda: text_of(work()), command.name)
        for server, offered in self._servers.values():
            if command.name in offered.names:
                name, arguments = offered.names[command.name], json.loads(command.arguments)
                return self._workshop.run(partial(server.call, name, arguments))
        raise ValueError(f"the tool {command.name!r} is not there any more")

    def cancel(self, command: CancelCall) -> None:
        """Nobody waits for a call any more."""
        _, done = self._running.pop(command.call_id, ("", None))
        if done is not None:
            done.cancel()

    def poll(self) -> None:
        """Pick up what is done, and what servers told."""
        while self._happened:
            self._happened.popleft()()
        for call_id, (name, done) in list(self._running.items()):
            if done.done():
                del self._running[call_id]
                self._receive(_finished(call_id, name, done, hangs_up=self._hangs_up(name)))

    def _hangs_up(self, name: str) -> bool:
        """It is our own tool that ends the talk, not somebody's of the same name."""
        tool = self._options.tools.get(name) if name == HANG_UP else None
        return tool is not None and not tool.spec.source

    # ---- servers

    def _later(self, act: Callable[[Any], None], about: Any) -> None:
        self._happened.append(partial(act, about))

    def _found(self, server: ToolServer, listed: list[Listed]) -> None:
        name = server.options.name
        self._awaited.discard(name)
        had = self._servers.pop(name, None)
        others = {tool for _, offered in self._servers.values() for tool in offered.names}
        offered = offers(listed, server.options, {*self._beside, *self._options.tools, *others})
        if listed:
            self._servers[name] = (server, offered)
            self._sought_in(server)
        if had is None and not listed:
            return
        fresh = [line for line in offered.odd if line not in self._odd]
        self._odd.update(fresh)
        for line in words_of(fresh):
            self._announce(server, f"{name}: {line}")
        if had is None or offered.specs != had[1].specs:  # a server may say over and over that they are others
            self._receive(ToolsFound(name, offered.specs))

    def _sought_in(self, server: ToolServer, _: object = None) -> None:
        """A server has listed its tools, or is struck; after the last: what was agreed to and is nowhere is said."""
        if not self._seeking:
            return
        self._seeking.discard(server.options.name)
        theirs = [name for _, offered in self._servers.values() for name in offered.names]
        self._sought.difference_update(theirs)
        if not self._seeking:
            for name in sorted(self._sought):
                words = no_such_tool(name, (*self._options.tools, *self._beside, *theirs))
                self._receive(Reported(Announced(Severity.WARNING, f"tools: {words}")))

    def _announce(self, server: ToolServer, words: str) -> None:
        self._awaited.discard(server.options.name)
        self._receive(Reported(Announced(Severity.WARNING, f"tools of {words}")))


def _finished(call_id: str, name: str, done: Future[Any], *, hangs_up: bool) -> ToolFinished:
    try:
        result = done.result(0)
    except (CancelledError, asyncio.CancelledError):
        return ToolFinished(call_id, failure("it was cancelled"), failed=True)
    except BaseException as error:  # whatever somebody's code raises
        told = isinstance(error, ServerError) or type(error) is ValueError
        words = (told and one_line(error)) or reason_of(error)
        log.warning("the tool %s failed: %s", name, words, exc_info=None if told else error)
        return ToolFinished(call_id, failure(words), failed=True)
    if isinstance(result, Said):
        text = failure(result.text) if result.failed else bounded(result.text)
        return ToolFinished(call_id, text, failed=result.failed)
    return ToolFinished(call_id, str(result), hangs_up=hangs_up)


async def _awaited(work: Callable[[], Coroutine[Any, Any, Any]]) -> str:
    return text_of(await work())
