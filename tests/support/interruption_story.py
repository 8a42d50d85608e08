"""An answer that is under way, to be interrupted, and what was truncated of it."""

from __future__ import annotations

from tests.support.harness import Harness
from voice_tui.messages import notices as n
from voice_tui.messages.talk import Ack

WORDS = "one two three four five six seven eight nine ten"


def talking(words: str = WORDS, ms: int = 1_000, *, done: bool = False, played: int = 300) -> Harness:
    """The assistant answers a spoken turn; the listener's loudspeaker has taken ``played`` ms."""
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.answers("A1", words, ms, done=done)
    story.play(played)
    story.told(n.TurnTimed)
    return story


def truncations(story: Harness) -> list[tuple[str, int, int, Ack, bool]]:
    return [(x.item_id, x.audio_end_ms, x.received_ms, x.ack, x.deleted) for x in story.told(n.Truncated)]
