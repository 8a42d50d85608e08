"""The page about scenarios says what is true."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.event_table import PAGE, renewed
from voice_tui.scenario.model import STEPS, Expectation
from voice_tui.scenario.reader import parse


def test_it_has_every_event_step_and_field_of_an_expectation() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "python -m tests.support.event_table"
    assert set(re.findall(r"^\| `(\w+):", page, re.MULTILINE)) >= set(STEPS)
    for field in Expectation.__struct_fields__:
        assert f"`{field}`" in page or f"`{field}:" in page, field


def test_its_scenarios_can_be_read() -> None:
    found = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    for text in found:
        whole = text if text.startswith("name:") else f"name: one\nsteps:\n{text}"
        parse(whole.encode(), Path("page.yaml"))
