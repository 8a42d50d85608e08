"""Prompts with placeholders: ``{user_name}`` becomes what is known, or nothing, and the sentence stays clean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_GAP = "\0"  # stands where nothing is known
# What a gap leaves behind, in this order.
_CLEANING = (
    (re.compile(rf"""[(\["'“‘]\s*{_GAP}\s*[)\]"'”’]"""), _GAP),  # empty brackets and quotes
    (re.compile(rf",\s*{_GAP}"), ""),
    (re.compile(_GAP), ""),
    (re.compile(r"[ \t]+([,.;:!?])"), r"\1"),
    (re.compile(r",+([.;:!?])"), r"\1"),
    (re.compile(r"[ \t]{2,}"), " "),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


def filled(template: str, details: Mapping[str, str]) -> str:
    """The text with its placeholders filled.

    Args:
        template: May hold ``{name}``; braces around anything else stay as they are.
        details: Name → value. What is not there, or empty, leaves nothing behind: no double spaces, no empty brackets,
            no comma before a full stop.
    """
    out = PLACEHOLDER.sub(lambda found: details.get(found[1], "").strip() or _GAP, template)
    if _GAP not in out:
        return out
    for pattern, by in _CLEANING:
        out = pattern.sub(by, out)
    return out.strip()


def instructions(template: str, details: Mapping[str, str], extra: Sequence[str]) -> str:
    """The whole system prompt: the template filled, then the extra lines."""
    return "\n".join([filled(template, details), *(line for line in extra if line.strip())])
