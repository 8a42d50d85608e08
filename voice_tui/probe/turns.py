"""Steps about hearing: the spoken sentence under two values of a setting, each twice.

What is compared is how much audio had been sent when the server said something, so that the network's delay is in all
measurements alike.
"""

from __future__ import annotations

from voice_tui.probe.sentence import TIMES, Spoken, detection, say
from voice_tui.probe.step import Probe

LATER_MS = 300.0  # of the 700 ms that the two silences differ in
EARLIER_MS = 250.0  # of the 600 ms that the two paddings differ in
LEAD_MS = 700.0  # there has to be audio that padding can take
SEMANTIC_TAIL_MS = 1_000.0


def shown(values: list[float]) -> str:
    """Measured values, ms."""
    return " and ".join(f"{value:.0f}" for value in values)


async def pauses(probe: Probe) -> None:
    """Whether speech is heard, and its end later with more silence."""
    measured: dict[int, list[Spoken]] = {300: [], 1000: []}
    for _ in range(TIMES):
        for ms, results in measured.items():
            results.append(await say(probe, detection(silence_duration_ms=ms)))
    every = [spoken for results in measured.values() for spoken in results]
    refused = next((spoken.refused for spoken in every if spoken.refused), "")
    started = [spoken.started_ms for spoken in every if spoken.started_ms is not None]
    if refused:
        probe.undecided("speech_started", f"server VAD was {refused}")
    elif len(started) == len(every):
        probe.yes("speech_started", f"after {min(started):.0f} to {max(started):.0f} ms of speech", ms=min(started))
    elif started:
        probe.undecided("speech_started", f"it heard {len(started)} of {len(every)} sentences")
    else:
        probe.no("speech_started", f"{len(every)} sentences, and no speech_started")
    ends = {ms: [s.ended_ms for s in results if s.ended_ms is not None] for ms, results in measured.items()}
    short, long = ends[300], ends[1000]
    if refused or len(short) < TIMES or len(long) < TIMES:
        heard = len(short) + len(long)
        words = f"speech_stopped came after {heard} of {len(every)} sentences"
        probe.undecided("silence_duration_ms", f"server VAD was {refused}" if refused else words)
        return
    words = f"speech_stopped {shown(short)} ms after the last word with 300, {shown(long)} with 1000"
    figures = {"ms_300": min(short), "ms_1000": min(long)}
    if min(long) - max(short) >= LATER_MS:
        probe.yes("silence_duration_ms", words, **figures)
    elif max(long) - min(short) < LATER_MS:
        probe.no("silence_duration_ms", words, **figures)
    else:
        probe.undecided("silence_duration_ms", words, **figures)


async def threshold(probe: Probe) -> None:
    """Whether a threshold that nothing can pass makes it deaf."""
    heard: dict[float, int] = {0.5: 0, 1.0: 0}
    for _ in range(TIMES):
        for value in heard:
            spoken = await say(probe, detection(threshold=value), 200, whole=False)
            if spoken.refused:
                probe.undecided("threshold", f"threshold {value} was {spoken.refused}")
                return
            heard[value] += spoken.started_ms is not None
    words = f"heard {heard[0.5]} of {TIMES} sentences with 0.5, {heard[1.0]} with 1.0"
    if heard[0.5] < TIMES or 0 < heard[1.0] < TIMES:
        probe.undecided("threshold", words)
    else:
        (probe.yes if heard[1.0] == 0 else probe.no)("threshold", words)


async def padding(probe: Probe) -> None:
    """Whether more padding makes a turn begin earlier."""
    begins: dict[int, list[float]] = {0: [], 600: []}
    for _ in range(TIMES):
        for ms, found in begins.items():
            turns = detection(prefix_padding_ms=ms)
            spoken = await say(probe, turns, 200, lead_ms=LEAD_MS, whole=False)
            if spoken.refused:
                probe.undecided("prefix_padding_ms", f"prefix padding {ms} was {spoken.refused}")
                return
            if spoken.padded_ms is not None:
                found.append(spoken.padded_ms)
    none, much = begins[0], begins[600]
    if len(none) < TIMES or len(much) < TIMES:
        probe.undecided("prefix_padding_ms", f"it heard {len(none) + len(much)} of {2 * TIMES} sentences")
        return
    words = f"a turn begins {shown(none)} ms after the first sound with 0, {shown(much)} with 600"
    if min(none) - max(much) >= EARLIER_MS:
        probe.yes("prefix_padding_ms", words)
    elif max(none) - min(much) < EARLIER_MS:
        probe.no("prefix_padding_ms", words)
    else:
        probe.undecided("prefix_padding_ms", words)


async def semantic(probe: Probe) -> None:
    """Whether semantic VAD hears anything at all, the eager one and the patient one."""
    heard = 0
    for eagerness in ("high", "low"):
        spoken = await say(probe, detection("semantic_vad", eagerness=eagerness), SEMANTIC_TAIL_MS, whole=False)
        if spoken.refused:
            probe.no("semantic_vad", f"semantic_vad was {spoken.refused}")
            return
        heard += spoken.started_ms is not None
    words = f"speech_started came for {heard} of 2 sentences"
    if heard == 1:
        probe.undecided("semantic_vad", words)
    else:
        (probe.yes if heard else probe.no)("semantic_vad", words)
