"""What makes the presets differ: each hears the same request and the same voice over the answer."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from tests.simulation.real import RealSpeech
from tests.simulation.scenes import Run, Scene, found, play, real_frames, said
from tests.support.words import word_error_rate
from tests.wire import check
from voice_tui.audio.echo.front_end import RESAMPLING_DELAY
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.conversation.turn_taking.confirmation import Confirm
from voice_tui.messages import notices as n
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import PushToTalk
from voice_tui.messages.turns import InterruptionTimed, Stage

pytestmark = pytest.mark.usefixtures("real_models")

REQUEST, GAP_S = "Count to fifteen.", 4.5
BARGE_IN = "Wait a moment, what is the time now?"
MURMUR = "I see."  # what turns the answer down, and is too short to stop it where the knob says so
LEAD_S = 0.1
BEGUN, CONTINUED = "Please tell me about my", "last summer holiday."
THINKING_S = 1.3  # between the two: longer than the server's silence, shorter than the hold


class Parts:
    """Where the parts of the recording lie, in samples."""

    def __init__(self) -> None:
        say = RealSpeech().say
        self.request, self.barge, self.murmur = say(REQUEST), say(BARGE_IN), say(MURMUR)
        self.begun, self.continued = say(BEGUN), say(CONTINUED)
        self.answered = int(LEAD_S * RATE) + len(self.request)
        self.begins = self.answered + int(GAP_S * RATE)
        self.ends = self.begins + len(self.barge)

    @property
    def onset(self) -> int:
        """The first sample of the voice over the answer that can be heard."""
        return self.begins + int(np.argmax(np.abs(self.barge) > 300))


@pytest.fixture(scope="module")
def parts(real_models: None) -> Parts:
    return Parts()


@pytest.fixture(scope="module")
def runs(parts: Parts) -> dict[str, Run]:
    mic = said(LEAD_S, parts.request, GAP_S, parts.barge, 0.2)
    murmured = said(LEAD_S, parts.request, GAP_S, parts.murmur, 0.2)
    hesitant = said(LEAD_S, parts.begun, THINKING_S, parts.continued, 0.2)
    key = (
        (0.02, PushToTalk(True)),  # the recording begins once nobody speaks: not before its first frame
        (parts.answered / RATE + 0.2, PushToTalk(False)),
        (parts.begins / RATE - 0.2, PushToTalk(True)),
        (parts.ends / RATE + 0.1, PushToTalk(False)),
    )
    scenes = {name: Scene(name, mic) for name in PRESETS}
    scenes |= {
        "step1-fixed-window": Scene("step1-fixed-window", mic, commits=2),
        "push-to-talk": Scene("push-to-talk", mic, key),
        "semantic-vad": Scene("semantic-vad", mic, ((0.0, ChangeSetting("eagerness", 3)),)),
        "murmur": Scene("natural", murmured, ((0.0, ChangeSetting("backchannel_ms", 1000)),)),
        "either": Scene("natural", mic, ((0.0, ChangeSetting("confirm", Confirm.EITHER)),)),
        "both": Scene("natural", mic, ((0.0, ChangeSetting("confirm", Confirm.BOTH)),)),
        "hold": Scene("natural", hesitant, ((0.0, ChangeSetting("hold_ms", 2000)),)),
        "no hold": Scene("natural", hesitant),
    }
    return {name: play(scene) for name, scene in scenes.items()}


def stages(run: Run) -> dict[Stage, int]:
    """The last waterfall."""
    return dict(run.of(InterruptionTimed)[-1].steps)


def voiced(run: Run, frames: Iterable[int]) -> list[int]:
    """Those of the frames of the microphone in which there is anything."""
    mic = np.concatenate((np.zeros(RESAMPLING_DELAY, np.int16), run.mic))
    return [i for i in frames if mic[i * FRAME : (i + 1) * FRAME].any()]


def heard_whole(run: Run, item: str) -> bool:
    """Whether the first answer was heard sample for sample; where the output ran dry there is silence in between."""
    audio = run.audio_of(item)
    said = audio[audio != 0]
    return np.array_equal(run.heard[run.heard != 0][: len(said)], said)


def first_vad(run: Run, at: int = 0) -> object:
    return run.sent("session.update")[at]["session"]["audio"]["input"]["turn_detection"]


# ---- all of them


def test_every_preset_is_on_stage(runs: dict[str, Run]) -> None:
    assert set(PRESETS) <= set(runs)


def test_nothing_goes_wrong(runs: dict[str, Run]) -> None:
    for name, run in runs.items():
        assert run.summary["errors"] == [], name
        # The answer may end while our cancel is on its way.
        assert {e["error"]["code"] for e in run.received("error")} <= {"response_cancel_not_active"}, name


def test_every_scene_obeys_the_rules_of_the_wire(runs: dict[str, Run]) -> None:
    check({**record, "session": name} for name, run in runs.items() for record in run.events)


@pytest.mark.parametrize(
    ("scene", "sources"),
    [
        ("step1-fixed-window", ()),
        ("step2-local-vad", ()),
        ("step3-detect", ()),
        ("step4-cancel", ("local",)),
        ("server-vad", ("server",)),
        ("semantic-vad", ("server",)),
        ("push-to-talk", ("key",)),
        ("natural", ("local",)),
        ("murmur", ()),
        ("either", ("local", "server")),
        ("both", ("local", "server")),
    ],
)
def test_a_voice_over_the_answer_stops_it_or_not(runs: dict[str, Run], scene: str, sources: tuple[str, ...]) -> None:
    run = runs[scene]
    assert [i["source"] for i in run.summary["interruptions"]] in ([[s] for s in sources] or [[]])
    assert [t["ack"] for t in run.summary["truncations"]] == (["acknowledged"] if sources else [])
    if not sources and scene != "murmur":
        assert heard_whole(run, run.answers[0])
    if sources:
        assert run.summary["truncations"][0]["item"] == run.answers[0]
        assert word_error_rate(BARGE_IN, run.texts("user")[-1]) <= 0.3
        assert run.texts("assistant")[-1].startswith("It is ")


def test_whoever_decides_cancels_and_never_twice(runs: dict[str, Run]) -> None:
    for name, run in runs.items():
        cancels = run.sent("response.cancel")
        by_server = [i["source"] for i in run.summary["interruptions"]] == ["server"] and name != "both"
        assert len(cancels) <= (0 if by_server or not run.summary["interruptions"] else 1), name


def test_each_request_bears_a_mark_that_its_answer_gives_back(runs: dict[str, Run]) -> None:
    for name, run in runs.items():
        asked = [e["response"]["metadata"] for e in run.sent("response.create")]
        answered = [e["response"]["metadata"] for e in run.received("response.created")]
        assert [m for m in answered if m] == asked[: len(answered)], name
        assert bool(asked) == PRESETS[name if name in PRESETS else "natural"].asks, name


# ---- one by one


def test_step_1_sends_windows_of_two_seconds_and_hears_no_voice_over_the_answer(
    runs: dict[str, Run], parts: Parts
) -> None:
    run = runs["step1-fixed-window"]
    first, second, *_ = run.spans
    assert len(first) == len(second) == 2 * RATE
    assert (first == run.mic[: 2 * RATE]).all()
    assert found(parts.barge[RATE : RATE + FRAME], run.sent_audio) < 0
    assert not run.of(n.VoiceNoticed)


def test_step_2_sends_nothing_while_the_assistant_speaks(runs: dict[str, Run], parts: Parts) -> None:
    run = runs["step2-local-vad"]
    first, rest = run.spans
    assert found(first[: RATE // 2], run.mic) >= 0
    assert len(rest) == 0
    assert found(parts.barge[RATE : RATE + FRAME], first) < 0
    assert len(run.texts("user")) == 1


def test_step_3_notices_the_voice_and_answers_it_when_the_answer_is_over(runs: dict[str, Run], parts: Parts) -> None:
    run = runs["step3-detect"]
    assert len(run.of(n.VoiceNoticed)) == 1
    assert len(run.sent("input_audio_buffer.commit")) == 2
    second = run.spans[1]
    at = found(run.mic[parts.onset : parts.onset + FRAME * 10], second)
    assert at >= RATE // 5, "with what led up to it"
    assert word_error_rate(BARGE_IN, run.texts("user")[-1]) <= 0.3
    assert run.texts("assistant")[-1].startswith("It is ")
    over = run.heard_of(run.answers[0])[0] + len(run.audio_of(run.answers[0]))
    assert run.heard_of(run.answers[1])[0] > over


def test_step_4_sends_the_voice_at_once_with_what_led_up_to_it(runs: dict[str, Run], parts: Parts) -> None:
    run = runs["step4-cancel"]
    at = found(run.mic[parts.onset : parts.onset + FRAME * 10], run.spans[1])
    assert at >= RATE // 5
    kinds = [e["event"]["type"] for e in run.events if e["dir"] == "client"]
    assert kinds.index("conversation.item.truncate") < len(kinds) - kinds[::-1].index("input_audio_buffer.commit")


@pytest.mark.parametrize("scene", ["server-vad", "semantic-vad"])
def test_a_server_that_takes_the_turns_hears_everything(runs: dict[str, Run], scene: str) -> None:
    run = runs[scene]
    sent = run.sent_audio
    count = min(len(sent), len(run.mic))
    assert (sent[:count] == run.mic[:count]).all()
    assert len(sent) > parts_end(run)
    assert run.sent("response.create") == []


def parts_end(run: Run) -> int:
    """Behind the last sound that was spoken."""
    return int(np.flatnonzero(run.mic)[-1])


def test_semantic_vad_tells_the_server_how_eager_to_be(runs: dict[str, Run]) -> None:
    run = runs["semantic-vad"]
    wishes = [(vad["type"], vad["eagerness"]) for vad in (first_vad(run), first_vad(run, -1))]  # type: ignore[index]
    assert wishes == [("semantic_vad", "auto"), ("semantic_vad", "high")]


def test_push_to_talk_sends_what_was_said_while_the_key_was_down(runs: dict[str, Run], parts: Parts) -> None:
    run = runs["push-to-talk"]
    first, second, rest = run.spans
    assert len(rest) == 0
    assert first_vad(run) is None
    assert found(run.mic[parts.onset : parts.onset + FRAME * 10], second) >= 0
    assert found(run.mic[parts.ends - FRAME * 30 : parts.ends - FRAME * 20], second) >= 0
    assert len(first) < parts.begins
    assert len(second) < len(parts.barge) + RATE


# ---- natural


def test_natural_ducks_confirms_and_the_first_syllable_is_in_what_was_sent(runs: dict[str, Run], parts: Parts) -> None:
    run = runs["natural"]
    assert {Stage.DUCK, Stage.CONFIRM, Stage.QUIET, Stage.TRUNCATED} <= set(stages(run))
    real = real_frames(run.sent_audio, run.mic, RESAMPLING_DELAY)
    said = voiced(run, range(parts.onset // FRAME, parts.ends // FRAME))
    assert set(said) <= set(real)
    assert found(run.mic[parts.onset : parts.onset + FRAME * 10], run.sent_audio) >= 0


def test_a_murmur_ducks_the_answer_and_the_server_hears_nothing_of_it(runs: dict[str, Run], parts: Parts) -> None:
    run = runs["murmur"]
    timed = run.of(InterruptionTimed)[-1]
    assert timed.resumed
    assert Stage.DUCK in dict(timed.steps)
    real = real_frames(run.sent_audio, run.mic, RESAMPLING_DELAY)
    assert max(real) <= (parts.answered + RESAMPLING_DELAY) // FRAME
    assert voiced(run, range(parts.begins // FRAME, parts.begins // FRAME + 20)), "there was something to be heard"


def test_a_murmur_costs_no_sample_of_the_answer_and_repeats_none(runs: dict[str, Run]) -> None:
    run = runs["murmur"]
    assert min(level.gain for level in run.of(n.LevelMeasured)) < 1
    (item,) = run.answers
    audio, heard = np.trim_zeros(run.audio_of(item)), np.trim_zeros(run.heard)
    paused = len(heard) - len(audio)
    assert paused > 0
    # Without the pause, the first silence of that length once it is turned down, it is the answer, at most as loud.
    turned_down = int(np.argmax(heard[: len(audio)] != audio))
    silent = np.lib.stride_tricks.sliding_window_view(heard[turned_down:] == 0, paused).all(axis=1)
    assert silent.any()
    at = turned_down + int(silent.argmax())
    played = np.delete(heard, np.s_[at : at + paused])
    assert same_but_quieter(played, audio)
    changed = np.flatnonzero(played != audio)
    assert changed[-1] - changed[0] < RATE, "before the murmur and soon after it nothing was changed"


def same_but_quieter(heard: Pcm, audio: Pcm) -> bool:
    """Only the volume was turned: no sample is louder or of the other sign; the shape is the same but for the fades."""
    a, b = heard.astype(float), audio.astype(float)
    if (np.abs(a) > np.abs(b) + 1).any() or (a * b < 0).any():
        return False
    blocks = len(a) // FRAME
    a, b = a[: blocks * FRAME].reshape(blocks, FRAME), b[: blocks * FRAME].reshape(blocks, FRAME)
    loud = (np.abs(a).max(axis=1) > 100) & (np.abs(b).max(axis=1) > 100)
    likeness = (a * b).sum(axis=1)[loud] / np.sqrt((a**2).sum(axis=1)[loud] * (b**2).sum(axis=1)[loud])
    return bool((likeness > 0.6).all())


@pytest.mark.parametrize(("scene", "interrupts"), [("either", True), ("both", False)])
def test_with_the_server_as_second_ears_it_hears_the_voice_from_the_duck_on(
    runs: dict[str, Run], parts: Parts, scene: str, interrupts: bool
) -> None:
    run = runs[scene]
    last = first_vad(run, -1)
    assert last["interrupt_response"] is interrupts  # type: ignore[index]
    real = real_frames(run.sent_audio, run.mic, RESAMPLING_DELAY)
    assert set(voiced(run, range(parts.onset // FRAME, parts.ends // FRAME))) <= set(real)
    between = range((parts.answered + RESAMPLING_DELAY) // FRAME + 1, parts.begins // FRAME)
    assert not set(real) & set(between)
    assert len(run.received("input_audio_buffer.speech_started")) == 2


def test_where_both_must_agree_nothing_is_cut_before_the_server_has_spoken(runs: dict[str, Run]) -> None:
    run = runs["both"]
    order = [e["event"]["type"] for e in run.events]
    started = [i for i, kind in enumerate(order) if kind == "input_audio_buffer.speech_started"]
    assert order.index("conversation.item.truncate") > started[1]


def test_a_turn_that_sounds_unfinished_is_held_and_answered_once(runs: dict[str, Run]) -> None:
    held, hasty = runs["hold"], runs["no hold"]
    assert len(held.received("input_audio_buffer.committed")) == 2
    assert len(held.sent("response.create")) == 1
    assert (committed_when_asked(held), committed_when_asked(hasty)) == (2, 1)
    assert any(x.why.startswith("holding: ") for x in held.of(n.PhaseChanged))
    assert not any(x.why.startswith("holding: ") for x in hasty.of(n.PhaseChanged))


def committed_when_asked(run: Run) -> int:
    """How many turns had been committed when the first answer was asked for."""
    kinds = [e["event"]["type"] for e in run.events]
    return kinds[: kinds.index("response.create")].count("input_audio_buffer.committed")
