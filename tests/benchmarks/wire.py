"""What an event costs on the wire: µs to encode and to decode one with 20 ms of audio, and others beside it.

    .venv/bin/python -m tests.benchmarks.wire [--seconds 1]

A reference loop (a fixed piece of Python) is timed in the same run, in turn with the rest: where it is slower than
usual, so is everything. CPU time is counted, the least of many rounds, so that a busy machine changes little.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from tests.benchmarks.usage import LONG, Measurement
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS

CALLS = 500  # a round
AUDIO = bytes(range(240)) * 4  # 20 ms at 24 kHz
GA, PREVIEW = "decode 20 ms of audio", "decode 20 ms of audio, preview"
PLACE = {
    "response_id": "resp_CvKz0000000000000000001",
    "item_id": "item_CvKz0000000000000000001",
    "output_index": 0,
    "content_index": 0,
}


def event(name: str, **fields: Any) -> bytes:
    """An event of a server, as it comes."""
    head = {"type": name, "event_id": "event_CvKz0000000000000000001"}
    return json.dumps(head | PLACE | fields, separators=(",", ":"), ensure_ascii=False).encode()


def reference() -> int:
    """A fixed piece of work."""
    total = 0
    for number in range(40):
        total += number * number
    return total


def tasks() -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    codec, preview = RealtimeCodec(dialect="ga"), RealtimeCodec(dialect="preview")
    telephone = RealtimeCodec(deviations=replace(NO_DEVIATIONS, audio_format="g711_ulaw"))
    telephone.decode('{"type":"session.updated","session":{"input_audio_format":"g711_ulaw"}}')
    append = ce.InputAudioBufferAppend(event_id="event_client_0001", audio=AUDIO)
    delta = base64.b64encode(AUDIO).decode()
    new = event("response.output_audio.delta", delta=delta)
    old = event("response.audio.delta", delta=delta)
    words = event("response.output_audio_transcript.delta", delta=" naïve")
    emoji = event("response.output_audio_transcript.delta", delta=" hi\n")
    odd = event("response.output_audio.delta", delta=delta.rstrip("=") + "\r\n")
    return {
        "reference loop": reference,
        "encode 20 ms of audio": lambda: codec.encode(append),
        GA: lambda: codec.decode(new),
        PREVIEW: lambda: preview.decode(old),
        "decode a piece of transcript": lambda: codec.decode(words),
        "decode one with an escape that matters not": lambda: codec.decode(emoji),
        "decode odd base64 (field by field)": lambda: codec.decode(odd),
        "encode 20 ms for a telephone": lambda: telephone.encode(append),
    }


def measured(seconds: float) -> dict[str, float]:
    """Least µs a call of each task, the tasks taking turns."""
    work = tasks()
    least = dict.fromkeys(work, float("inf"))
    end = time.monotonic() + seconds * len(work)
    while time.monotonic() < end:
        for name, task in work.items():
            start = time.process_time()
            for _ in range(CALLS):
                task()
            least[name] = min(least[name], (time.process_time() - start) / CALLS * 1e6)
    return least


@click.command(cls=Measurement)
@click.option("--seconds", type=LONG, default=1.0, show_default=True, help="For each task.")
def main(seconds: float) -> None:
    """Print the table."""
    found = measured(seconds)
    for name, micros in found.items():
        print(f"{name:45} {micros:7.2f} µs")
    print(f"{'preview: GA':45} {found[PREVIEW] / found[GA]:7.2f}")


if __name__ == "__main__":
    main()
