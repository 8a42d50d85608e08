"""The rules of a session, its items and its microphone."""

from __future__ import annotations

from tests.wire.table import ROUNDING_MS, Event, Found, Rules
from tests.wire.talk import ANSWERS, Talk, voice_of
from tests.wire.values import at

LEAST_COMMIT_MS = 100
RULES = Rules()


# ---- the session


@RULES.rule("server", "*")
def greets_first(talk: Talk, event: Event) -> Found:
    """The first event of the server is session.created, or the error for which it hangs up; there is one greeting."""
    greeting = event["type"] == "session.created"
    if greeting != (talk.events == 0) and (greeting or event["type"] != "error"):
        yield f"it is event {talk.events + 1} of the server"


@RULES.rule("client", "*")
def waits_for_the_greeting(talk: Talk, event: Event) -> Found:
    """The client sends nothing before session.created: not every server keeps it."""
    if talk.events == 0:
        yield "the server has not said session.created"


@RULES.rule("server", "*")
def server_ids_differ(talk: Talk, event: Event) -> Found:
    """Every event of the server has an id of its own."""
    if event.get("event_id") in talk.ids["server"]:
        yield event["event_id"]


@RULES.rule("client", "*")
def client_ids_differ(talk: Talk, event: Event) -> Found:
    """No two events of the client have the same id: an error names the event by it."""
    if event.get("event_id") in talk.ids["client"]:
        yield event["event_id"]


@RULES.rule("server", "error")
def errors_name_what_was_sent(talk: Talk, event: Event) -> Found:
    """An error names an event that the client sent, or none."""
    named = event["error"].get("event_id")
    if named is not None and named not in talk.ids["client"]:
        yield named


@RULES.rule("server", *ANSWERS)
def answers_what_was_asked(talk: Talk, event: Event) -> Found:
    """What only answers a request comes once for each: of the settings, the buffer, or an item."""
    if talk.dialect == "voicelive" and event["type"] == "conversation.item.truncated":
        return  # it may truncate by itself
    asked = ANSWERS[event["type"]], event.get("item_id") or at(event, "item.id") or ""
    if talk.asked[asked] <= 0:
        yield f"nobody sent {' for '.join(filter(None, asked))}"


@RULES.rule("client", "session.update")
def keeps_its_voice(talk: Talk, event: Event) -> Found:
    """The voice is settled once the assistant has spoken."""
    voice = voice_of(talk.dialect, event["session"])
    if voice is not None and voice != talk.voice and any(talk.delivered_ms.values()):
        yield f"{voice} after {talk.voice}"


# ---- items


@RULES.rule("server", "conversation.item.added")
def items_come_once(talk: Talk, event: Event) -> Found:
    """An item enters the conversation once."""
    if event["item"]["id"] in talk.items:
        yield event["item"]["id"]


@RULES.rule("server", "conversation.item.added", "conversation.item.done", "input_audio_buffer.committed")
def stands_behind_a_known_item(talk: Talk, event: Event) -> Found:
    """An item stands behind one that is in the conversation, or first."""
    previous = event.get("previous_item_id")
    if previous is not None and previous not in talk.items:
        yield previous


@RULES.rule(
    "server",
    "conversation.item.done",
    "conversation.item.truncated",
    "conversation.item.deleted",
    "conversation.item.retrieved",
    "conversation.item.input_audio_transcription.completed",
    "conversation.item.input_audio_transcription.failed",
)
def server_names_known_items(talk: Talk, event: Event) -> Found:
    """What is said of an item is said of one that is in the conversation."""
    item = event.get("item_id") or at(event, "item.id")
    if item not in talk.items:
        yield str(item)


@RULES.rule("client", "conversation.item.create", "conversation.item.delete", "conversation.item.retrieve")
def client_names_known_items(talk: Talk, event: Event) -> Found:
    """The client names items that it was told of or has made itself."""
    named = event.get("item_id") or event.get("previous_item_id")
    if named is not None and named != "root" and named not in talk.items.keys() | talk.claimed:
        yield named


@RULES.rule("client", "conversation.item.create")
def results_belong_to_a_call(talk: Talk, event: Event) -> Found:
    """A result names the call that it is the result of."""
    item = event["item"]
    if item["type"] == "function_call_output" and item["call_id"] not in talk.calls:
        yield item["call_id"]


# ---- the microphone


@RULES.rule("server", "input_audio_buffer.speech_*")
def speech_begins_and_ends(talk: Talk, event: Event) -> Found:
    """speech_started and speech_stopped take turns, about the same item, the end behind the beginning."""
    begins = event["type"].endswith("started")
    if begins == (talk.speech is not None):
        yield "speech goes on already" if begins else "no speech goes on"
    elif talk.speech is not None:
        item, start_ms = talk.speech
        if event["item_id"] != item:
            yield f"{event['item_id']} is not {item}"
        if event["audio_end_ms"] < start_ms:
            yield f"it began at {start_ms} ms and ended at {event['audio_end_ms']} ms"


@RULES.rule("server", "input_audio_buffer.speech_*", whole_audio=True)
def speech_lies_in_what_was_received(talk: Talk, event: Event) -> Found:
    """Times of speech are on the clock of the audio received, so none lies ahead of it."""
    at_ms = event["audio_start_ms"] if "audio_start_ms" in event else event["audio_end_ms"]
    if at_ms > talk.received_ms + ROUNDING_MS:
        yield f"{at_ms} ms, and {talk.received_ms:.0f} ms were received"


@RULES.rule("server", "input_audio_buffer.committed")
def commits_what_was_spoken(talk: Talk, event: Event) -> Found:
    """A turn that was found in the audio is committed under the item it was announced with, and once."""
    item = event["item_id"]
    if item in talk.committed:
        yield f"{item} was committed before"
    elif talk.turn not in ("", item):
        yield f"{item} is not {talk.turn}"


@RULES.rule("client", "input_audio_buffer.commit", whole_audio=True)
def commits_enough(talk: Talk, event: Event) -> Found:
    """The client commits 100 ms at least; where the server takes the turns it has mostly done so itself."""
    if talk.buffered_ms < LEAST_COMMIT_MS:
        yield f"{talk.buffered_ms:.0f} ms"
