"""News: one piece at a time, each long enough to be read, none twice."""

from __future__ import annotations

from datetime import datetime

from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.talk import UNCONNECTED, Announced, Severity
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.news import READ_S, SHOWN_S, News
from voice_tui.ui.common.state import State


class Paper:
    """News and their clock."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.news = News(lambda: self.seconds)

    def reads(self, at: float) -> str:
        self.seconds = at
        now = self.news.now
        return now.text if now else ""


def test_one_stands_there_for_a_while_and_then_is_over() -> None:
    paper = Paper()
    paper.news.tell("Copied.", seconds=2.0)
    assert [paper.reads(t) for t in (0.0, 1.9, 2.1)] == ["Copied.", "Copied.", ""]


def test_each_is_read_before_the_next_and_the_last_one_stays_longest() -> None:
    paper = Paper()
    for text in ("one", "two", "three"):
        paper.news.tell(text)
    assert paper.reads(0.0) == "one"
    assert paper.reads(READ_S + 0.1) == "two"
    assert paper.reads(2 * READ_S + 0.2) == "three"
    assert paper.reads(2 * READ_S + SHOWN_S) == "three"
    assert paper.reads(3 * READ_S + SHOWN_S) == ""
    assert [piece.text for piece in paper.news.said] == ["one", "two", "three"]


def test_what_is_said_again_with_other_figures_takes_its_place() -> None:
    paper = Paper()
    paper.news.tell("an odd event (event_1)", Severity.WARNING)
    assert paper.reads(0.0) == "an odd event (event_1)"
    paper.news.tell("an odd event (event_7) (7 times)", Severity.WARNING, about="an odd event (event_7)")
    paper.news.tell("an odd\nevent (event_8) (8 times)", Severity.WARNING, about="an odd\nevent (event_8)")
    assert paper.reads(0.5) == "an odd event (event_8) (8 times)"
    assert len(paper.news.said) == 1


def test_what_was_true_until_there_was_a_connection_is_over_with_it() -> None:
    state = State(lambda: 0.0, datetime.now, COMMANDS)
    for text in (f"{UNCONNECTED}what you typed is sent as soon as we are", "Copied."):
        state.take(Announced(Severity.INFORMATION, text))
    state.take(LinkChanged(Link.CONFIGURING))
    assert state.news.now
    assert state.news.now.text.startswith(UNCONNECTED)
    state.take(LinkChanged(Link.LIVE))
    assert state.news.now
    assert state.news.now.text == "Copied."
