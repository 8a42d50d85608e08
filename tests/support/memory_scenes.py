"""What the memory tells the screen in tests: a few facts and conversations."""

from __future__ import annotations

from typing import TypeAlias

from voice_tui.messages.memory import FoundFact, KnownFact, MemoryChanged, MemoryNotice, PastItem, PastTalk

Step: TypeAlias = MemoryNotice | str
"""A notice, or a key."""

STATE = MemoryChanged(on=True, folder="/home/alice/.local/share/voice-tui/memory")
KNOWN = (
    KnownFact(7, "user", "The user's name is Alice.", "", "today 12:01", "today 12:00"),
    KnownFact(
        6, "Ana", "Alice's sister is called Ana and lives in Porto with her two children.", "", "yesterday 18:40", ""
    ),
    KnownFact(4, "user", "Alice is allergic to walnuts.", "Alice", "yesterday 18:37", "yesterday 18:30"),
    KnownFact(3, "car", "The car needs new tyres [winter] before December.", "Ben", "Mon 09:12", "Mon 09:10"),
    KnownFact(1, "user", "Alice takes her coffee without sugar.", "Alice", "3 Mar 08:05", "3 Mar 08:00"),
)
TALKS = (
    PastTalk(9, "today 12:00", "what to cook for Ana's visit", 6),
    PastTalk(8, "yesterday 18:30", "I am allergic to walnuts; remember that my sister is called Ana", 14),
    PastTalk(5, "Mon 09:10", "the weather in Lisbon", 3),
)
FOUND = (
    FoundFact("user", "The user lives in Lisbon."),
    FoundFact("user", "Alice starts a new job on Monday.", "Alice"),
    FoundFact("dog", "The dog is called [Rex] and is afraid of thunder."),
)

PAST = (
    PastItem("user", "", "What shall I cook for Ana?"),
    PastItem("assistant", "", "Soup. She likes soup.", 1_000, 2_500),
    PastItem("user", "Bob", "No soup, please."),
)
