"""Steps about answers: typed turns, cancel, truncate, the question beside the conversation, and a tool."""

from __future__ import annotations

import json

from voice_tui.audio.stream.audible import AUDIBLE_DBFS
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemRetrieve,
    ConversationItemTruncate,
    ResponseCancel,
)
from voice_tui.endpoints.realtime.wire.items import NO_REASON, ResponseParams
from voice_tui.endpoints.realtime.wire.server_events import (
    ConversationItemAdded,
    ConversationItemRetrieved,
    ConversationItemTruncated,
    Error,
    OutputAudioDelta,
    ResponseDone,
)
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.probe.answer import Answer, answer_in
from voice_tui.probe.basics import TOOL, message
from voice_tui.probe.line import Event
from voice_tui.probe.step import Probe

TYPED = "How much is two plus three?"
STORY = "Tell me a long story about a lighthouse."
ANSWER_S = 10.0  # the whole of a short answer
LISTENS_S = 1.0  # so much of a story is listened to before it is cancelled
FIRST_S = 8.0
BEYOND_MS = 600_000  # no answer is so much longer than it is known to be


async def typed_turn(probe: Probe) -> None:
    """Whether a typed turn is answered aloud, how soon, and whether the sound is one."""
    line = probe.line
    await line.calm()
    since, begun = line.mark, line.clock()
    await _ask(probe, TYPED)
    done = await line.until(lambda e: isinstance(e, ResponseDone), ANSWER_S, since)
    answer = answer_in(line.heard[since:])
    if done is None and not answer.arrivals:
        probe.no("text_turn", f"{_complaint(probe, since) or f'no answer within {ANSWER_S:.0f} s'}")
    elif answer.audio or answer.text:
        probe.yes("text_turn", f'"{answer.text or "no words"}", {answer.end}')
    else:
        probe.no("text_turn", f"it ended without a word: {answer.end}")
    if not answer.arrivals:
        probe.undecided("first_audio", "no audio came")
        probe.undecided("audible", "no audio came")
        return
    first = answer.arrivals[0][0] - begun
    probe.yes("first_audio", f"{first * 1000:.0f} ms after the question", ms=first * 1000)
    loudest = answer.loudest_dbfs
    words = f"its loudest 10 ms are at {loudest:.0f} dBFS, of {answer.ms / 1000:.1f} s"
    (probe.yes if loudest > AUDIBLE_DBFS else probe.no)("audible", words, dbfs=loudest)


async def cancel(probe: Probe) -> None:
    """Whether an answer that is being made can be stopped, and how fast its audio comes."""
    line = probe.line
    await line.calm()
    since = await ask_story(probe)
    if not await _first(probe, since):
        for name in ("cancel", "pacing"):
            probe.undecided(name, _complaint(probe, since) or "no answer began")
        return
    await line.until(lambda e: isinstance(e, ResponseDone), LISTENS_S, since)
    heard = answer_in(line.heard[since:])
    _judge_pace(probe, heard)
    if heard.done is not None:
        probe.undecided("cancel", f"the answer was complete before it could be cancelled ({heard.ms / 1000:.1f} s)")
        return
    reply = await line.ask(ResponseCancel(), lambda e: isinstance(e, ResponseDone))
    after = answer_in(line.heard[since:], heard.id)
    if after.done is None:
        probe.no("cancel", f"response.cancel was {reply.words}")
    elif after.done.status == "cancelled":
        probe.yes("cancel", f"after {reply.seconds * 1000:.0f} ms", ms=reply.seconds * 1000)
    else:
        probe.undecided("cancel", f"the answer ended as {after.end}")


def _judge_pace(probe: Probe, answer: Answer) -> None:
    pace = answer.pace
    if pace is None:
        probe.undecided("pacing", f"{answer.ms / 1000:.1f} s of audio came at once")
    else:
        (probe.yes if pace >= 1 else probe.no)("pacing", f"{pace:.1f} × real time", times=pace)


async def truncate(probe: Probe) -> None:
    """Whether an answer can be cut after the fact: acknowledged, within its range, and with an effect."""
    line = probe.line
    await line.calm()
    since = await ask_story(probe)
    names = ("truncate", "truncate_range", "truncate_effect")
    if not await _first(probe, since):
        for name in names:
            probe.undecided(name, _complaint(probe, since) or "no answer began")
        return
    await line.until(lambda e: isinstance(e, ResponseDone), LISTENS_S, since)
    await line.calm()
    answer = answer_in(line.heard[since:])
    before = await _content(probe, answer.item_id)
    event = ConversationItemTruncate(
        item_id=answer.item_id, content_index=answer.content_index, audio_end_ms=answer.ms // 2
    )
    cut = await line.ask(event, _truncated)
    if cut.event is None:
        probe.no("truncate", f"{answer.ms // 2} of {answer.ms} ms: {cut.words}")
        for name in names[1:]:
            probe.undecided(name, "a truncation is not acknowledged")
        return
    probe.yes("truncate", f"{answer.ms // 2} of {answer.ms} ms, after {cut.seconds * 1000:.0f} ms")
    after = await _content(probe, answer.item_id)
    if before is None or after is None:
        probe.undecided("truncate_effect", "the item can't be asked for")
    else:
        (probe.yes if after != before else probe.no)("truncate_effect", _change(before, after))
    event = ConversationItemTruncate(
        item_id=answer.item_id, content_index=answer.content_index, audio_end_ms=answer.ms + BEYOND_MS
    )
    beyond = await line.ask(event, _truncated)
    if beyond.error and beyond.event is None:
        probe.yes("truncate_range", "more than there is was refused")
    elif beyond.event is not None:
        probe.no("truncate_range", f"{BEYOND_MS / 1000:.0f} s more than there is was acknowledged")
    else:
        probe.undecided("truncate_range", "more than there is was not answered")


def _written(event: object) -> bool:
    """An item that comes of a written question or its answer; what was spoken before may become one late."""
    if not isinstance(event, ConversationItemAdded):
        return False
    kinds = {part.type for part in event.item.content or ()}
    return event.item.role == "assistant" or "input_text" in kinds


async def beside(probe: Probe) -> None:
    """Whether the model answers a question that is no part of the conversation."""
    line = probe.line
    await line.calm()
    since = line.mark
    asked = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say the word yes."}]}
    params = ResponseParams(
        conversation="none", output_modalities=["text"], input=[asked], metadata={"purpose": "probe"}
    )
    event_id = await line.respond(params)
    await line.until(lambda e: isinstance(e, ResponseDone) or _answers(e, event_id), ANSWER_S, since)
    answer = answer_in(line.heard[since:])
    entered = line.find(_written, since)
    if answer.done is None:
        probe.no("out_of_band", _complaint(probe, since) or f"no answer within {ANSWER_S:.0f} s")
    elif entered is not None:
        probe.no("out_of_band", "the answer entered the conversation")
    elif answer.audio:
        probe.no("out_of_band", "text was asked for, and audio came")
    elif answer.done.status != "completed" or not (answer.text or any(i.text for i in answer.done.output)):
        probe.no("out_of_band", f"it ended without a word: {answer.end}")
    else:
        probe.yes("out_of_band", f'"{answer.text or answer.done.output[0].text}"')


async def tools(probe: Probe) -> None:
    """Whether the model calls a tool that it is told to call."""
    line = probe.line
    await line.calm()
    told = await line.update(SessionConfig(tools=[TOOL], tool_choice="auto"))
    if told.event is None:
        probe.no("tools", f"tools were {told.words}")
        return
    since = line.mark
    await line.send(ConversationItemCreate(item=message("user", "Call the tool give_number with the number 7.")))
    params = ResponseParams(output_modalities=["text"], tool_choice="required")
    event_id = await line.respond(params)
    await line.until(lambda e: isinstance(e, ResponseDone) or _answers(e, event_id), ANSWER_S, since)
    answer = answer_in(line.heard[since:])
    if not answer.calls:
        words = _complaint(probe, since) or f"the model did not call it: {answer.end}"
        (probe.no if answer.done is None else probe.undecided)("tools", words)
        await line.update(SessionConfig(tools=[]))
        return
    name, arguments = answer.calls[0]
    try:
        fits = isinstance(json.loads(arguments), dict)
    except ValueError:
        fits = False
    (probe.yes if fits and name == TOOL["name"] else probe.no)("tools", f"{name}({arguments})")
    await line.update(SessionConfig(tools=[]))


async def ask_story(probe: Probe) -> int:
    """Ask for an answer that takes long; gives where its events begin."""
    since = probe.line.mark
    await _ask(probe, STORY)
    return since


async def _ask(probe: Probe, text: str) -> None:
    await probe.line.send(ConversationItemCreate(item=message("user", text)))
    await probe.line.respond()


async def _first(probe: Probe, since: int) -> bool:
    """Wait for the first sound of an answer."""
    found = await probe.line.until(lambda e: isinstance(e, OutputAudioDelta | ResponseDone), FIRST_S, since)
    return found is not None and isinstance(found.event, OutputAudioDelta)


async def _content(probe: Probe, item_id: str) -> str | None:
    """An item as the server holds it, None where it can't be asked for."""
    reply = await probe.line.ask(
        ConversationItemRetrieve(item_id=item_id), lambda e: isinstance(e, ConversationItemRetrieved)
    )
    if not isinstance(reply.event, ConversationItemRetrieved):
        return None
    parts = reply.event.item.content or []
    return json.dumps([(p.text or "", p.transcript or "", len(p.audio or "")) for p in parts])


def _change(before: str, after: str) -> str:
    return "the item is the same as before" if before == after else "its words or its audio are shorter now"


def _truncated(event: Event) -> bool:
    return isinstance(event, ConversationItemTruncated)


def _answers(event: Event, event_id: str) -> bool:
    return isinstance(event, Error) and event.error.event_id == event_id


def _complaint(probe: Probe, since: int) -> str:
    """What the server complained of, "" for nothing."""
    found = probe.line.find(lambda e: isinstance(e, Error), since)
    if found is None or not isinstance(found.event, Error):
        return ""
    return found.event.error.message or NO_REASON
