"""Scenarios in files: what is wrong is one line that names file, line, field, value and what is allowed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.scenario import fields
from voice_tui.scenario.events import EVENTS
from voice_tui.scenario.fields import FieldError
from voice_tui.scenario.model import STEPS, Call, Expect, Expectation, Interrupt, Part, Say, SendAfter, Settings
from voice_tui.scenario.reader import LARGEST, ScenarioError, ScenarioFile, find, library, parse, read

HEAD = "name: one\nsteps:\n"
HERE = Path("one.yaml")
PARTS: tuple[type[Part], ...] = (SendAfter, Expectation, Settings, Call, *STEPS.values())
NAMES = sorted({name for part in PARTS for name in part.__struct_fields__})


def parsed(text: str) -> ScenarioFile:
    return parse(text.encode(), HERE)


def test_steps_are_read_with_their_lines() -> None:
    file = parsed(HEAD + "  - say: Hello.\n  - interrupt:\n\n  - expect: {event: answered, within_ms: 900}\n")
    say, interrupt, expect = file.scenario.steps
    assert isinstance(say, Say)
    assert isinstance(interrupt, Interrupt)
    assert isinstance(expect, Expect)
    assert (say.say, expect.expect.within_ms) == ("Hello.", 900)
    assert file.lines == (3, 4, 6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "  - expect:\n      event: answered\n      within_ms: soon\n",
         "one.yaml:5: steps[0].expect.within_ms: 'soon' is not allowed, give a whole number of ms from 0 to 600,000"),
        (HEAD + "  - say: Hi.\n  - wait: answerd\n", "one.yaml:4: steps[1].wait: 'answerd' is not allowed, give quiet"),
        (HEAD + "  - shout: Hi.\n", "one.yaml:3: steps[0]: {'shout': 'Hi.'} has none of say, type, play"),
        (HEAD + "  - say: Hi.\n    type: Hi.\n", "one.yaml:3: steps[0]: {'say': 'Hi.', 'type': 'Hi.'} has say and"),
        (HEAD + "  - say: Hi.\n    loud: yes\n", "one.yaml:4: steps[0].loud: unknown, there are send_after, say"),
        (HEAD + "  - say: Hi.\n    send_after: {delay_ms: 3}\n", "one.yaml:4: steps[0].send_after.event: missing"),
        (HEAD + "  - expect: {}\n", "one.yaml:3: steps[0].expect: give exactly one of event, calls, figure"),
        (HEAD + "  - expect: {event: thinking, text_contains: a}\n",
         "one.yaml:3: steps[0].expect.text_contains: thinking has no text; user_turn, answered,"),
        (HEAD + "  - expect: {event: answered, where: {source: key}}\n",
         "one.yaml:3: steps[0].expect.where.source: 'source' is no field of answered, there are text, unheard, cut"),
        (HEAD + "  - expect: {event: answered, absent: true, count: 1}\n", "steps[0].expect.count: absent says the"),
        (HEAD + "  - expect: {event: truncated, at_least: 1}\n", "steps[0].expect: field, at_least and at_most belong"),
        (HEAD + "  - expect: {calls: [a], absent: true}\n", "expect.absent: does not go with calls; there are"),
        (HEAD + "  - expect: {figure: L_R}\n", "steps[0].expect: give at_least or at_most, or both, with figure"),
        (HEAD + "  - expect: {figure: L_R, at_most: 1, since: start}\n", "expect.since: does not go with figure; t"),
        (HEAD + "  - expect: {figure: L_X, at_most: 1}\n", "expect.figure: 'L_X' is not allowed, give one of L_R, R_R"),
        (HEAD + "  - say: Mm.\n    kind: turn\n", "steps[0].kind: 'turn' is not allowed, give one of backchannel, tic"),
        (HEAD + "  - set: {}\n", "one.yaml:3: steps[0].set: empty, give one of preset, knobs, muted"),
        ("name: one\nknobs: {sureness: 99}\nsteps: [pause: 1]", "one.yaml:2: knobs.sureness: 99 is not allowed, give"),
        ("name: one\nknobs: {sure: 1}\nsteps: [pause: 1]", "one.yaml:2: knobs.sure: unknown, there are "),
        ("name: one\npreset: polite\nsteps: [pause: 1]", "one.yaml:2: preset: 'polite' is not allowed, give one"),
        ("name: one\nsteps: []", "one.yaml:2: steps: [] is not allowed, give a list of steps"),
        ("name: one\n", "one.yaml:1: steps: null is not allowed, give a list of steps"),
        ("steps: [pause: 1]", "one.yaml:1: name: missing"),
        ("name: one\nname: two\nsteps: [pause: 1]", "one.yaml:2: name: it stands there twice"),
        ("name: &a one\nabout: *a\nsteps: [pause: 1]", "one.yaml:2: aliases are not read"),
        ("? [a]\n: 1\n", "one.yaml:1: the name of a field has to be a word"),
        ("name: one\nsteps: [\n", "one.yaml:3: expected the node content"),
        ("name: one\n---\nname: two\n", "one.yaml:2: but found another document"),
        ("name: !!python/object:os.system one\n", "one.yaml:1: could not determine a constructor"),
        ("name: 2020-13-41\n", "one.yaml: month must be in 1..12"),
        ("[" * 3_000, "one.yaml: it is nested too deeply"),
        ("", "one.yaml:1: null is not allowed, give a table with name"),
        ("name: \0", "one.yaml: unacceptable character"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(text: str, words: str) -> None:
    with pytest.raises(ScenarioError) as problem:
        parsed(text)
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)
    assert str(problem.value).isprintable()


@given(st.binary(max_size=60) | st.text(st.sampled_from("-: {}[]&*!\n\"'abname#|>%"), max_size=60).map(str.encode))
def test_no_file_at_all_is_anything_but_a_scenario_or_one_line(raw: bytes) -> None:
    try:
        said = f"one.yaml:{parse(raw, HERE).lines}"
    except ScenarioError as problem:
        said = str(problem)
    assert said.startswith("one.yaml:")
    assert said.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(sorted(EVENTS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner),
    max_leaves=8,
)


@one_in(4)
@given(st.dictionaries(st.sampled_from(sorted(STEPS)), JSON, max_size=1), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_whatever_a_program_sends_is_a_step_or_one_line(first: dict[str, Any], more: dict[str, Any]) -> None:
    try:
        said = fields.step(more | first).KEY
    except FieldError as problem:
        said = str(problem)
    assert said
    assert said.isprintable()


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"gone\.yaml: No such file"):
        read(tmp_path / "gone.yaml")
    (tmp_path / "big.yaml").write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(ScenarioError, match=r"big\.yaml: it holds more than 1,000,000 bytes"):
        read(tmp_path / "big.yaml")


def test_a_scenario_is_found_by_its_file_first_and_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("greeting") == library()["greeting"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "greeting").write_text(HEAD, encoding="utf-8")
    assert find("greeting") == Path("greeting")
    with pytest.raises(ScenarioError, match="farewell: no such file, and no scenario of that name, there are backchan"):
        find("farewell")


def test_six_come_along_and_use_every_kind_of_step_but_what_needs_a_file() -> None:
    found = [read(path) for path in library().values()]
    assert len(found) == 6
    assert {step.KEY for file in found for step in file.scenario.steps} >= set(STEPS) - {"pause"}
    assert all(file.scenario.about for file in found)


def test_they_lie_in_the_package() -> None:
    assert all(path.parent == files("voice_tui.scenario") / "library" for path in library().values())


def test_nothing_is_no_table_where_one_is_asked_for() -> None:
    with pytest.raises(fields.FieldError, match=r"null is not allowed, give a table with "):
        fields.step({"expect": None})
