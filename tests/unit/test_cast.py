"""The cast of the console: what it draws of a screen, and the one in the documents."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.cast import COLUMNS, cast, kept

DOCS = Path(__file__).parents[2] / "docs"
MOST_BYTES = 500_000  # whoever opens the README waits for it


def drawn(picture: str) -> list[tuple[str, str]]:
    """The texts of a picture with what their style says."""
    sheet = dict(re.findall(r"\.(k\d+)\{(.*?)\}", picture))
    found = re.findall(r'<text class="(k\d+)".*?>(.*?)</text>', picture)
    return [(words, sheet[name]) for name, words in found]


def test_a_colour_goes_on_in_the_next_line_as_a_terminal_has_it() -> None:
    picture = cast([("words", "\x1b[38;2;1;2;3mred\nalso\x1b[0m plain \x1b[9mstruck\x1b[0m")])
    assert drawn(picture) == [
        ("red", "fill:#010203"),
        ("also", "fill:#010203"),
        ("plain", "fill:#dde1e6"),
        ("struck", "fill:#dde1e6;text-decoration:line-through"),
    ]


def test_what_is_reversed_is_ground_and_what_means_something_to_markup_is_text() -> None:
    picture = cast([("a < b", "\x1b[7mF1\x1b[0m <b>&")])
    assert [words for words, _ in drawn(picture)] == ["F1", "&lt;b&gt;&amp;"]
    assert '<rect x="0" y="0" width="19.2" height="20" fill="#dde1e6"/>' in picture
    ElementTree.fromstring(picture)


def test_every_screen_has_its_time_and_its_words(tmp_path: Path) -> None:
    for number, words in enumerate(("one", "two", "three"), 1):
        (tmp_path / f"{number:02} {words}.ansi").write_text("x" * 500, encoding="utf-8")
    picture = cast(kept(tmp_path))
    assert re.findall(r"animation-delay: (\d+)s", picture) == ["0", "4", "8"]
    assert "animation: shown 12s" in picture
    assert re.findall(r">(\d\. \w+)</text>", picture) == ["1. one", "2. two", "3. three"]
    assert max(len(words) for words, _ in drawn(picture)) == COLUMNS


@pytest.fixture(scope="module")
def walk() -> str:
    return (DOCS / "walk-through.svg").read_text(encoding="utf-8")


def test_the_walk_in_the_documents_is_small_and_whole(walk: str) -> None:
    assert len(walk.encode()) <= MOST_BYTES
    ElementTree.fromstring(walk)
    assert walk.count('<g class="shown') >= 12
    assert "/tmp/" not in walk
