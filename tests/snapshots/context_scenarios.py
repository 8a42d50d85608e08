"""The context in each state worth a picture."""

from __future__ import annotations

from dataclasses import replace

from tests.snapshots.scenarios import Steps
from voice_tui.messages.context import SUMMARY_HEADING as HEADING
from voice_tui.messages.context import (
    ContextChanged,
    ContextItem,
    Kind,
    SummaryMade,
    SummaryProposed,
    TopicChanged,
    Work,
)
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.talk import Row, RowChanged


def item(n: int, role: str, text: str, tokens: int, turn: int, **more: object) -> ContextItem:
    speaker = {"user": "You", "assistant": "AI", "system": "System"}[role]
    made = ContextItem(f"i{n}", role, speaker, text, Kind.SPOKEN, tokens, turn=turn, at=-200.0 + 9.0 * n)
    return replace(made, **more)  # type: ignore[arg-type]  # by name


TALK: tuple[ContextItem, ...] = (
    item(1, "user", "Hello, my name is Alice and I live in Lisbon.", 41, 1, exact=True, pinned=True),
    item(2, "assistant", "Nice to meet you, Alice! What can I do for you today?", 112, 1, exact=True),
    item(3, "user", "I would like to travel to Porto on Friday, by train if I can.", 58, 2, exact=True),
    item(4, "assistant", '{"query": "train"}', 31, 2, kind=Kind.CALL, speaker="recall", call_id="c1"),
    item(5, "user", '{"facts": []}', 44, 2, kind=Kind.OUTPUT, speaker="recall", call_id="c1"),
    item(6, "assistant", "There are trains at seven, nine and eleven in the morning. ", 240, 2, cut=(1840, 5200)),
    item(7, "user", "The nine o'clock one. How much is it?", 37, 3),
    item(8, "assistant", "It is thirty-two euros in second class, and it takes three hours.", 260, 3),
    item(9, "user", "Please book two seats at a window.", 12, 4, kind=Kind.TYPED),
    item(10, "assistant", "I noted two window seats on the nine o'clock train on Friday.", 236, 4, in_server=False),
)
SETTINGS = ContextSettings(Mode.ASK, 8_000, 6, 150, Mode.OFF, 0.7, 4)
FILLED = ContextChanged(TALK, 1_071, True, 32_000, 1_240, 0.0214, SETTINGS)
LONG = tuple(
    item(n, "user" if n % 2 else "assistant", f"Turn {n // 2}: something worth saying about trains.", 380, n // 2 + 1)
    for n in range(1, 25)
)
OVER = ContextChanged(LONG, 8_940, False, 32_000, 9_120, 0.0312, replace(SETTINGS, mode=Mode.AUTO), Work.SUMMARISING)
SUMMARY = (
    "The user is Alice and lives in Lisbon. She travels to Porto on Friday by the nine o'clock train, two window "
    "seats, thirty-two euros each. Decided: second class. Still open: where to stay, and whether the restaurant near "
    "the station takes reservations for four people on Saturday evening."
)
MADE = SummaryMade("summary_0001", SUMMARY, 8_940, 3_120, 14)
AFTER = ContextChanged(
    (
        ContextItem("summary_0001", "system", "Summary", HEADING + SUMMARY, Kind.SUMMARY, 78, True, at=-4.0),
        *(replace(one, in_server=False) for one in LONG[:14]),
        *LONG[14:],
    ),
    3_120,
    True,
    32_000,
    3_260,
    0.0098,
    SETTINGS,
    can_undo=True,
)

CONTEXTS: dict[str, tuple[list[str], Steps]] = {
    "empty": ([], [ContextChanged(window=32_000, settings=SETTINGS)]),
    "filled": (["up", "up", "up", "up"], [FILLED]),
    "over-budget": ([], [OVER]),
    "after-a-summary": ([], [OVER, AFTER, MADE]),
    "whole-text": (["home", "enter"], [FILLED]),
    "new-topic": (["t"], [FILLED]),
    "edit": (["e"], [AFTER, MADE]),
}
"""State of the context screen: keys after it is open, and what the voice side told before."""

OFFERS: dict[str, tuple[list[str], Steps]] = {
    "topic": ([], [FILLED, TopicChanged("u1", 0.83, "By the way, do you like jazz?", ("carry_on",))]),
    "budget": (["escape"], [OVER, SummaryProposed(9_120, 8_000, 14)]),
    "summarised": ([], [AFTER, MADE, RowChanged(Row("u2", "user", "You", "And on Sunday?"), "a1")]),
}
"""The console with an offer, or with what came of it, while the assistant speaks."""
