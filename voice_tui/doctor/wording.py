"""How findings are told: a line each, or JSON; nothing secret, and nothing that says who somebody is."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voice_tui.doctor.finding import Finding, Grade
from voice_tui.plain_text import clean_text, one_line

VERSION = 1
SIGNS = {Grade.OK: "✓", Grade.NOTE: "·", Grade.WARNING: "!", Grade.PROBLEM: "✗"}
PLAIN_SIGNS = {Grade.OK: "ok", Grade.NOTE: "--", Grade.WARNING: "!!", Grade.PROBLEM: "XX"}
NAME_CELLS = 16
_LEAST, _ARROW = 40, "→ "


def lines(finding: Finding, width: int, encoding: str = "utf-8") -> list[str]:
    """A finding as lines of at most so many cells: sign, name, what was found, and what to do."""
    sign, arrow = (SIGNS[finding.grade], _ARROW) if _shows(encoding) else (PLAIN_SIGNS[finding.grade], "-> ")
    lead = f"{sign} {one_line(finding.name, 40):<{NAME_CELLS}} "
    room = max(_LEAST, width - len(lead))
    told = textwrap.wrap(one_line(finding.words, 1_000), room) or [""]
    told += textwrap.wrap(arrow + one_line(finding.advice, 1_000), room, subsequent_indent="  ") * bool(finding.advice)
    return [(lead if not i else " " * len(lead)) + line for i, line in enumerate(told)]


def _shows(encoding: str) -> bool:
    try:
        "".join((*SIGNS.values(), _ARROW)).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def summary(findings: Sequence[Finding]) -> str:
    """The last line."""
    count = {grade: sum(finding.grade is grade for finding in findings) for grade in Grade}
    if count[Grade.PROBLEM]:
        many = count[Grade.PROBLEM]
        return f"{many} problem{'' if many == 1 else 's'}: a conversation can't be held as it is configured."
    if count[Grade.WARNING]:
        many = count[Grade.WARNING]
        return f"A conversation can be held; {many} warning{'' if many == 1 else 's'}."
    return "Everything that a conversation needs is there."


def as_json(findings: Iterable[Finding], redact: Callable[[str], str], home: Path | None = None) -> str:
    """Everything as one line of JSON.

    Args:
        findings: What was found.
        redact: Takes secrets out of a text.
        home: Is written ``~``.
    """
    found = list(findings)
    content = {
        "version": VERSION,
        "ok": not any(finding.grade is Grade.PROBLEM for finding in found),
        "findings": [_clean(asdict(finding), redact, str(home) if home else "") for finding in found],
    }
    return json.dumps(content, ensure_ascii=False)


def _clean(value: Any, redact: Callable[[str], str], home: str) -> Any:
    if isinstance(value, dict):
        return {str(key): _clean(each, redact, home) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each, redact, home) for each in value]
    if isinstance(value, str):
        text = clean_text(redact(value))
        return text.replace(home, "~") if len(home) > 1 else text
    return value
