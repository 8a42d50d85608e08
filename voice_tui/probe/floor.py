"""Steps about whose turn it is: committed by hand, answered or left alone, talked over."""

from __future__ import annotations

import numpy as np

from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferClear, InputAudioBufferCommit
from voice_tui.endpoints.realtime.wire.server_events import (
    BufferCommitted,
    Error,
    InputSpeechStarted,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
)
from voice_tui.probe.answer import answer_in
from voice_tui.probe.answers import ask_story
from voice_tui.probe.line import Event
from voice_tui.probe.question import question, silence
from voice_tui.probe.sentence import TIMES, detection, say, tell
from voice_tui.probe.step import Probe

UNASKED_S = 1.0  # an answer that was not asked for would have begun by then
HOLDS_S = 1.5  # so long after the first word an answer has to go on


async def by_hand(probe: Probe) -> None:
    """Whether turn detection can be switched off, and a turn committed by hand."""
    line = probe.line
    await line.calm()
    await line.send(InputAudioBufferClear())
    if refused := await tell(probe, None):
        probe.no("manual_turns", f"turn_detection null was {refused}")
        return
    since = line.mark
    await line.speak(np.concatenate([question(), silence(500)]), lambda e: False, since)
    if line.find(lambda e: isinstance(e, InputSpeechStarted), since):
        probe.no("manual_turns", "turn_detection null is acknowledged, yet it listens for turns")
        return
    reply = await line.ask(InputAudioBufferCommit(), lambda e: isinstance(e, BufferCommitted))
    if reply.event is None:
        probe.no("manual_turns", f"the commit was {reply.words}")
    else:
        probe.yes("manual_turns", f"committed after {reply.seconds * 1000:.0f} ms")


async def spoken_turn(probe: Probe) -> None:
    """Whether a spoken turn is answered when it shall be, and left alone when it shall not be."""
    line = probe.line
    unasked = asked = turns = 0
    answered = ""
    for _ in range(TIMES):
        for wanted in (False, True):
            spoken = await say(probe, detection(create_response=wanted))
            if spoken.refused:
                probe.undecided("create_response", f"create_response {str(wanted).lower()} was {spoken.refused}")
                probe.undecided("audio_turn", "server VAD could not be asked to answer")
                return
            if spoken.ended_ms is None:
                continue
            turns += 1
            begun = await line.until(
                lambda e: isinstance(e, ResponseCreated | OutputAudioDelta), 3.0 if wanted else UNASKED_S, spoken.since
            )
            if begun and wanted:
                asked += 1
                done = await line.until(lambda e: isinstance(e, ResponseDone | OutputAudioDelta), 5.0, spoken.since)
                answer = answer_in(line.heard[spoken.since :])
                answered = "audio came" if answer.audio else f"it ended: {answer.end}" if done else answered
            elif begun:
                unasked += 1
    words = f"{unasked} of {TIMES} turns answered with false, {asked} with true"
    if turns < 2 * TIMES:
        probe.undecided("create_response", f"the server heard the end of {turns} of {2 * TIMES} turns")
    elif unasked == 0 and asked == TIMES:
        probe.yes("create_response", words)
    elif unasked == TIMES:
        probe.no("create_response", words)
    else:
        probe.undecided("create_response", words)
    if answered == "audio came":
        probe.yes("audio_turn", f"{asked} of {TIMES} turns, with audio")
    elif turns == 0:
        probe.undecided("audio_turn", "the server heard the end of no turn")
    else:
        probe.no("audio_turn", answered or f"{turns} turns, no answer within 3 s")


async def interruption(probe: Probe) -> None:
    """Whether an answer goes on under a voice when it shall, and ends when it shall not."""
    cut: dict[bool, int] = {True: 0, False: 0}
    held: dict[bool, int] = {True: 0, False: 0}
    why = ""
    for _ in range(TIMES):
        for wanted in (False, True):
            result = await _talk_over(probe, wanted)
            if result == "refused":
                probe.no("interrupt_response", f"interrupt_response {str(wanted).lower()} was refused")
                return
            cut[wanted] += result == "cut"
            held[wanted] += result == "held"
            why = result if result not in ("cut", "held") else why
    words = f"cut off {cut[False]} of {TIMES} answers with false, {cut[True]} with true"
    if cut[False] == TIMES:
        probe.no("interrupt_response", words)
    elif held[False] == TIMES and cut[True] == TIMES:
        probe.yes("interrupt_response", words)
    else:
        probe.undecided("interrupt_response", f"{words}{f': {why}' if why else ''}")


async def _talk_over(probe: Probe, interrupts: bool) -> str:
    """Speak into an answer: ``cut``, ``held``, ``refused``, or why it can't be said."""
    line = probe.line
    await line.calm()
    await line.send(InputAudioBufferClear())
    if await tell(probe, detection(interrupt_response=interrupts)):
        return "refused"
    since = await ask_story(probe)
    if not await line.until(lambda e: isinstance(e, OutputAudioDelta | Error), 8.0, since):
        return "no answer began"
    answer_id = answer_in(line.heard[since:]).id

    def over(event: Event) -> bool:
        return isinstance(event, ResponseDone) and event.response.id == answer_id

    spoke = line.mark
    started = await line.speak(question(), lambda e: isinstance(e, InputSpeechStarted), spoke)
    ended = line.find(over, since)
    if started is None:
        return "the server did not hear the voice over its answer" if ended is None else "the answer was over too soon"
    before = ended is not None and ended.at < started.at
    rest = silence(HOLDS_S * 1000)
    ended = ended or await line.speak(rest, over, spoke) or line.find(over, spoke)
    answer = answer_in(line.heard[since:], answer_id)
    if ended is not None and answer.done is not None and answer.done.status == "cancelled":
        return "cut"  # also where the news of it came before speech_started
    return "the answer was over too soon" if before else "held"
