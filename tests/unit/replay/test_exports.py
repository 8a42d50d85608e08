"""A recording in other forms: subtitles, and the archive for a report of a fault."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.replay.talks import kept, row
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.export import export
from voice_tui.messages.talk import Ack, Announced, Cut, RowChanged, Severity
from voice_tui.replay.bug import LOG, WORDS, archive, parts, without_words
from voice_tui.replay.judge.labels import labels_path
from voice_tui.replay.subtitles import subtitles
from voice_tui.ui.recordings.wording import words

SAID = "my number is 555 0199"


def test_each_row_is_a_subtitle_and_a_cut_answer_shows_what_was_heard(tmp_path: Path) -> None:
    cut = row("b", "On a rock", unheard="at the edge", cut=Cut(500, 900, Ack.ACKNOWLEDGED))
    asked = row("a", "Hello  there\n", role="user", speaker="You")
    talk = kept(tmp_path, RowChanged(asked, None), RowChanged(cut, "a"))
    assert subtitles(talk).decode() == (
        "1\n00:00:00,000 --> 00:00:00,100\nYou: Hello there\n\n2\n00:00:00,100 --> 00:00:01,000\nAI: On a rock [cut]\n"
    )


def test_the_greeting_that_nobody_said_is_nobodys(tmp_path: Path) -> None:
    greeting = row("g", "Hello", role="user", speaker="You", greeting=True)
    talk = kept(tmp_path, RowChanged(greeting, None), RowChanged(row("a", "Good afternoon!"), "g"))
    assert "Hello" not in subtitles(talk).decode()
    assert "**Greeting** Hello" in export(talk, "md").decode()
    assert "You" not in export(talk, "md").decode()
    assert '"speaker": "Greeting"' in export(talk, "json").decode()
    assert [rows[0][0][0] for rows in [words([greeting])]] == ["Greeting"]


def test_nothing_said_is_an_empty_file(tmp_path: Path) -> None:
    assert subtitles(kept(tmp_path)) == b""


@pytest.mark.parametrize(("sound", "text"), [(True, True), (False, True), (True, False), (False, False)])
def test_what_is_left_out_is_nowhere_in_the_archive(tmp_path: Path, sound: bool, text: bool) -> None:
    told = RowChanged(row("a", SAID, unheard=SAID), None), Announced(Severity.ERROR, SAID)
    talk = kept(tmp_path / "talk", *told)
    (talk.path / shelf.EVENTS).write_bytes(json.dumps({"event": {"type": "x.delta", "delta": SAID}}).encode() + b"\n")
    (talk.path / shelf.TAPE).write_bytes(json.dumps({"SendText": {"text": SAID}}).encode() + b"\n")
    log = tmp_path / "log"
    log.write_text(f"one\n{SAID}\n")
    found = list(parts(talk, log, sound=sound, text=text))
    with zipfile.ZipFile(io.BytesIO(archive(found))) as file:
        names, content = set(file.namelist()), b"".join(file.read(name) for name in file.namelist())
    assert names == {part.name for part in found}
    assert (shelf.TALK in names) == sound
    assert ({shelf.TAPE, LOG} <= names) == text
    assert (SAID.encode() in content) == text
    assert {shelf.SESSION, shelf.NOTICES, shelf.EVENTS} <= names
    assert b"x.delta" in content


def test_without_words_the_shape_and_the_figures_stay(tmp_path: Path) -> None:
    value = {"t": 1.5, "Row": {"text": "Hello", "pending": False, "cut": {"heard_ms": 12}}, "list": [{"delta": "Hi"}]}
    assert without_words(value) == {
        "t": 1.5,
        "Row": {"text": "(5 characters)", "pending": False, "cut": {"heard_ms": 12}},
        "list": [{"delta": "(2 characters)"}],
    }


@given(
    st.recursive(
        st.just(SAID) | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Row", "items", *sorted(WORDS)]), inner),
        max_leaves=20,
    ),
    st.sampled_from(sorted(WORDS)),
)
def test_no_text_under_a_field_of_words_is_left(value: object, field: str) -> None:
    assert SAID not in _leaves(without_words({"Row": [{field: value}]}))


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]


def test_a_recording_is_deleted_with_the_labels_of_its_sounds_and_with_nothing_else(tmp_path: Path) -> None:
    for name, stays in (("one", False), ("two", True)):
        talk = kept(tmp_path / name)
        labels_path(talk.talk).write_text("start,end,channel,kind\n")
        if stays:
            (talk.path / "mine.txt").write_text("mine")
        shelf.delete(talk.path)
        assert [path.name for path in talk.path.glob("*")] == ["mine.txt"] * stays
        assert talk.path.exists() == stays
