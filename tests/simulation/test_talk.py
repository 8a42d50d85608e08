"""`voice-tui talk` and the embedded server, with spoken input."""

from pathlib import Path

import numpy as np
import pytest

from tests.simulation.commands import talk, wav
from tests.simulation.real import RealSpeech, headset
from tests.simulation.scenes import said
from tests.support.conversation import Conversation
from tests.support.words import word_error_rate
from tests.wire import check
from voice_tui.audio.stream.pcm import RATE

pytestmark = pytest.mark.usefixtures("real_models")

QUESTION = "Could you please tell me how much is twelve times seven?"
STORY = "Please tell me a long story."
BARGE_IN = "Wait a moment, what is the time now?"
MISHEARD = 2 / 8  # "Wait a" may become "We at a": one word that is heard as two
QUIET_MS = 50  # no assistant sample may be audible later than this after the cut: the fade takes 12 ms
TRUTH_MS = 20  # how far audio_end_ms may be from what truly sounded


def spoken(folder: Path, *parts: str | float, flags: tuple[str, ...] = ()) -> Conversation:
    """A talk with sentences and silences (seconds) in its microphone."""
    pcm = said(*(RealSpeech().say(part) if isinstance(part, str) else part for part in parts))
    return talk(folder, "--no-greeting", *flags, "--mic", wav(folder / "said.wav", pcm))


@pytest.fixture(scope="module")
def question(real_models: None, tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    return spoken(tmp_path_factory.mktemp("question"), 0.3, QUESTION, 0.2)


@pytest.fixture(scope="module", params=["server-vad", "step4-cancel"])
def barge_in(
    request: pytest.FixtureRequest, real_models: None, tmp_path_factory: pytest.TempPathFactory
) -> Conversation:
    folder = tmp_path_factory.mktemp(f"barge-in-{request.param}")
    return spoken(folder, 0.3, STORY, 6.0, BARGE_IN, 0.2, flags=("--preset", request.param))


def test_a_spoken_question_is_transcribed(question: Conversation) -> None:
    assert (
        word_error_rate(QUESTION, " ".join(question.texts("user")).replace("12", "twelve").replace("7", "seven")) <= 0.2
    )


def test_and_answered_audibly(question: Conversation) -> None:
    answer = question.summary["turns"][-1]
    assert answer["role"] == "assistant"
    assert "84" in answer["text"]
    _, unchanged = question.heard_of(answer["item"])
    assert unchanged == len(question.audio_of(answer["item"])), "the answer was not played whole"
    assert np.abs(question.heard).max() > 1000


def test_each_answer_is_timed_and_its_parts_add_up(question: Conversation) -> None:
    (latency,) = question.summary["latencies"]
    assert latency["item"] == question.summary["turns"][-1]["item"]
    assert sum(latency["parts_ms"].values()) == latency["audible_ms"] > 0
    assert "answer begun" in latency["parts_ms"]


def test_a_text_turn_is_answered_after_the_greeting(tmp_path: Path) -> None:
    conversation = talk(tmp_path, "--mic", "none", "--say", "What is nine plus four?", cast=headset)
    assert conversation.texts("user") == ["Hello", "What is nine plus four?"]
    greeting, answer = conversation.texts("assistant")
    assert "demo brain" in greeting
    assert "13" in answer
    assert conversation.summary["truncations"] == []
    check(conversation.events)


def test_a_barge_in_interrupts_once_and_truncates_once(barge_in: Conversation) -> None:
    assert len(barge_in.summary["interruptions"]) == 1
    (truncation,) = barge_in.summary["truncations"]
    assert truncation["ack"] == "acknowledged"
    assert 0 < truncation["audio_end_ms"] < truncation["received_ms"]
    assert [e["audio_end_ms"] for e in barge_in.sent("conversation.item.truncate")] == [truncation["audio_end_ms"]]


def test_the_answer_was_cancelled_or_had_been_finished(barge_in: Conversation) -> None:
    item = barge_in.summary["truncations"][0]["item"]
    (done,) = [
        e["response"]
        for e in barge_in.received("response.done")
        if any(o["id"] == item for o in e["response"]["output"])
    ]
    assert done["status"] in ("cancelled", "completed")
    if barge_in.summary["interruptions"][0]["source"] == "local":
        assert barge_in.sent("response.cancel"), "a local decision has to cancel by itself"
    else:
        assert not barge_in.sent("response.cancel"), "the server cancels by itself"


def test_audio_end_ms_is_what_truly_sounded(barge_in: Conversation) -> None:
    (truncation,) = barge_in.summary["truncations"]
    assert barge_in.misjudged_ms(truncation["item"], truncation["audio_end_ms"]) <= TRUTH_MS


def test_nothing_of_the_answer_is_audible_after_the_cut(barge_in: Conversation) -> None:
    (truncation,) = barge_in.summary["truncations"]
    next_answer = barge_in.summary["turns"][-1]
    assert next_answer["role"] == "assistant"
    began, _ = barge_in.heard_of(truncation["item"])
    begins, _ = barge_in.heard_of(next_answer["item"])
    between = barge_in.heard[began + (truncation["audio_end_ms"] + QUIET_MS) * RATE // 1000 : begins]
    assert len(between) > RATE // 2
    assert not between.any()


def test_the_turn_that_interrupted_is_heard_and_answered(barge_in: Conversation) -> None:
    assert word_error_rate(BARGE_IN, barge_in.texts("user")[-1]) <= MISHEARD
    assert barge_in.texts("assistant")[-1].startswith("It is ")


@pytest.fixture(scope="module")
def natural(real_models: None, tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    folder = tmp_path_factory.mktemp("natural")
    return spoken(folder, 0.3, STORY, 7.0, BARGE_IN, 0.2, flags=("--preset", "natural"))


def test_natural_ducks_first_and_stops_where_the_listener_stopped_hearing(natural: Conversation) -> None:
    (truncation,) = natural.summary["truncations"]
    assert truncation["ack"] == "acknowledged"
    item = truncation["item"]
    start, _ = natural.heard_of(item)
    sent = natural.audio_of(item)
    count = min(len(sent), len(natural.heard) - start)
    loud = np.flatnonzero(np.abs(sent[:count]) > 300)
    gain = natural.heard[start + loud] / sent[loud]
    assert ((gain > 0.1) & (gain < 0.9)).any(), "it was ducked before it was cut"
    run = 500  # loud samples in a row that are missing: from there on it was cut
    silent = np.lib.stride_tricks.sliding_window_view(gain < 0.1, run).all(axis=1)
    first_missing = int(np.argmax(silent))
    last_heard_ms, missing_ms = (loud[i] * 1000 / RATE for i in (first_missing - 1, first_missing))
    assert last_heard_ms - TRUTH_MS <= truncation["audio_end_ms"] <= missing_ms + TRUTH_MS


def test_natural_decides_by_itself_and_answers_what_was_said_from_the_first_word_on(natural: Conversation) -> None:
    (interruption,) = natural.summary["interruptions"]
    assert interruption["source"] == "local"
    assert word_error_rate(BARGE_IN, natural.texts("user")[-1]) <= MISHEARD
    assert natural.texts("assistant")[-1].startswith("It is ")
    creates = [e.get("response", {}).get("instructions", "") for e in natural.sent("response.create")]
    assert "interrupted you after hearing" in creates[-1]


def test_a_talk_obeys_the_rules_of_the_wire(question: Conversation, natural: Conversation) -> None:
    check(question.events)
    check(natural.events)


def test_so_does_a_barge_in(barge_in: Conversation) -> None:
    check(barge_in.events)


def test_the_demo_caller_interrupts_through_the_virtual_microphone(tmp_path: Path) -> None:
    conversation = talk(tmp_path, "--no-greeting", "--mic", "demo", cast=headset)
    assert len(conversation.summary["interruptions"]) >= 1
    assert conversation.summary["truncations"][0]["ack"] == "acknowledged"
    assert conversation.summary["errors"] == []
    assert "84" in " ".join(conversation.texts("assistant"))
    check(conversation.events)
