"""Holding logs against the law."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.wire import answer_rules, session_rules
from tests.wire.schema import Record, shape_faults
from tests.wire.table import Rule
from tests.wire.talk import NAMES, PCM, Talk
from tests.wire.values import value_faults
from voice_tui.drivers.wirelog import HERE

RULES = (*session_rules.RULES, *answer_rules.RULES)
SHAPE = {"known_type", "known_fields"}
VALUES = {"in_range", "plain_audio", "ends_for_a_reason", "usage_adds_up"}
RULE_NAMES = SHAPE | VALUES | {rule.name for rule in RULES} | {"mistakes_are_answered"}

Breach = tuple[str, str]
"""(name of the rule, detail)."""


@cache
def rules_of(side: str, kind: str) -> tuple[Rule, ...]:
    """The rules of order that an event of a type has to obey, preview's names under those of ga."""
    return tuple(rule for rule in RULES if rule.about(side, NAMES.get(kind, kind)))


@dataclass(frozen=True)
class Fault:
    """A breach.

    Attributes:
        line: Number of the record, from 1.
        event: Who sent what.
        rule: Name of the rule that was broken.
        detail: How.
    """

    line: int
    event: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.line}: {self.event}: {self.rule}: {self.detail}"


def read(path: Path) -> list[Record]:
    """The records of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def faults(records: Iterable[Record], *, whole_audio: bool = True) -> list[Fault]:
    """Everything that is wrong with a log, in its order.

    Args:
        records: The log; sessions may be interleaved.
        whole_audio: Whether all audio is in it; recordings are often kept with most of it cut out.
    """
    found: list[Fault] = []
    talks: dict[object, Talk] = {}
    sent: dict[str, tuple[int, str]] = {}
    for line, record in enumerate(records, 1):
        side, dialect, event = record["dir"], record.get("dialect", "ga"), record["event"]
        if side == HERE:
            continue
        talk = talks.setdefault(record.get("session"), Talk(dialect))
        wrong = record.get("expect") == "error"
        name = f"{dialect} {side} {event.get('type') if isinstance(event, dict) else '?'}"
        breaches = [] if wrong else _breaches(talk, side, event, whole_audio)
        found += [Fault(line, name, rule, detail) for rule, detail in breaches]
        if wrong and event.get("event_id"):
            sent[event["event_id"]] = line, name
        if not any(rule in SHAPE for rule, _ in breaches):
            talk.take(side, event, wrong=wrong)
    for talk in talks.values():
        found += [Fault(*sent[owed], "mistakes_are_answered", "no error names it") for owed in sorted(talk.owed)]
    return found


def event_faults(dialect: str, side: str, event: Record, *, pcm: bool = True, whole_audio: bool = True) -> list[Breach]:
    """What is wrong with an event by itself, whatever came before it.

    Args:
        dialect: Of the event.
        side: Who sent it.
        event: The event.
        pcm: Whether its audio is 16-bit samples (else one byte each).
        whole_audio: As for `faults`.
    """
    misshapen = list(shape_faults(dialect, side, event))
    if misshapen:  # the other rules rely on the fields
        return misshapen
    return list(value_faults(dialect, side, event, pcm=pcm, whole_audio=whole_audio))


def _breaches(talk: Talk, side: str, event: Record, whole_audio: bool) -> list[Breach]:
    pcm = (talk.bytes_in if side == "client" else talk.bytes_out) == PCM
    breaches = event_faults(talk.dialect, side, event, pcm=pcm, whole_audio=whole_audio)
    if any(rule in SHAPE for rule, _ in breaches):
        return breaches
    for rule in rules_of(side, event["type"]):
        if whole_audio or not rule.whole_audio:
            breaches += [(rule.name, detail) for detail in rule.check(talk, event)]
    return breaches


def check(records: Iterable[Record], *, whole_audio: bool = True) -> None:
    """Fail where a log breaks the law, or is empty.

    Args:
        records, whole_audio: As for `faults`.
    """
    records = list(records)
    assert records, "there is nothing in the log"
    found = faults(records, whole_audio=whole_audio)
    assert not found, "\n".join(map(str, found[:20]))
