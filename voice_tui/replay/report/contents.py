"""What stands in a report: plain words and figures out of the account of a talk."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from voice_tui.drivers.recording.export import MID_TALK
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.measures import Origin, Spender, TurnTimed
from voice_tui.messages.talk import Row
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.messages.usage import UsageKind, dollars
from voice_tui.replay.account import Account
from voice_tui.why import Cut, sentences

SPENDERS = {
    Spender.TURN_TAKING: "until the turn was over and sent",
    Spender.ENDPOINT: "the endpoint",
    Spender.HERE: "this machine",
    Spender.ANSWER: "silence at the answer's head",
}
"""Whose time a part of a turn is, in words."""
_BEGUN = {
    Origin.VOICE: "the voice",
    Origin.SERVER: "the server's word",
    Origin.KEY: "the key",
    Origin.ENTER: "Enter",
}
_QUANTILES_FROM = 10  # turns; of fewer a percentile says nothing


class Figure(NamedTuple):
    """One of the figures at the head."""

    value: str
    name: str


class Table(NamedTuple):
    """Names and values."""

    title: str
    rows: list[tuple[str, str]]


def heading(talk: RecordedTalk) -> dict[str, Any]:
    """What the page is about, and what is to be known before it is believed."""
    session = talk.session
    problems = [
        "" if session.whole else MID_TALK,
        "" if session.ended else "The recording came to a sudden end.",
        session.problem,
    ]
    return {
        "title": f"Conversation of {session.when[:16].replace('T', ' ')}",
        "where": " · ".join(filter(None, (session.endpoint, session.model, session.preset))),
        "length": clock(talk.seconds),
        "problems": [problem for problem in problems if problem],
    }


def figures(talk: RecordedTalk, what: Account) -> list[Figure]:
    """The figures at the head."""
    waits = [turn.audible_ms for turn in what.turns]
    cut = [each for each in what.interruptions.values() if not each.resumed]
    found = [Figure(clock(talk.seconds), "long"), Figure(str(len(waits)), "answered turns")]
    if waits:
        found.append(Figure(f"{np.median(waits):.0f} ms", "first sound, median"))
        if len(waits) >= _QUANTILES_FROM:
            found.append(Figure(f"{np.quantile(waits, 0.95):.0f} ms", "first sound, 95 %"))
        found.append(Figure(f"{max(waits)} ms", "first sound, worst"))
    found.append(Figure(str(len(cut)), "interruptions"))
    found.append(Figure(str(len(what.interruptions) - len(cut)), "false alarms"))
    quiet = [ms for each in cut for stage, ms in each.steps if stage is Stage.QUIET]
    if quiet:
        found.append(Figure(f"{np.median(quiet):.0f} ms", "until silence, median"))
    if what.bill.counts and what.billing.costs:
        more = "" if what.bill.complete else " and what has no known price"
        found.append(Figure(dollars(what.bill.cost), f"cost{more}"))
    return found


def marks(what: Account, columns_a_second: float) -> list[dict[str, Any]]:
    """A line for each voice over an answer."""
    return [
        {"x": round(what.at_s(each.at_ms) * columns_a_second, 1), "resumed": each.resumed, "words": _outcome(each)}
        for each in what.interruptions.values()
    ]


def rows(what: Account) -> list[dict[str, Any]]:
    """What was said."""
    return [
        {
            "role": row.role,
            "at": round(max(0.0, at_s), 3),
            "time": clock(at_s),
            "speaker": row.said_by,
            "text": row.text or ("" if row.unheard else "–"),
            "unheard": row.unheard,
            "cut": _cut(row),
            "note": row.note,
        }
        for at_s, row in ((each.at_s, each.row) for each in what.said)
    ]


def _cut(row: Row) -> str:
    if row.cut is None:
        return ""
    heard, received = row.cut.heard_ms / 1000, row.cut.received_ms / 1000
    return f"heard {heard:.2f} s of {received:.2f} s · truncation {row.cut.ack}"


def turns(what: Account) -> list[dict[str, Any]]:
    """How long each answer took, as parts of the longest."""
    longest = max((turn.audible_ms for turn in what.turns), default=0) or 1
    return [
        {
            "at": round(max(0.0, what.at_s(turn.at_ms)), 3),
            "time": clock(what.at_s(turn.at_ms)),
            "ms": turn.audible_ms,
            "words": f"{turn.audible_ms} ms from {_BEGUN[turn.origin]}: {_parts(turn)}",
            "parts": [
                {
                    "spender": part.spender.value,
                    "percent": f"{100 * part.ms / longest:.2f}",
                    "words": part.words,
                    "ms": part.ms,
                }
                for part in turn.parts
            ],
        }
        for turn in what.turns
    ]


def _parts(turn: TurnTimed) -> str:
    return ", ".join(f"{part.words} {part.ms}" for part in turn.parts)


def cuts(what: Account) -> list[dict[str, Any]]:
    """Each voice over an answer, what came of it, and why."""
    told = {story.timed.number: story for story in what.stories if isinstance(story, Cut)}
    return [
        {
            "time": clock(what.at_s(each.at_ms)),
            "what": _outcome(each),
            "by": each.by or "–",
            "stages": " · ".join(f"{stage.value} {ms}" for stage, ms in each.steps if stage is not Stage.ONSET),
            "origin": _BEGUN[each.origin],
            "at": round(max(0.0, what.at_s(each.at_ms)), 3),
            "story": sentences(told[each.number])[1:] if each.number in told else [],
        }
        for each in what.interruptions.values()
    ]


def _outcome(each: InterruptionTimed) -> str:
    return "went on: a false alarm" if each.resumed else "stopped"


def bill(what: Account) -> list[dict[str, str]]:
    """What was used, by kind."""
    return [
        {
            "kind": kind.value.replace("_", " "),
            "count": f"{count:,}",
            "cost": _cost(what, kind),
        }
        for kind, count in what.bill.counts.items()
    ]


def _cost(what: Account, kind: UsageKind) -> str:
    if kind in what.bill.costs:
        return dollars(what.bill.costs[kind])
    return "no price known" if what.billing.costs else "nothing"


def tables(talk: RecordedTalk, what: Account) -> list[Table]:
    """How the talk was held."""
    knobs = what.settings
    acting = [(name, knob) for name, knob in KNOBS.items() if name in what.active]
    settings = [(knob.label, knob.format(getattr(knobs, name))) for name, knob in acting] if knobs else []
    session = talk.session
    held = [
        ("preset at the end", what.preset or session.preset),
        ("microphone", session.mic),
        ("loudspeaker", session.speaker),
        *session.versions.items(),
    ]
    return [Table("Settings at the end", settings)] * bool(settings) + [
        Table("Made with", [(name, value) for name, value in held if value])
    ]


def events(what: Account) -> list[dict[str, str]]:
    """What is worth a line, in order of time."""
    return [{"time": f"{e.at_s:.3f}", "words": e.words, "severity": e.severity.value} for e in what.events]


def clock(seconds: float) -> str:
    """``3:07``."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
