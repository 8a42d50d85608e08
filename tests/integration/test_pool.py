"""A pool against a real server, as the docstring and docs/load.md show it to others."""

from __future__ import annotations

import asyncio
import re
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from voice_tui.drivers.pool import Limits, NotConfigured, Pool, Spare, configured, spare
from voice_tui.endpoints.providers import Endpoint
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.server.brains.echo import EchoBrain, LengthEars, Loudness, ToneVoice
from voice_tui.server.serve import running_server

pytestmark = pytest.mark.wall_clock

PAGE = Path(__file__).parents[2] / "docs" / "load.md"
EXAMPLE = re.compile(r"```python\n(import os\n\nfrom voice_tui.drivers.pool.*?)```", re.DOTALL)
ELSEWHERE = "wss://example.com/v1/realtime"
ENDS_S = 30


class Call:
    """A telephone call that is over with its first answer."""

    def __init__(self) -> None:
        self.heard_events: list[object] = []
        self.answered = asyncio.Event()
        self.over: Callable[[], Any] = lambda: None

    def heard(self, event: object) -> None:
        self.heard_events.append(event)
        if isinstance(event, se.ResponseDone):
            self.answered.set()


@pytest.fixture
async def url() -> AsyncIterator[str]:
    models: dict[str, Any] = {"ears": LengthEars(), "voice": ToneVoice(), "probability": Loudness}
    async with running_server(brain=EchoBrain(), **models) as address:
        yield address


def example() -> str:
    found = EXAMPLE.search(PAGE.read_text(encoding="utf-8"))
    assert found, "the page has an example"
    return found[1]


async def test_the_switchboard_of_the_page_answers_calls(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-0123456789")
    assert ELSEWHERE in example()
    names: dict[str, Any] = {}
    exec(example().replace(ELSEWHERE, url), names)
    had: list[Call] = []

    async def calls() -> AsyncIterator[Call]:
        for _ in range(3):
            had.append(Call())
            yield had[-1]
            async with asyncio.timeout(ENDS_S):
                await had[-1].answered.wait()
            await had[-1].over()

    await names["switchboard"](calls())
    assert len(had) == 3
    for call in had:
        assert any(isinstance(event, se.OutputAudioDelta) for event in call.heard_events)
        assert not any(isinstance(event, se.Error) for event in call.heard_events)


async def test_the_example_of_the_docstring_is_one(url: str) -> None:
    assert Pool.__doc__
    lines = [line for line in Pool.__doc__.splitlines() if line.startswith(" " * 8) or not line.strip()]
    body = textwrap.dedent("\n".join(lines).partition("Args:")[0]).strip().partition("\n\n")[0]
    assert "pool.lent(endpoint)" in body
    names: dict[str, Any] = {}
    exec(example().replace(ELSEWHERE, url).partition("key =")[0], names)
    indented = textwrap.indent(body, "    ")
    exec(f"async def shown(endpoint, seen):\n{indented}\n            seen(connection)", names)
    seen: list[Spare] = []
    async with asyncio.timeout(ENDS_S):
        await names["shown"](Endpoint("any", url, ""), seen.append)
    (connection,) = seen
    kinds = [type(event) for event in connection.arrived]
    assert se.SessionUpdated in kinds
    assert se.Error not in kinds


async def test_settings_that_a_server_does_not_take_are_raised_with_its_words(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spare, "CONFIRMED_S", 0.5)
    async with Pool(configured({"type": "realtime"}), Limits(warm=0)) as pool, asyncio.timeout(ENDS_S):
        with pytest.raises(NotConfigured, match="realtime"):
            await pool.take(Endpoint("any", url, ""))
    assert pool.in_use(Endpoint("any", url, "")) == 0
