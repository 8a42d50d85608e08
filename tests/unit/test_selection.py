"""What is left to `make test-outside` is what the table says, and the table says nothing of what is not there."""

from __future__ import annotations

from typing import cast

import pytest

from tests.support.selection import LONGEST_FIRST, ROWS, SCENES, TESTS, TOGETHER, arrange, leave_to_outside, rows_of


@pytest.mark.parametrize("place", [*ROWS, *SCENES, *LONGEST_FIRST, *TOGETHER])
def test_what_the_table_names_is_there(place: str) -> None:
    assert (TESTS / place).exists()


@pytest.mark.parametrize(
    ("place", "rows"),
    [
        ("simulation/test_faults.py", 4),
        ("simulations/test_faults.py", 1),
        ("unit/wire/test_law.py", 4),
        ("unit/x.py", 1),
    ],
)
def test_every_how_many_rows_one_is_always_run(place: str, rows: int) -> None:
    assert rows_of(place) == rows


class FakeItem:
    """What the selection asks of a test."""

    def __init__(
        self, name: str, *marks: str, place: str = "screens/test_app.py", fixturenames: tuple[str, ...] = ()
    ) -> None:
        self.path, self.fixturenames = TESTS / place, fixturenames
        self.nodeid = f"tests/{place}::{name}"
        self.marks = set(marks)

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.marks else None

    def add_marker(self, mark: pytest.MarkDecorator) -> None:
        self.marks.add(mark.name)


def test_of_a_table_every_nth_row_is_always_run_and_rows_that_are_outside_do_not_count() -> None:
    every = ROWS["screens"]
    table = (FakeItem(f"test_a[{row}]") for row in range(1, every + 3))
    rows = [FakeItem("test_a[0]", "outside"), *table, FakeItem("test_b")]
    leave_to_outside(cast("list[pytest.Item]", rows))
    assert [row.nodeid.split("::")[1] for row in rows if not row.marks] == [
        "test_a[1]",
        f"test_a[{1 + every}]",
        "test_b",
    ]


def test_the_longest_begin_first_and_everything_else_stays_in_its_order() -> None:
    places = ("screens/test_b.py", LONGEST_FIRST[1], "screens/test_a.py", LONGEST_FIRST[0], "screens/test_c.py")
    items = [FakeItem(f"test_{i}", place=place) for i, place in enumerate(places)]
    arrange(cast("list[pytest.Item]", items))
    assert [item.nodeid[-1] for item in items] == ["3", "1", "0", "2", "4"]
    assert not any(item.marks for item in items)


def test_who_asks_for_what_is_dear_to_make_stays_with_the_others_who_do() -> None:
    place, fixture = next(iter(TOGETHER.items()))
    asks, does_not = FakeItem("test_a", place=place, fixturenames=(fixture,)), FakeItem("test_b", place=place)
    arrange(cast("list[pytest.Item]", [asks, does_not]))
    assert (asks.marks, does_not.marks) == ({"xdist_group"}, set())


@pytest.mark.parametrize("place", TOGETHER)
def test_a_fixture_that_is_dear_to_make_is_there(place: str) -> None:
    assert f"\ndef {TOGETHER[place]}(" in (TESTS / place).read_text(encoding="utf-8")
