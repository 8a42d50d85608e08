"""What came of scenarios, as words, data and XML that every reader takes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from voice_tui.cli.scenarios import told
from voice_tui.messages.usage import Amount, Billing, BillingChanged, UsageCounted, UsageKind
from voice_tui.scenario.events import Event
from voice_tui.scenario.junit import junit
from voice_tui.scenario.reader import ScenarioFile, parse
from voice_tui.scenario.run import Failure, ScenarioResult


def played(name: str = "one") -> ScenarioFile:
    return parse(b"name: one\nsteps: [pause: 1]", Path(f"{name}.yaml"))


@given(st.lists(st.text(), min_size=1, max_size=3), st.text(), st.text())
def test_the_xml_can_be_read_whatever_was_said(reasons: list[str], error: str, said: str) -> None:
    failed = ScenarioResult(played(), failures=[Failure(3, reason) for reason in reasons], seconds=1.25)
    failed.timeline.events.append(Event("error", 0.5, {"text": said}))
    results = [failed, ScenarioResult(played("two"), error=error or "gone"), ScenarioResult(played("three"))]
    suite = ET.fromstring(junit(results).encode())[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3", "failures": "1", "errors": "1",
    }  # fmt: skip
    assert [[child.tag for child in case] for case in suite] == [["failure", "system-out"], ["error"], []]


def test_what_it_used_is_said_where_it_costs_something() -> None:
    result = ScenarioResult(played(), seconds=60.0)
    result.report.observe(BillingChanged(Billing.TOKENS, "gpt-realtime-2.1"))
    amounts = (Amount(UsageKind.AUDIO_OUT, 34, Decimal("0.002176")),)
    result.report.observe(UsageCounted("R1", "completed", 0, 34, amounts=amounts, cost=Decimal("0.002176")))
    first, used = told(result)
    assert first == "passed  one  (60.0 s)"
    assert used.startswith("        used: 0 tokens in, 34 out: $0.002")
    assert result.as_json()["cost"]["usd"] == "0.002176"
