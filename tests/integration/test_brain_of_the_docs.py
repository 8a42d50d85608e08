"""The brain that docs/brains.md shows: the server talks to it as it stands there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx2", reason="the local extra is not installed")

from tests.integration.test_server_brains import ask, talking_to

pytestmark = pytest.mark.wall_clock

PAGE = Path(__file__).parents[2] / "docs" / "brains.md"


@pytest.fixture
def url() -> Iterator[str]:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    named: dict[str, Any] = {"__name__": "brain"}
    exec(compile(program, str(PAGE), "exec"), named)
    with ThreadingHTTPServer(("127.0.0.1", 0), named["Brain"]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


async def test_it_is_told_the_conversation_and_is_spoken(url: str) -> None:
    async with talking_to(url) as client:
        answer = await ask(client)
    spoken = answer["output"][0]["content"][0]["transcript"]
    assert spoken == "Let me see. That was turn 1. You said: Hello?"
