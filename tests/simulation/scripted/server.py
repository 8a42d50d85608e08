"""A server that keeps to a list of rules, between the embedded one and its line.

The first rule stands next to the client, the last next to the server: so each may speak the language of the one before.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from tests.simulation.overheard import OverheardLink
from tests.simulation.scripted.rules import Event, Rule
from tests.simulation.world import World
from voice_tui.server.sender import ClientLink

Serve = Callable[[ClientLink], Awaitable[None]]


def scripted(rules: Sequence[Rule]) -> Callable[[World], Serve]:
    """The embedded server of a world, with rules."""

    def serve(world: World) -> Serve:
        async def connection(link: ClientLink) -> None:
            await asyncio.sleep(sum(rule.warm_up_s for rule in rules))
            await world.service(_Link(link, [rule.fresh() for rule in rules]))

        return connection

    return serve


class _Link(OverheardLink):
    """A client's connection, as the server behind the rules sees it."""

    def __init__(self, link: ClientLink, rules: list[Rule]) -> None:
        super().__init__(link)
        self._rules = rules

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        async for message in self._link:
            event: Event = json.loads(message)
            passed = True
            for number, rule in enumerate(self._rules):
                answers, passed = rule.heard(event)
                await self._give(answers, self._rules[:number])
                if not passed:
                    break
            if passed:
                yield json.dumps(event)

    async def send(self, message: bytes, *, text: bool | None = None) -> None:
        await self._give([json.loads(message)], self._rules)

    async def _give(self, events: list[Event], rules: list[Rule]) -> None:
        for rule in reversed(rules):
            events = [said for event in events for said in rule.said(event)]
        for event in events:
            await self._link.send(json.dumps(event).encode(), text=True)
