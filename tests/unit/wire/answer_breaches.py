"""Ways to break the rules of answers, and of what the client does to them."""

from __future__ import annotations

from typing import Any

from tests.unit.wire.log import Breach, Log, of, without_id


def in_conversation(event: dict[str, Any]) -> bool:
    return event["response"]["conversation_id"] is not None


def beside_it(event: dict[str, Any]) -> bool:
    return not in_conversation(event)


def by_assistant(event: dict[str, Any]) -> bool:
    return bool(event["item"].get("role") == "assistant")


# ---- truncation


def user_truncated(log: Log) -> int:
    at = log.somewhere("conversation.item.truncate")
    said = next(log.places("conversation.item.added", lambda e: e["item"].get("role") == "user"))
    return log.change(at, item_id=log.event(said)["item"]["id"])


def truncated_too_late(log: Log) -> int:
    return log.change(log.somewhere("conversation.item.truncate"), audio_end_ms=60_000)


def asked_to_truncate_twice(log: Log) -> int:
    return log.repeat(log.somewhere("conversation.item.truncate"))


# ---- answers


def asked_too_early(log: Log) -> int:
    return log.insert(log.somewhere("response.created", in_conversation) + 1, "client", type="response.create")


def two_answers(log: Log) -> int:
    at = log.somewhere("response.created", in_conversation)
    return log.repeat(at, response={**log.event(at)["response"], "id": "resp_other"})


def begun_as_done(log: Log) -> int:
    at = log.somewhere("response.created")
    log.event(at)["response"]["status"] = "completed"
    return at


def sound_after_the_end(log: Log) -> int:
    at = log.somewhere("response.output_audio.delta")
    return log.move(at, log.after(at, "response.done", lambda e: e["response"]["id"] == log.event(at)["response_id"]))


def miscounted(log: Log) -> int:
    return log.change(log.somewhere("response.output_item.added"), output_index=1)


def item_of_another_number(log: Log) -> int:
    return log.change(log.somewhere("response.output_audio.delta"), output_index=1)


def no_item(log: Log) -> int:
    at = log.somewhere("response.output_item.added", by_assistant)
    response = log.event(at)["response_id"]
    log.drop(at)
    return log.after(at - 1, "response.content_part.added", of(response))


def no_part(log: Log) -> int:
    at = log.somewhere("response.content_part.added")
    response = log.event(at)["response_id"]
    log.drop(at)
    return next(i for i in range(at, len(log.records)) if of(response)(log.event(i)))


def sound_after_the_part(log: Log) -> int:
    end = log.somewhere("response.content_part.done", lambda e: e["part"]["type"] == "audio")
    delta = log.after(0, "response.output_audio.delta", of(log.event(end)["response_id"]))
    return log.insert(end + 1, "server", **without_id(log.event(delta)))


def other_words(log: Log) -> int:
    at = log.somewhere("response.output_audio_transcript.delta")
    log.change(at, delta="other")
    return log.after(at, "response.output_audio_transcript.done", of(log.event(at)["response_id"]))


def other_arguments(log: Log) -> int:
    at = log.somewhere("response.function_call_arguments.delta")
    log.change(at, delta="other")
    return log.after(at, "response.function_call_arguments.done")


def other_call(log: Log) -> int:
    return log.change(log.somewhere("response.function_call_arguments.delta"), call_id="other")


def part_left_open(log: Log) -> int:
    at = log.somewhere("response.content_part.done")
    response = log.event(at)["response_id"]
    log.drop(at)
    return log.after(at - 1, "response.output_item.done", of(response))


def secret_item(log: Log) -> int:
    at = log.somewhere("conversation.item.added", by_assistant)
    item = log.event(at)["item"]["id"]
    log.drop(at, log.after(at, "conversation.item.done", lambda e: e["item"]["id"] == item))
    return log.after(at, "response.output_item.done", lambda e: e["item"]["id"] == item)


def told_aside(log: Log) -> int:
    response = log.event(log.somewhere("response.created", beside_it))["response"]["id"]
    at = log.after(0, "response.output_item.added", of(response))
    log.insert(at + 1, "server", type="conversation.item.added", previous_item_id=None, item=log.event(at)["item"])
    return log.after(at, "response.output_item.done", of(response))


def item_left_open(log: Log) -> int:
    at = log.somewhere("response.output_item.done")
    response = log.event(at)["response_id"]
    log.drop(at)
    return log.after(at - 1, "response.done", lambda e: e["response"]["id"] == response)


def unlisted(log: Log) -> int:
    at = log.somewhere("response.done", lambda e: e["response"]["status"] == "completed")
    log.event(at)["response"]["output"] = []
    return at


BREACHES: dict[str, tuple[Breach, ...]] = {
    "truncates_a_spoken_answer": (user_truncated,),
    "truncates_within_what_was_sent": (truncated_too_late,),
    "truncates_once": (asked_to_truncate_twice,),
    "asks_when_nothing_is_made": (asked_too_early,),
    "answers_one_by_one": (two_answers,),
    "answers_begin_empty": (begun_as_done,),
    "stays_within_its_answer": (sound_after_the_end,),
    "items_are_counted": (miscounted,),
    "comes_within_its_item": (item_of_another_number, no_item),
    "comes_within_its_part": (no_part, sound_after_the_part),
    "words_are_their_pieces": (other_words,),
    "calls_are_their_pieces": (other_arguments, other_call),
    "items_end_complete": (part_left_open,),
    "items_are_announced": (secret_item, told_aside),
    "answers_end_complete": (item_left_open, unlisted),
}
