"""A recorded talk lived again: the engine, fed the tape, must tell the same notices, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from voice_tui.conversation.engine import Engine
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.drivers.recording.recorder import versions
from voice_tui.messages.inputs import Ticked
from voice_tui.messages.notices import Notice
from voice_tui.plain_text import one_line
from voice_tui.tape.circumstances import engine_of, family_of
from voice_tui.tape.codec import Unreadable
from voice_tui.tape.lines import Drained, Finished, Introduced, NoticeWriter, Step

NONE = "nothing"
LONGEST = 80  # characters of a value that is shown


@dataclass(frozen=True, slots=True)
class Difference:
    """The first notice that is another one.

    Attributes:
        number: Which notice, counted from 1.
        recorded, again: The lines; "" where there is none.
    """

    number: int
    recorded: str
    again: str

    @property
    def fields(self) -> list[tuple[str, str, str, str]]:
        """What differs: (field, on the tape, here, how much of a number), all as text."""
        then, now = (_leaves(line) for line in (self.recorded, self.again))
        names = [name for name in {**then, **now} if then.get(name, NONE) != now.get(name, NONE)]
        return [(n, _shown(then.get(n, NONE)), _shown(now.get(n, NONE)), _by(then.get(n), now.get(n))) for n in names]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of living a talk again.

    Attributes:
        notices: How many were compared.
        inputs: What the engine was told.
        differences: How many notices are others.
        first: The first of them.
        versions: Of what computes, where they differ: package → (on the tape, here).
        unchecked: Why nothing was compared, one line; "" when something was.
        cut: The recording came to a sudden end: what stands behind the tape's was not compared.
    """

    notices: int = 0
    inputs: int = 0
    differences: int = 0
    first: Difference | None = None
    versions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unchecked: str = ""
    cut: bool = False

    def as_json(self) -> dict[str, Any]:
        """The same for scripts."""
        first = None
        if self.first is not None:
            first = {"number": self.first.number, "recorded": self.first.recorded, "again": self.first.again}
        return {
            "same": self.same,
            "notices": self.notices,
            "lines": self.inputs,
            "differences": self.differences,
            "first": first,
            "versions": {name: {"tape": then, "here": now} for name, (then, now) in self.versions.items()},
            "unchecked": self.unchecked,
            "cut": self.cut,
        }

    @property
    def same(self) -> bool:
        """The notices are the same, byte for byte."""
        return not self.unchecked and not self.differences


def _leaves(line: str) -> dict[str, Any]:
    """The leaves of a line; one that is no JSON is a leaf without a name."""
    try:
        return _flat(json.loads(line)) if line else {}
    except (ValueError, RecursionError):
        return {"": line}


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """The leaves of a JSON value, by dotted path."""
    if isinstance(value, dict):
        inner = [(f"{path}.{name}" if path else str(name), each) for name, each in value.items()]
    elif isinstance(value, list):
        inner = [(f"{path}[{number}]", each) for number, each in enumerate(value)]
    else:
        return {path: value}
    return {name: leaf for here, each in inner for name, leaf in _flat(each, here).items()}


def _shown(value: Any) -> str:
    return NONE if value == NONE else json.dumps(value)[:LONGEST]


def _by(then: Any, now: Any) -> str:
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (then, now))
    return f" (by {now - then:+.3g})" if numbers else ""


def lived_again(talk: RecordedTalk) -> Iterator[list[bytes]]:
    """The notices that an engine tells when it is fed a tape, as lines, by each time it was asked for some.

    Raises:
        Unreadable: The tape can't be read.
    """
    engine = engine_of(talk.session)
    writer = NoticeWriter(family_of(talk.session).packing)
    now = talk.session.began
    for number, step in enumerate(talk.inputs(), 1):
        if isinstance(step, Ticked):
            now = step.now
        try:
            told = _told(engine, step)
        except Exception as error:  # what is on no tape of ours: it was damaged, or changed by somebody
            what = f"{type(step).__name__}: {type(error).__name__}: {error}"
            raise Unreadable(one_line(f"line {number}: the engine can't take it ({what})")) from error
        if isinstance(step, Drained):
            yield [writer.line(now - talk.session.began, notice)[:-1] for notice in told]


def _told(engine: Engine, step: Step) -> list[Notice]:
    """What the engine tells when a line of the tape goes in; nothing where it was not asked."""
    match step:
        case Drained():
            engine.commands()
            return engine.notices()
        case Introduced(place):
            engine.session.introduction(place)
        case Finished():
            engine.finish()
        case _:
            engine.receive(step)
    return []


def check(talk: RecordedTalk) -> Verdict:
    """Live a talk again and compare.

    Raises:
        Unreadable: Its endpoint is of a family that is not known here.
    """
    here = versions()
    other = {n: (v, here.get(n, "")) for n, v in talk.session.versions.items() if v != here.get(n, "")}
    if not talk.session.whole:
        return Verdict(versions=other, unchecked="it was begun in the middle of a talk: the engine can't live it again")
    if not talk.tape_lines:
        return Verdict(versions=other, unchecked="it has no tape: what the engine was told is not there")
    if talk.session.redacted:
        return Verdict(versions=other, unchecked="a secret was taken out of it: it is not what the engine was told")
    recorded, again = talk.notice_lines, list[bytes]()
    if not recorded:
        return Verdict(versions=other, unchecked="it has no notices: what the engine told then is not there")
    try:
        for lines in lived_again(talk):
            again += lines
    except Unreadable as error:
        return Verdict(versions=other, unchecked=f"its tape can't be read here: {error}")
    cut = not talk.session.ended
    if talk.lacks and not cut:
        return Verdict(versions=other, unchecked=f"sound that its tape names is not there: {talk.lacks}")
    count = min(len(recorded), len(again)) if cut else max(len(recorded), len(again))
    differing = [n for n in range(count) if recorded[n : n + 1] != again[n : n + 1]]
    first = None
    if differing:
        at = differing[0]
        then, now = (b"".join(lines[at : at + 1]).decode(errors="replace") for lines in (recorded, again))
        first = Difference(at + 1, then, now)
    return Verdict(count, talk.tape_lines, len(differing), first, other, cut=cut)
