"""The table of events in docs/scenarios.md, from the table that is used: ``python -m tests.support.event_table``."""

from __future__ import annotations

from pathlib import Path

from voice_tui.scenario.events import EVENTS

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
BEGIN, END = "<!-- events: from the table of events -->\n", "<!-- end of events -->"


def rows() -> str:
    """The table."""
    lines = [f"| `{name}` | {about} ({', '.join(fields)}) |" for name, (about, fields) in EVENTS.items()]
    return "\n".join(["| event | what happened |", "| --- | --- |", *lines, ""])


def renewed(page: str) -> str:
    """The page with the table as it is."""
    head, _, rest = page.partition(BEGIN)
    return head + BEGIN + rows() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
