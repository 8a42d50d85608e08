"""Ways to break the rules that a single event, the session, its items and its microphone have to obey."""

from __future__ import annotations

from tests.unit.wire.log import Breach, Log, without_id

# ---- by itself


def preview_name(log: Log) -> int:
    at = log.somewhere("response.output_audio.delta")
    return log.change(at, type="response.audio.delta")


def name_of_another_dialect(log: Log) -> int:
    return log.change(log.somewhere("conversation.item.added"), type="conversation.item.created")


def unknown_field(log: Log) -> int:
    return log.change(log.somewhere("input_audio_buffer.append"), loudness=3)


def unknown_field_deep_inside(log: Log) -> int:
    at = log.somewhere("session.updated")
    log.event(at)["session"]["audio"]["input"]["turn_detection"]["patience"] = 3
    return at


def missing_field(log: Log) -> int:
    at = log.somewhere("response.output_audio_transcript.delta")
    del log.event(at)["content_index"]
    return at


def number_as_text(log: Log) -> int:
    return log.change(log.somewhere("input_audio_buffer.speech_started"), audio_start_ms="200")


def threshold_too_high(log: Log) -> int:
    at = log.somewhere("session.updated")
    log.event(at)["session"]["audio"]["input"]["turn_detection"]["threshold"] = 1.5
    return at


def two_modalities(log: Log) -> int:
    at = log.somewhere("session.update")
    log.event(at)["session"]["output_modalities"] = ["audio", "text"]
    return at


def format_without_a_rate(log: Log) -> int:
    at = log.somewhere("session.update")
    log.event(at)["session"]["audio"]["input"] = {"format": {"type": "audio/pcm"}}
    return at


def audio_without_padding(log: Log) -> int:
    return log.change(log.somewhere("input_audio_buffer.append"), audio="AAA")


def half_a_sample(log: Log) -> int:
    return log.change(log.somewhere("response.output_audio.delta"), delta="AAAA")


def no_reason(log: Log) -> int:
    at = log.somewhere("response.done", lambda e: e["response"]["status"] == "cancelled")
    log.event(at)["response"]["status_details"] = {"type": "cancelled"}
    return at


def wrong_sum(log: Log) -> int:
    at = log.somewhere("response.done")
    log.event(at)["response"]["usage"]["total_tokens"] += 1
    return at


# ---- the session


def second_greeting(log: Log) -> int:
    greeting = log.event(0)
    return log.insert(len(log.records), "server", **without_id(greeting))


def something_before_the_greeting(log: Log) -> int:
    return log.insert(0, "server", type="rate_limits.updated", rate_limits=[])


def settings_before_the_greeting(log: Log) -> int:
    return log.move(log.somewhere("session.update"), 0)


def same_server_id(log: Log) -> int:
    return log.change(log.somewhere("response.created"), event_id=log.event(0)["event_id"])


def same_client_id(log: Log) -> int:
    first = next(i for i, record in enumerate(log.records) if record["dir"] == "client")
    return log.change(log.somewhere("response.create"), event_id=log.event(first)["event_id"])


def error_for_nobody(log: Log) -> int:
    at = log.somewhere("error")
    log.event(at)["error"]["event_id"] = "nobody"
    return at


def no_error(log: Log) -> int:
    at = next(i for i, record in enumerate(log.records) if "expect" in record)
    log.drop(log.after(at, "error"))
    return at


def settings_twice(log: Log) -> int:
    return log.repeat(log.somewhere("session.updated"))


def truncated_twice(log: Log) -> int:
    return log.repeat(log.somewhere("conversation.item.truncated"))


def another_voice(log: Log) -> int:
    session = {"type": "realtime", "audio": {"output": {"voice": "cedar"}}}
    return log.insert(len(log.records), "client", type="session.update", session=session)


# ---- items


def item_twice(log: Log) -> int:
    return log.repeat(log.somewhere("conversation.item.added"))


def behind_nothing(log: Log) -> int:
    return log.change(log.somewhere("conversation.item.added"), previous_item_id="nothing")


def committed_behind_nothing(log: Log) -> int:
    return log.change(log.somewhere("input_audio_buffer.committed"), previous_item_id="nothing")


def words_of_nothing(log: Log) -> int:
    return log.change(log.somewhere("conversation.item.input_audio_transcription.completed"), item_id="nothing")


def delete_nothing(log: Log) -> int:
    return log.change(log.somewhere("conversation.item.delete"), item_id="nothing")


def result_of_nothing(log: Log) -> int:
    at = log.somewhere("conversation.item.create", lambda e: e["item"]["type"] == "function_call_output")
    log.event(at)["item"]["call_id"] = "nothing"
    return at


# ---- the microphone


def speech_twice(log: Log) -> int:
    return log.repeat(log.somewhere("input_audio_buffer.speech_started"))


def speech_of_another_item(log: Log) -> int:
    return log.change(log.somewhere("input_audio_buffer.speech_stopped"), item_id="another")


def speech_backwards(log: Log) -> int:
    return log.change(log.somewhere("input_audio_buffer.speech_stopped"), audio_end_ms=0)


def speech_to_come(log: Log) -> int:
    return log.change(log.somewhere("input_audio_buffer.speech_started"), audio_start_ms=3_600_000)


def another_turn_committed(log: Log) -> int:
    end = log.somewhere("input_audio_buffer.speech_stopped")
    return log.change(log.after(end, "input_audio_buffer.committed"), item_id="another")


def committed_by_both(log: Log) -> int:
    return log.insert(log.somewhere("input_audio_buffer.committed") + 1, "client", type="input_audio_buffer.commit")


BREACHES: dict[str, tuple[Breach, ...]] = {
    "known_type": (preview_name, name_of_another_dialect),
    "known_fields": (unknown_field, unknown_field_deep_inside, missing_field, number_as_text),
    "in_range": (threshold_too_high, two_modalities, format_without_a_rate),
    "plain_audio": (audio_without_padding, half_a_sample),
    "ends_for_a_reason": (no_reason,),
    "usage_adds_up": (wrong_sum,),
    "greets_first": (second_greeting, something_before_the_greeting),
    "waits_for_the_greeting": (settings_before_the_greeting,),
    "server_ids_differ": (same_server_id,),
    "client_ids_differ": (same_client_id,),
    "errors_name_what_was_sent": (error_for_nobody,),
    "mistakes_are_answered": (no_error,),
    "answers_what_was_asked": (settings_twice, truncated_twice),
    "keeps_its_voice": (another_voice,),
    "items_come_once": (item_twice,),
    "stands_behind_a_known_item": (behind_nothing, committed_behind_nothing),
    "server_names_known_items": (words_of_nothing,),
    "client_names_known_items": (delete_nothing,),
    "results_belong_to_a_call": (result_of_nothing,),
    "speech_begins_and_ends": (speech_twice, speech_of_another_item, speech_backwards),
    "speech_lies_in_what_was_received": (speech_to_come,),
    "commits_what_was_spoken": (another_turn_committed,),
    "commits_enough": (committed_by_both,),
}
