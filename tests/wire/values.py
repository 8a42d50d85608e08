"""Values: what the types leave open and the services hold to."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

MAX_APPEND_BYTES = 15 * 1024 * 1024
MAX_EVENT_ID = 512  # characters

Found = Iterator[tuple[str, str]]
"""(name of the rule, detail)."""

VAD_RANGES: dict[str, tuple[float, float]] = {
    "threshold": (0.0, 1.0),
    "prefix_padding_ms": (0, 10_000),
    "silence_duration_ms": (0, 60_000),
    "idle_timeout_ms": (5_000, 30_000),
}
# Where a number stands in an event → the least and the most it may be.
RANGES: dict[str, tuple[float, float]] = {
    "audio_start_ms": (0, float("inf")),
    "audio_end_ms": (0, float("inf")),
    "content_index": (0, float("inf")),
    "output_index": (0, float("inf")),
    "session.audio.output.speed": (0.25, 1.5),
    "session.speed": (0.25, 1.5),
    "session.temperature": (0.6, 1.2),
    "session.max_output_tokens": (1, 32_000),  # the largest model's
    "session.max_response_output_tokens": (1, 4_096),
    **{f"session.audio.input.turn_detection.{field}": limits for field, limits in VAD_RANGES.items()},
    **{f"session.turn_detection.{field}": limits for field, limits in VAD_RANGES.items()},
}

# Audio is spoken with its transcript: ga says one word for both, preview two.
MODALITIES: dict[str, tuple[str, list[list[str]]]] = {
    "ga": ("session.output_modalities", [["audio"], ["text"]]),
    "preview": ("session.modalities", [["text"], ["audio", "text"]]),
    "voicelive": ("session.modalities", [["audio"], ["text"], ["audio", "text"]]),
}

# How a response ended → the reasons that may be given; None: anything.
ENDINGS: dict[str, tuple[str, ...] | None] = {
    "completed": None,
    "cancelled": ("turn_detected", "client_cancelled"),
    "incomplete": ("max_output_tokens", "content_filter"),
    "failed": None,
}
EXPLAINED = ("cancelled", "incomplete", "failed")

# A count of tokens → what it is the sum of.
SUMS = {
    "total_tokens": ("input_tokens", "output_tokens"),
    "input_tokens": tuple(f"input_token_details.{kind}_tokens" for kind in ("text", "audio", "image")),
    "output_tokens": tuple(f"output_token_details.{kind}_tokens" for kind in ("text", "audio")),
}


def at(event: Any, path: str) -> Any:
    """What stands at a dotted path; None where there is nothing."""
    for name in path.split("."):
        event = event.get(name) if isinstance(event, dict) else None
    return event


def value_faults(dialect: str, side: str, event: dict[str, Any], *, pcm: bool, whole_audio: bool) -> Found:
    """What is wrong with the values of an event whose shape is right.

    Args:
        dialect: Of the event.
        side: Who sent it.
        event: The event.
        pcm: Whether audio is 16-bit samples (else one byte each).
        whole_audio: Whether all audio is in the log.
    """
    for path, (least, most) in RANGES.items():
        value = at(event, path)
        if isinstance(value, int | float) and not least <= value <= most:
            yield "in_range", f"{path}: {value} is not within {least} to {most}"
    path, allowed = MODALITIES[dialect]
    modalities = at(event, path)
    if isinstance(modalities, list) and sorted(modalities) not in allowed:
        yield "in_range", f"{path}: {modalities} is none of {allowed}"
    yield from _audio(event, pcm and whole_audio)
    if side == "client":
        event_id = event.get("event_id")
        if event_id is not None and not 1 <= len(event_id) <= MAX_EVENT_ID:
            yield "in_range", f"event_id: {len(event_id)} characters"
        yield from _formats(dialect, event)
    elif event["type"] == "response.done":
        yield from _ending(event["response"])
        yield from _usage(event["response"].get("usage") or {})


def audio_bytes(text: str) -> bytes | None:
    """Audio as it stands in an event; None where it is not plain base64 with its padding."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _audio(event: dict[str, Any], samples: bool) -> Found:
    kind = event["type"]
    field = "audio" if kind == "input_audio_buffer.append" else "delta" if kind.endswith("audio.delta") else ""
    if not field:
        return
    raw = audio_bytes(event[field])
    if raw is None:
        yield "plain_audio", f"{field} is not base64"
    elif field == "audio" and not 0 < len(raw) <= MAX_APPEND_BYTES:
        yield "plain_audio", f"{len(raw)} bytes in one event"
    elif samples and len(raw) % 2:
        yield "plain_audio", f"{len(raw)} bytes are no whole samples"


def _formats(dialect: str, event: dict[str, Any]) -> Found:
    for side in ("input", "output") if dialect == "ga" else ():
        format = at(event, f"session.audio.{side}.format") or {}
        if format.get("type") == "audio/pcm" and "rate" not in format:
            yield "in_range", f"session.audio.{side}.format: there are servers that take another rate than 24000"


def _ending(response: dict[str, Any]) -> Found:
    status, details = response.get("status"), response.get("status_details")
    if status not in ENDINGS:
        yield "ends_for_a_reason", f"a response cannot end {status!r}"
        return
    if status in EXPLAINED and at(details, "type") != status:
        yield "ends_for_a_reason", f"status_details of a {status} response: {details}"
    reasons = ENDINGS[status]
    if reasons is not None and at(details, "reason") not in reasons:
        yield "ends_for_a_reason", f"{at(details, 'reason')!r} is none of {reasons}"


def _usage(usage: dict[str, Any]) -> Found:
    for total, parts in SUMS.items():
        counted = [at(usage, part) for part in parts]
        known = [count for count in counted if count is not None]
        if known and usage.get(total) is not None and usage[total] != sum(known):
            yield "usage_adds_up", f"{total}: {usage[total]} is not {' + '.join(map(str, known))}"
    cached = at(usage, "input_token_details.cached_tokens") or 0
    if cached > (usage.get("input_tokens") or 0):
        yield "usage_adds_up", f"{cached} of {usage.get('input_tokens')} tokens were cached"
