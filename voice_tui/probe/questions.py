"""What can be asked of an endpoint: a row a question, with what its answer decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question that a step answers.

    Attributes:
        name: In JSON and in the kept results.
        label: What the user reads.
        capability: The field of `Capabilities` that a decided answer fills, "" for none.
        knobs: The settings that are seen to work, or not, with it.
        needed: Nobody can talk where the answer is no.
    """

    name: str
    label: str
    capability: str = ""
    knobs: tuple[str, ...] = ()
    needed: bool = False


# fmt: off
QUESTIONS: dict[str, Question] = {
    q.name: q
    for q in (
        Question("connects", "connects", needed=True),
        Question("first_events", "begins with session.created"),
        Question("dialect", "speaks the dialect of its row"),
        Question("ping", "answers pings"),
        Question("round_trip", "answers events", needed=True),
        Question("settings", "takes every setting"),
        Question("delete", "forgets an item", capability="delete"),
        Question("retrieve", "gives an item back", capability="retrieve"),
        Question("seed_history", "takes what was said before", capability="seed_history"),
        Question("clear", "forgets audio", capability="clear"),
        Question("speech_started", "hears speech", needed=True),
        Question("silence_duration_ms", "silence: 1000 ms ends a turn later than 300", knobs=("silence_duration_ms",)),
        Question("threshold", "threshold: 1.0 hears less than 0.5", knobs=("threshold",)),
        Question("prefix_padding_ms", "prefix padding: 600 ms begins earlier than 0", knobs=("prefix_padding_ms",)),
        Question("semantic_vad", "semantic VAD hears speech", capability="semantic_vad", knobs=("eagerness",)),
        Question("manual_turns", "turns by hand", capability="manual_turns"),
        Question("create_response", "create_response false holds", capability="create_response"),
        Question("audio_turn", "answers a spoken turn", needed=True),
        Question("interrupt_response", "interrupt_response false holds", capability="interrupt_response"),
        Question("text_turn", "answers a typed turn", needed=True),
        Question("first_audio", "first audio"),
        Question("audible", "its audio can be heard", needed=True),
        Question("cancel", "an answer can be cancelled", capability="cancel"),
        Question("pacing", "audio comes faster than it plays"),
        Question("truncate", "truncate is acknowledged", capability="truncate"),
        Question("truncate_range", "truncate checks its range"),
        Question("truncate_effect", "truncate changes the item"),
        Question("out_of_band", "answers beside the conversation", capability="out_of_band"),
        Question("tools", "calls a tool", capability="tools"),
    )
}
# fmt: on
"""By name, in the order of the table on the terminal."""
