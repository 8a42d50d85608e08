"""What holds at a moment of a talk, and for how long it has lasted."""

from __future__ import annotations

from dataclasses import replace

from voice_tui.messages.context import ContextChanged, ContextItem, Kind
from voice_tui.messages.elapsed import Elapsed
from voice_tui.messages.link import CallEnded, Link, LinkChanged, Stopped
from voice_tui.messages.talk import (
    RULE,
    Announced,
    ErrorCleared,
    LevelMeasured,
    Phase,
    PhaseChanged,
    Row,
    RowChanged,
    Severity,
)
from voice_tui.tape.confided import Confided
from voice_tui.tape.standing import Standing

LIVE = LinkChanged(Link.LIVE, endpoint="embedded", model="demo")
PROBLEM = Announced(Severity.ERROR, "the server says no")


def standing(*told: object) -> Standing:
    out = Standing()
    for at, notice in enumerate(told):
        out.observe(float(at), notice)  # type: ignore[arg-type]  # each of them is one
    return out


def test_the_last_of_a_kind_holds_and_nothing_that_was_said_or_measured() -> None:
    said, level = RowChanged(Row("u", "user", "You", "Hello"), None), LevelMeasured(-20.0, -70.0, 0.1, 2.0)
    first, then = PhaseChanged(Phase.LISTENING), PhaseChanged(Phase.THINKING)
    hint = Announced(Severity.INFORMATION, "saved")
    assert standing(first, LIVE, said, level, hint, then).notices == (LIVE, then)


def test_how_big_the_context_is_holds_and_no_word_of_it() -> None:
    item = ContextItem("u", "user", "You", "my sister is called Ana", Kind.SPOKEN, 7)
    facts = replace(item, item_id="f", text="allergic to walnuts")
    told = ContextChanged((item,), 1_234, True, 32_000, 1_300, 0.01, fixed=(facts,), coming=item)
    assert standing(told).notices == (ContextChanged((), 1_234, True, 32_000, 1_300, 0.01),)


def test_an_error_holds_until_it_is_over() -> None:
    assert standing(PROBLEM).notices == (PROBLEM,)
    assert standing(PROBLEM, ErrorCleared()).notices == ()


def test_that_it_was_hung_up_holds_until_somebody_is_on_the_line() -> None:
    closed, ended = LinkChanged(Link.CLOSED), CallEnded("enough")
    assert standing(LIVE, closed, ended).notices == (closed, ended)
    assert standing(LIVE, closed, ended, LIVE).notices == (LIVE,)


def test_a_conversation_lasts_while_somebody_is_on_the_line() -> None:
    elapsed = Elapsed()
    assert elapsed.seconds(5.0) == 0.0
    for at, notice in ((2.0, LIVE), (5.0, CallEnded("enough")), (9.0, LIVE), (10.0, Stopped())):
        elapsed.observe(at, notice)
    assert elapsed.seconds(30.0) == 4.0


def test_what_had_lasted_before_counts() -> None:
    elapsed = Elapsed(60.0)
    elapsed.observe(0.0, LIVE)
    assert elapsed.seconds(2.0) == 62.0


def test_only_what_is_new_in_private_is_confided() -> None:
    confided = Confided()
    row = RowChanged(Row("u", "user", "You", "Hello", pending=True), None)
    confided.observe(row, private=False)
    confided.observe(row, private=True)  # its words came late
    confided.observe(RowChanged(Row("r", RULE, "", "another connection"), None), private=True)
    assert not confided.anything
    confided.observe(RowChanged(Row("v", "user", "You", "a secret"), "u"), private=True)
    assert confided.anything
