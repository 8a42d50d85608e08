"""A report as lines for a terminal, and as JSON."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict

from voice_tui.plain_text import one_line
from voice_tui.probe.findings import Report, Verdict
from voice_tui.probe.questions import QUESTIONS

SIGNS = {Verdict.YES: "✓ yes", Verdict.NO: "✗ no", Verdict.UNDECIDED: "? undecided"}
_SIGN = max(len(sign) for sign in SIGNS.values())
_LABEL = max(len(question.label) for question in QUESTIONS.values())
LEAST_WORDS = 20  # narrower terminals break lines themselves


def lines(report: Report, width: int) -> list[str]:
    """The table, in the order of the questions; its last column is cut at the terminal's edge.

    Args:
        report: Whole.
        width: Cells of the terminal.
    """
    room = max(LEAST_WORDS, width - _LABEL - _SIGN - 4)
    found = {finding.name: finding for finding in report.findings}
    out = [one_line(f"{report.where}{f' · {report.model}' if report.model else ''}")]
    for name, question in QUESTIONS.items():
        if finding := found.get(name):
            head = f"{question.label:{_LABEL}}  {SIGNS[finding.verdict]:{_SIGN}}"
            first, *rest = _wrapped(finding.words, room) or [""]
            out.append(f"{head}  {first}".rstrip())
            out += [f"{'':{_LABEL}}  {'':{_SIGN}}  {line}" for line in rest]
    out += [f"did not fit: {one_line(remark, width)}" for remark in report.remarks]
    if missing := lacking(report):
        out.append(f"needed and missing: {', '.join(QUESTIONS[name].label for name in missing)}")
    if unknown := open_needs(report):
        out.append(f"needed and not found out: {', '.join(QUESTIONS[name].label for name in unknown)}")
    return out


def _wrapped(words: str, room: int) -> list[str]:
    return textwrap.wrap(words, room)


def lacking(report: Report) -> list[str]:
    """What nobody can talk without, and is not there."""
    return [name for name, q in QUESTIONS.items() if q.needed and report.verdict(name) is Verdict.NO]


def open_needs(report: Report) -> list[str]:
    """What nobody can talk without, and nobody can say whether it is there."""
    return [name for name, q in QUESTIONS.items() if q.needed and report.verdict(name) is Verdict.UNDECIDED]


def as_json(report: Report, error: str = "") -> str:
    """The report as one line of JSON; ``error`` is why nobody could be asked, "" where somebody was."""
    return json.dumps(
        {
            "endpoint": report.where,
            "model": report.model,
            "findings": [asdict(finding) for finding in report.findings],
            "missing": lacking(report),
            "undecided": open_needs(report),
            "remarks": report.remarks,
            "error": one_line(error),
        },
        ensure_ascii=True,
    )
