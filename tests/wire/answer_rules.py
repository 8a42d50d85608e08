"""The rules of answers, and of what the client does to them."""

from __future__ import annotations

from tests.wire.table import ROUNDING_MS, Event, Found, Rules
from tests.wire.talk import Talk
from tests.wire.values import at

RULES = Rules()

# ---- truncation


@RULES.rule("client", "conversation.item.truncate")
def truncates_a_spoken_answer(talk: Talk, event: Event) -> Found:
    """Only what the assistant has spoken can be truncated."""
    item = event["item_id"]
    if talk.items.get(item) != "assistant" or not talk.delivered_ms[item]:
        yield f"{item} is {talk.items.get(item) or 'nothing'}, {talk.delivered_ms[item]:.0f} ms of it were sent"


@RULES.rule("client", "conversation.item.truncate", whole_audio=True)
def truncates_within_what_was_sent(talk: Talk, event: Event) -> Found:
    """Nobody can have heard more of an answer than the server has sent."""
    sent_ms = talk.delivered_ms[event["item_id"]]
    if sent_ms and event["audio_end_ms"] > sent_ms + ROUNDING_MS:
        yield f"at {event['audio_end_ms']} ms of {sent_ms:.0f} ms"


@RULES.rule("client", "conversation.item.truncate")
def truncates_once(talk: Talk, event: Event) -> Found:
    """An answer is truncated once."""
    if event["item_id"] in talk.truncated.values():
        yield event["item_id"]


# ---- answers


def aside(event: Event) -> bool:
    """Whether a response is no part of the conversation."""
    return "conversation_id" in event["response"] and event["response"]["conversation_id"] is None


@RULES.rule("client", "response.create")
def asks_when_nothing_is_made(talk: Talk, event: Event) -> Found:
    """The client asks for an answer when none is being made; beside the conversation it may at any time."""
    if talk.active and at(event, "response.conversation") != "none":
        yield f"{talk.active} is being made"


@RULES.rule("server", "response.created")
def answers_one_by_one(talk: Talk, event: Event) -> Found:
    """One answer of the conversation is made at a time."""
    if talk.active and not aside(event):
        yield f"{talk.active} is being made"


@RULES.rule("server", "response.created")
def answers_begin_empty(talk: Talk, event: Event) -> Found:
    """An answer begins once, in progress and with nothing in it."""
    response = event["response"]
    if response["id"] in talk.answers:
        yield f"{response['id']} was begun before"
    if response.get("status") != "in_progress" or response.get("output"):
        yield f"{response.get('status')} with {len(response.get('output') or [])} items"


@RULES.rule("server", "response.*")
def stays_within_its_answer(talk: Talk, event: Event) -> Found:
    """Everything of an answer comes between its response.created and its response.done."""
    kind = event["type"]
    if kind == "response.created":
        return
    answer = event["response"]["id"] if kind == "response.done" else event["response_id"]
    if answer not in talk.answers:
        yield f"{answer} was never begun"
    elif talk.answers[answer].done:
        yield f"{answer} is over"


@RULES.rule("server", "response.output_item.added")
def items_are_counted(talk: Talk, event: Event) -> Found:
    """The items of an answer are numbered from 0."""
    answer = talk.answers.get(event["response_id"])
    if answer is not None and event["output_index"] != len(answer.items):
        yield f"{event['output_index']} after {len(answer.items)} items"


@RULES.rule("server", "response.*")
def comes_within_its_item(talk: Talk, event: Event) -> Found:
    """Content comes between its item's output_item.added and output_item.done, under the number of the item."""
    if event["type"] in ("response.created", "response.output_item.added", "response.done"):
        return
    output = talk.output(event)
    item = event.get("item_id") or at(event, "item.id")
    if output is None:
        yield f"{item} was not begun"
    elif output.done:
        yield f"{item} is over"
    elif event["output_index"] != output.index:
        yield f"{item} is number {output.index}, not {event['output_index']}"


PART = (
    "response.output_text.*",
    "response.output_audio.*",
    "response.output_audio_transcript.*",
    "response.content_part.done",
)


@RULES.rule("server", *PART)
def comes_within_its_part(talk: Talk, event: Event) -> Found:
    """Words and audio come between their part's content_part.added and content_part.done."""
    output = talk.output(event)
    part = output.parts.get(event["content_index"]) if output else None
    if output and not (part and part.open):
        yield f"part {event['content_index']} {'is over' if part else 'was not begun'}"


@RULES.rule("server", "response.output_text.done", "response.output_audio_transcript.done")
def words_are_their_pieces(talk: Talk, event: Event) -> Found:
    """The whole of the words is what the deltas said."""
    output = talk.output(event)
    part = output.parts.get(event["content_index"]) if output else None
    whole = event.get("text", event.get("transcript"))
    if part and part.words != whole:
        yield f"{whole!r} is not {part.words!r}"


@RULES.rule("server", "response.function_call_arguments.*")
def calls_are_their_pieces(talk: Talk, event: Event) -> Found:
    """The deltas of a call name the call and make its arguments."""
    output = talk.output(event)
    if output is None:
        return
    if event["call_id"] != output.call:
        yield f"{event['call_id']} is not {output.call}"
    if output.arguments and event.get("arguments", output.arguments) != output.arguments:
        yield f"{event['arguments']!r} is not {output.arguments!r}"


@RULES.rule("server", "response.output_item.done")
def items_end_complete(talk: Talk, event: Event) -> Found:
    """An item ends when its parts have, completed or incomplete."""
    output = talk.output(event)
    unfinished = [number for number, part in output.parts.items() if part.open] if output else []
    if unfinished:
        yield f"part {unfinished[0]} has not ended"
    if event["item"].get("status") not in ("completed", "incomplete"):
        yield f"its status is {event['item'].get('status')}"


@RULES.rule("server", "response.output_item.done")
def items_are_announced(talk: Talk, event: Event) -> Found:
    """The items of an answer are announced to the conversation, those of one beside it are not."""
    answer, item = talk.answers.get(event["response_id"]), event["item"]["id"]
    if answer is not None and answer.aside == (item in talk.items):
        yield f"{item} is{'' if answer.aside else ' not'} in the conversation"


@RULES.rule("server", "response.done")
def answers_end_complete(talk: Talk, event: Event) -> Found:
    """An answer ends when its items have, and what is whole lists them."""
    response = event["response"]
    answer = talk.answers.get(response["id"])
    if answer is None:
        return
    yield from (f"{item} has not ended" for item, output in answer.items.items() if not output.done)
    listed = [item.get("id") for item in response.get("output") or []]
    if response.get("status") == "completed" and listed != list(answer.items):
        yield f"it lists {listed}, made were {list(answer.items)}"
