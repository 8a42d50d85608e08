"""What a random walk draws from: sentences, ranges of knobs, reasons to close, events refused or repeated."""

from __future__ import annotations

SPEECHES = (
    "What is {} plus four?",
    "Tell me a long story, number {}.",
    "I have {} apples.",
    "What is {} times two?",
    "Count to {}, please.",
    "Wait, I meant {}.",
)
WRITINGS = ("What is {} times three?", "Tell me a story about {} ships.", "My number is {}.")
KNOB_RANGES: dict[str, tuple[float, float]] = {
    "threshold": (0.2, 0.8),
    "silence_duration_ms": (200, 1_500),
    "local_threshold": (0.01, 0.1),
    "min_speech_ms": (0, 600),
    "max_silence_ms": (200, 2_000),
    "interrupt_threshold": (0.01, 0.1),
    "debounce_ms": (0, 300),
    "sureness": (1, 8),
    "patience_s": (8, 12),
    "backchannel_ms": (0, 500),
    "immunity_ms": (0, 1_000),
    "resume_ms": (100, 1_000),
    "duck_gain": (0.1, 0.5),
    "hold_ms": (0, 1_500),
}
"""Where a knob's whole range would make it deaf to the caller, or louder when turned down than another sentence is."""
CLOSES = {1001: "the hour is over", 1011: "", 1012: "restart", 1013: "try again later"}
REFUSABLE = (
    "session.update",
    "response.create",
    "response.cancel",
    "conversation.item.truncate",
    "conversation.item.delete",
    "input_audio_buffer.commit",
)
TWICE = (
    "conversation.item.added",
    "conversation.item.done",
    "conversation.item.truncated",
    "conversation.item.input_audio_transcription.completed",
    "input_audio_buffer.committed",
    "response.done",
)
