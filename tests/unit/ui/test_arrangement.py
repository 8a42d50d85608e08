"""Where the panes are: everything fits, and the conversation is the last to go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.ui.console.arrangement import LEAST_ROWS, LEAST_TALK_CELLS, Pane, Places, Wishes, arrange
from voice_tui.ui.console.kept_panes import KeptPanes

CHROME = 5  # header, input line, two of status, keys

wishes = st.builds(
    Wishes,
    st.sets(st.sampled_from([Pane.EARS, Pane.CUT, Pane.SCOPE])),
    st.none(),
    st.booleans(),
    st.none() | st.integers(1, 300),
    st.none() | st.integers(1, 90),
    st.none() | st.integers(1, 90),
)


@pytest.mark.parametrize(
    ("width", "height", "places"),
    [
        (120, 36, Places(True, 44, 4, 7, True)),
        (200, 60, Places(True, 64, 4, 7, True)),
        (120, 24, Places(True, 44, 1, 0, True)),
        (80, 24, Places(True, 6, 1, 0, False)),
        (80, 40, Places(True, 11, 1, 0, False)),
        (40, 12, Places(True, 0, 1, 0, False)),
        (40, 9, Places(True, 0, 0, 0, False)),
    ],
)
def test_the_usual_places(width: int, height: int, places: Places) -> None:
    assert arrange(width, height, height - CHROME, Wishes()) == places


@given(st.integers(20, 250), st.integers(8, 80), wishes)
def test_whatever_is_wished_the_conversation_keeps_its_rows(width: int, height: int, wished: Wishes) -> None:
    rows = height - CHROME
    places = arrange(width, height, rows, wished)
    left = rows - places.cut - places.scope - (0 if places.beside else places.ears)
    assert places.talk
    assert left >= min(LEAST_ROWS, rows) or wished.called
    if places.beside and places.ears:
        assert width - places.ears >= LEAST_TALK_CELLS
    for pane, size in ((Pane.EARS, places.ears), (Pane.CUT, places.cut)):
        assert not (pane in wished.hidden and size)


@pytest.mark.parametrize("pane", [Pane.TALK, Pane.EARS, Pane.SCOPE])
@pytest.mark.parametrize("width", [80, 120])
def test_one_alone_has_everything(pane: Pane, width: int) -> None:
    places = arrange(width, 36, 31, Wishes(whole=pane))
    assert (places.talk, bool(places.ears), bool(places.scope)) == (
        pane is Pane.TALK, pane is Pane.EARS, pane is Pane.SCOPE,
    )  # fmt: skip
    assert not places.cut


def test_what_was_hidden_or_sized_comes_back_as_it_was() -> None:
    wished = Wishes(scope_rows=12, ears_cells=50)
    assert arrange(120, 60, 55, wished) == Places(True, 50, 4, 12, True)
    wished.toggle(Pane.SCOPE)
    assert arrange(120, 60, 55, wished).scope == 0
    wished.toggle(Pane.SCOPE)
    assert arrange(120, 60, 55, wished).scope == 12


def test_what_was_done_to_the_panes_is_there_at_the_next_start_but_none_is_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "panes.json"
    done = Wishes({Pane.CUT}, Pane.EARS, True, ears_cells=60, ears_rows=8, scope_rows=11)
    KeptPanes(file).keep(done)
    assert KeptPanes(file).read() == Wishes({Pane.CUT}, None, False, 60, 8, 11)


def test_panes_that_nobody_touched_are_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "panes.json"
    kept = KeptPanes(file)
    kept.keep(kept.read())
    assert not file.exists()
    KeptPanes().keep(Wishes({Pane.CUT}))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"hidden": 7, "ears_cells": "wide"}', '{"hidden": ["conversation", {}], "scope_rows": 0}',
     '{"ears_cells": true, "ears_rows": 1e9, "scope_rows": 100000}'],
)  # fmt: skip
def test_a_file_that_is_wrong_counts_as_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "panes.json"
    file.write_text(text, encoding="utf-8")
    assert KeptPanes(file).read() == Wishes()
