"""Measures what the event inspector costs: memory, time for each event, and from a key to what is drawn.

    python -m tests.benchmarks.inspection

Each case runs in a process of its own. Figures never pass or fail anything; the bounds are tested by counts.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import click

from tests.benchmarks.usage import Measurement
from tests.support.stage import staged
from tests.support.wire_story import story
from voice_tui.drivers.wirestore import KEPT, WireStore
from voice_tui.endpoints.families import REALTIME
from voice_tui.messages.link import Link, LinkChanged

MINUTES = 10
APPEND = b'{"type":"input_audio_buffer.append","audio":"%s"}'
DELTA = b'{"type":"response.output_audio.delta","event_id":"e","response_id":"r","item_id":"i","delta":"%s"}'
CASES = ("talk", "worst", "keys", "keys-inspected")


def rss_mb() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def talk(store: WireStore) -> int:
    """Ten minutes: 50 pieces of the microphone a second, and as much of an answer in 200 ms."""
    count = 0
    for second in range(MINUTES * 60):
        for piece in range(50):
            store.write("client", APPEND % (b"%04d" % piece * 320))
        for piece in range(5):
            store.write("server", DELTA % (b"%04d" % (second + piece) * 3_200))
        count += 55
        time.sleep(0.0005)  # a second takes longer: what is put away has its time
    return count


def worst(store: WireStore) -> int:
    """As many events as are kept twice over, of 15 kB each."""
    for number in range(2 * KEPT):
        store.write("server", DELTA % (b"%05d" % number * 3_000))
        if not number % 50:
            time.sleep(0.0005)
    return 2 * KEPT


def stored(case: str) -> None:
    """Memory and time of a store."""
    store = WireStore(REALTIME.inspection, time.monotonic)
    store.write("client", b"{}")
    before, begin = rss_mb(), time.process_time()
    count = {"talk": talk, "worst": worst}[case](store)
    took = time.process_time() - begin
    while store._held > store._at_hand:
        time.sleep(0.01)
    looked = time.process_time()
    for number in range(store.first, store.last + 1):
        event = store.event(number)
        assert event is not None
        store.glance(event)
    looked = time.process_time() - looked
    problem = f"; {store.problem}" if store.problem else ""
    click.echo(
        f"{case}: {count:,} events, RSS +{rss_mb() - before:.1f} MB, {took / count * 1e6:.1f} µs an event, "
        f"a look at all {store.last - store.first + 1:,}: {looked * 1e3:.0f} ms{problem}"
    )
    store.close()


async def keys(*, inspected: bool) -> None:
    """CPU time from a key to what is drawn, while events go by: with and without the inspector on the screen."""
    store = WireStore(REALTIME.inspection, time.monotonic)
    for _ in range(400):
        for event in story():
            store.write(event.direction, json.dumps(event.event).encode())
    async with staged((200, 60), wire=store) as stage:
        await stage.say(LinkChanged(Link.LIVE))
        if inspected:
            await stage.pilot.press("f10")
            await stage.pilot.pause(2)
        took = []
        for _ in range(60):
            for piece in range(20):
                store.write("client", APPEND % (b"%04d" % piece * 320))
            begin = time.process_time()
            await stage.pilot.press("up" if inspected else "a")
            took.append(time.process_time() - begin)
    store.close()
    what = "inspector" if inspected else "console"
    click.echo(f"a key to what is drawn, {what}: median {statistics.median(took) * 1e3:.1f} ms of CPU")


@click.command(cls=Measurement)
@click.argument("case", type=click.Choice(CASES), required=False)
def main(case: str | None) -> None:
    """Run one case here, or each in a process of its own."""
    if case is None:
        for each in CASES:
            subprocess.run([sys.executable, "-m", "tests.benchmarks.inspection", each], check=True)
    elif case.startswith("keys"):
        asyncio.run(keys(inspected=case != "keys"))
    else:
        stored(case)


if __name__ == "__main__":
    main()
