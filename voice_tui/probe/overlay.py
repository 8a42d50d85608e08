"""What a probe found, laid over what the provider's row says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.profile import Capabilities
from voice_tui.probe.findings import Verdict
from voice_tui.probe.kept import Kept
from voice_tui.probe.questions import QUESTIONS

OLD_S = 30 * 86_400.0  # endpoints change; what is older is said, and not used


def overlay(row: Capabilities, kept: Mapping[str, Kept], now: float) -> tuple[Capabilities, list[str]]:
    """The capabilities of an endpoint that was probed.

    Args:
        row: What its provider's row says: it stands where a probe could not decide.
        kept: What was found, by the question's name.
        now: s since 1970.

    Returns:
        The capabilities, and what is to be said of them, a line each.
    """
    fresh = {name: each for name, each in kept.items() if now - each.at <= OLD_S}
    fields: dict[str, Any] = {}
    observed: dict[str, Observed] = {}
    for name, each in fresh.items():
        question = QUESTIONS[name]
        if each.verdict is Verdict.UNDECIDED:
            continue
        works = each.verdict is Verdict.YES
        if question.capability:
            fields[question.capability] = works
        seen = Observed(Seen.WORKS if works else Seen.NOT_SEEN, f"probed on {day(each.at)}: {each.words}")
        observed |= dict.fromkeys(question.knobs, seen)
    lines = []
    lost = [name for name, able in fields.items() if not able and getattr(row, name)]
    if lost:
        when = day(max(each.at for each in fresh.values()))
        lines.append(f"by its probe of {when} this endpoint has no {', '.join(sorted(lost))}")
    if kept and not fresh:
        when = day(max(each.at for each in kept.values()))
        lines.append(f"the probe of this endpoint is of {when} and no longer used: voice-tui probe asks anew")
    return replace(row, **fields, observed={**row.observed, **observed}), lines


def day(at: float) -> str:
    """A date."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
