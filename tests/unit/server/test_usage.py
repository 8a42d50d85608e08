"""What everything costs: usage that adds up, what is left of a budget, what writing down costs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.server_fakes import Gate, ScriptedBrain, ScriptedEars, open_session
from tests.support.server_session import LONG, TURN, say
from voice_tui.endpoints.realtime.wire.session import Transcription
from voice_tui.server.answers.usage import transcription_usage
from voice_tui.server.brains.dialogue import Call
from voice_tui.server.rate_limits import TOKENS_PER_MINUTE, TokenBudget


def adds_up(usage: dict[str, Any]) -> bool:
    read, written = usage["input_token_details"], usage["output_token_details"]
    return bool(
        usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
        and usage["input_tokens"] == read["text_tokens"] + read["audio_tokens"] + read["image_tokens"]
        and usage["output_tokens"] == written["text_tokens"] + written["audio_tokens"]
    )


async def test_every_usage_adds_up_and_what_is_left_goes_down_by_it() -> None:
    brain = ScriptedBrain("One two three. ", Call("look", '{"at":"it"}'))
    async with open_session(brain, ScriptedEars("Hi.")) as client:
        await client.speak(*TURN)
        await client.until("response.done")
        await say(client, "And now?")
        await client.send("response.create", response={"max_output_tokens": 5})
        cut = await client.until("response.done", 2)
        assert cut["response"]["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        await client.send("response.create", response={"conversation": "none", "output_modalities": ["text"]})
        await client.until("response.done", 3)
        spent = [event["response"]["usage"] for event in client.of("response.done")]
        assert all(map(adds_up, spent))
        assert all(usage["input_tokens"] and usage["output_tokens"] for usage in spent)
        assert spent[1]["input_tokens"] > spent[0]["input_tokens"]  # the whole conversation again
        kinds = [record["event"]["type"] for record in client.record if record["dir"] == "server"]
        places = [i for i, kind in enumerate(kinds) if kind == "response.done"]
        assert [kinds[place + 1] for place in places] == ["rate_limits.updated"] * 3
        left = [event["rate_limits"][0] for event in client.limits]
        assert {limit["name"] for limit in left} == {"tokens"}
        assert left[0]["limit"] - left[0]["remaining"] >= spent[0]["total_tokens"] - 1
        assert all(limit["reset_seconds"] > 0 for limit in left)


async def test_an_answer_that_was_cut_off_costs_what_there_is_of_it() -> None:
    gate = Gate(open_for=3)
    async with open_session(ScriptedBrain(LONG), gate=gate) as client:
        await client.send("response.create")
        await client.until("response.output_audio.delta", 3)
        await client.send("response.cancel")
        usage = (await client.until("response.done"))["response"]["usage"]
        assert adds_up(usage)
        assert usage["output_token_details"]["audio_tokens"] == 6  # 300 ms
        gate.opened.set()


def test_a_budget_fills_itself_again_and_is_never_less_than_nothing() -> None:
    now = 0.0
    budget = TokenBudget(lambda: now)
    assert budget.spend(0).remaining == TOKENS_PER_MINUTE
    assert budget.spend(TOKENS_PER_MINUTE // 2).reset_seconds == 30.0
    now = 15.0
    assert budget.spend(0).remaining == TOKENS_PER_MINUTE * 3 // 4
    empty = budget.spend(TOKENS_PER_MINUTE * 9)
    assert (empty.remaining, empty.reset_seconds) == (0, 60.0)
    now = 1_000.0
    assert budget.spend(0).remaining == TOKENS_PER_MINUTE


@pytest.mark.parametrize("model", ["whisper-1", "gpt-realtime-whisper", "gpt-transcribe", "anything", None])
def test_most_models_write_down_by_the_second(model: str | None) -> None:
    transcription = Transcription(model) if model else Transcription()
    assert transcription_usage(transcription, "Hi.", 24_001) == {"type": "duration", "seconds": 2}


@pytest.mark.parametrize("model", ["gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-transcribe-diarize"])
def test_some_models_write_down_by_tokens(model: str) -> None:
    assert transcription_usage(Transcription(model), "How are you?", 24_000) == {
        "type": "tokens",
        "total_tokens": 13,
        "input_tokens": 10,
        "output_tokens": 3,
        "input_token_details": {"text_tokens": 0, "audio_tokens": 10},
    }
