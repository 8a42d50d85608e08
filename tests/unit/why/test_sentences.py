"""Each story in sentences: who decided, on what, what was heard, what could have been."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.why.traces import START_MS, traced
from voice_tui.conversation.turn_taking.confirmation import Confirm
from voice_tui.conversation.turn_taking.policy import ASKED_MS
from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, Row, RowChanged, SettingsChanged, Truncated
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.why import Cut, Stories, Wait, cut_after, sentences, what_if

ORIGIN_MS = START_MS + 200  # of a voice behind 20 frames without one
VOICE = [-3.0] * 20 + [2.0] * 60


def timed(by: str = "local", origin: Origin = Origin.VOICE, **steps: int) -> InterruptionTimed:
    found = tuple((Stage[name.upper()], ms) for name, ms in steps.items())
    return InterruptionTimed(1, "a", ((Stage.ONSET, 0), *found), "resume" in steps, origin, ORIGIN_MS, by)


def told(*notices: Notice) -> list[str]:
    """The sentences of the last story."""
    stories = Stories()
    for notice in (SettingsChanged("natural", TurnSettings()), *notices):
        stories.observe(notice)
    return sentences(list(stories)[-1])


@pytest.mark.parametrize(
    ("by", "origin", "first"),
    [
        ("local", Origin.VOICE, "You spoke over it; it stopped after 90 ms. Decided here (natural)."),
        ("server", Origin.VOICE, "You spoke over it; it stopped after 90 ms. Decided by the server (natural)."),
        ("key", Origin.KEY, "You pressed a key over it; it stopped after 90 ms. Decided by your key (natural)."),
        ("text", Origin.ENTER, "You typed over it; it stopped after 90 ms. Decided by your typing (natural)."),
    ],
)
def test_who_decided_and_when_comes_first(by: str, origin: Origin, first: str) -> None:
    assert told(timed(by, origin, confirm=90))[0] == first


@pytest.mark.parametrize(("quiet", "ms"), [(70, 70), (120, 90), (0, 90)])
def test_a_pause_has_stopped_it_before_the_cut(quiet: int, ms: int) -> None:
    (first, *_) = told(timed(confirm=90, quiet=quiet))
    assert first.startswith(f"You spoke over it; it stopped after {ms} ms.")


def test_a_voice_that_only_the_server_heard_is_said_to_be_so() -> None:
    assert "our own ears heard no voice" in told(timed("server", Origin.SERVER, confirm=90))[0]


@pytest.mark.parametrize(
    ("ack", "deleted", "text", "words"),
    [
        (Ack.ACKNOWLEDGED, False, "On a black rock", "remembers it up to: “On a black rock”."),
        (Ack.ACKNOWLEDGED, False, "", "remembers no more than that."),
        (Ack.REJECTED, False, "On a black rock", "refused to forget the rest: the model believes that it said all"),
        (Ack.PENDING, False, "On a black rock", "has not answered yet"),
        (Ack.ACKNOWLEDGED, True, "", "Nothing of it was heard, so it was taken out"),
    ],
)
def test_what_was_heard_and_what_the_model_believes(ack: Ack, deleted: bool, text: str, words: str) -> None:
    row = RowChanged(Row("a", "assistant", "AI", text), None)
    lines = told(row, timed(confirm=90), Truncated("a", 6_510, 25_320, ack, deleted))
    assert any(words in line for line in lines)
    assert deleted != any("Heard 6.51 of 25.32 s." in line for line in lines)


def test_a_long_answer_is_told_by_its_last_whole_words() -> None:
    text = "All right, here is the story of the lighthouse that learned to listen. On a black rock"
    row = RowChanged(Row("a", "assistant", "AI", text), None)
    lines = told(row, timed(confirm=90), Truncated("a", 6_510, 25_320, Ack.ACKNOWLEDGED))
    assert any(line.endswith("“… that learned to listen. On a black rock”.") for line in lines)


def test_what_another_sureness_would_have_done_is_computed_and_fits_what_was_done() -> None:
    soft = traced([-3.0] * 20 + [0.5] * 60)
    trace = replace(soft, settings=replace(soft.settings, sureness=6.0))
    was = what_if(trace, trace.settings).cut_ms
    assert was is not None
    confirm = was - ORIGIN_MS + 30  # buffers
    cut = Cut(timed(confirm=confirm), "natural", trace)
    assert cut_after(cut, trace.settings) == confirm
    sooner, later = (cut_after(cut, replace(trace.settings, sureness=sureness)) for sureness in (4.0, 9.5))
    assert sooner is not None
    assert later is not None
    assert sooner < confirm < later
    line = next(line for line in sentences(cut) if line.startswith("With another sureness"))
    assert f"at 4 after {sooner} ms" in line
    assert f"at 9.5 after {later} ms" in line


def test_what_would_have_been_cut_before_this_voice_is_said_so() -> None:
    early = traced([-3.0] * 20 + [0.3] * 15 + [-3.0] * 80 + VOICE)
    trace = replace(early, settings=replace(early.settings, sureness=6.0))
    was, sooner = (what_if(trace, replace(trace.settings, sureness=s)).cut_ms for s in (6.0, 4.0))
    assert was is not None
    assert sooner is not None
    cut = Cut(timed(confirm=90), "natural", replace(trace, number=1))
    line = next(line for line in sentences(cut) if line.startswith("With another sureness"))
    assert was - sooner > 800
    assert "at 4 already " in line
    assert " s before this voice, at 7.5 after " in line


def test_a_false_alarm_says_how_near_it_came() -> None:
    lines = told(timed("", duck=40, resume=700), replace(traced([-3.0] * 20 + [2.0] * 2 + [-3.0] * 60), number=1))
    assert lines[0].startswith("Something sounded like you, and did not go on")
    assert any("at most; 6 are needed to cut." in line for line in lines)


def test_a_voice_that_was_too_short_is_told_by_the_knob_that_held_it_back() -> None:
    settings = replace(traced(VOICE).settings, backchannel_ms=1_000)
    short = [-3.0] * 20 + [2.0] * 30 + [-3.0] * 60
    trace = traced(short, settings=settings)
    frames = tuple(replace(frame, sum=min(7.0, i / 4)) for i, frame in enumerate(trace.frames))
    lines = told(timed("", duck=40, resume=700), replace(trace, frames=frames))
    assert any("1000 ms of *backchannel*" in line for line in lines)
    assert not any(line.startswith("With another sureness") for line in lines)


def heard(evidence: list[float]) -> VoiceTraced:
    """The sum is what the policy adds up of it."""
    trace = traced(evidence)
    return replace(trace, frames=tuple(replace(f, sum=7.0 * (f.cut > 0)) for f in trace.frames))


def waited(trace: VoiceTraced) -> tuple[list[str], int, int]:
    """The sentences of a cut; when it was cut and when it could have been, ms since the voice began."""
    was, sooner = (what_if(trace, trace.settings, waits=waits).cut_ms for waits in (True, False))
    assert was is not None
    assert sooner is not None
    return sentences(Cut(timed(confirm=was - ORIGIN_MS), "natural", trace)), was - ORIGIN_MS, sooner - ORIGIN_MS


def test_a_cut_that_waited_says_what_for() -> None:
    lines, was, sooner = waited(heard(VOICE))
    assert was - sooner >= ASKED_MS / 2
    said = f"were there after {sooner} ms; the cut came after {was} ms, when the answer had been turned down for"
    assert any(f"{said} {ASKED_MS} ms." in line for line in lines)


def test_a_voice_behind_a_knock_is_not_said_to_have_lasted() -> None:
    lines, was, sooner = waited(heard([-3.0] * 20 + [2.0] * 6 + [-0.9] * 25 + VOICE[20:]))
    assert was - sooner > 200
    said = f"were there after {sooner} ms; the cut came after {was} ms, since what is heard in the first"
    assert any(f"{said} {ASKED_MS} ms of a turned down answer counts half." in line for line in lines)


@pytest.mark.parametrize("knob", ["backchannel", "debounce", "immunity"])
def test_a_knob_that_held_the_cut_back_is_named(knob: str) -> None:
    trace = heard(VOICE)
    held = replace(trace, settings=replace(trace.settings, **{f"{knob}_ms": 500}), playing_ms=0)
    was = what_if(held, held.settings).cut_ms
    sooner = what_if(held, trace.settings, waits=False).cut_ms
    assert was is not None
    assert sooner is not None
    lines = sentences(Cut(timed(confirm=was - ORIGIN_MS), "natural", held))
    said = (
        f"were there after {sooner - ORIGIN_MS} ms; the cut came after {was - ORIGIN_MS} ms, since *{knob}* is 500 ms."
    )
    assert any(said in line for line in lines)


def test_of_two_knobs_that_held_the_cut_back_the_one_that_held_it_longest_is_named() -> None:
    trace = heard(VOICE)
    held = replace(trace, settings=replace(trace.settings, backchannel_ms=300, debounce_ms=500))
    was = what_if(held, held.settings).cut_ms
    assert was is not None
    lines = sentences(Cut(timed(confirm=was - ORIGIN_MS), "natural", held))
    assert any(f"the cut came after {was - ORIGIN_MS} ms, since *debounce* is 500 ms." in line for line in lines)


def test_two_knobs_that_both_held_a_cut_back_that_never_came_are_named() -> None:
    trace = heard([-3.0] * 20 + [2.0] * 20 + [-3.0] * 60)
    held = replace(trace, settings=replace(trace.settings, backchannel_ms=500, debounce_ms=500))
    lines = told(timed("", duck=40, resume=700), held)
    assert any("ended before the 500 ms of *backchannel* and the 500 ms of *debounce*" in line for line in lines)


def test_what_ended_before_the_cut_is_told_as_what_it_was() -> None:
    lines = told(timed("", duck=40, resume=700), heard([-3.0] * 20 + [2.0] * 5 + [-3.0] * 60))
    said = f"but no longer when the answer had been turned down for {ASKED_MS} ms."
    assert any(line.endswith(said) for line in lines)


def test_a_voice_that_the_server_did_not_confirm_is_told_so() -> None:
    trace = heard(VOICE)
    both = replace(trace, settings=replace(trace.settings, confirm=Confirm.BOTH))
    lines = told(timed("", duck=40, resume=700), both)
    assert any(line.endswith("but the server did not hear you: *confirmed by* is both.") for line in lines)


@pytest.mark.parametrize(("by", "origin"), [("key", Origin.VOICE), ("text", Origin.VOICE)])
def test_a_key_in_the_wait_is_told_as_what_was_faster(by: str, origin: Origin) -> None:
    trace = heard([-3.0] * 20 + [2.0] * 8)
    lines = told(timed(by, origin, duck=40, pause=60, quiet=70, confirm=110), trace)
    assert "it stopped after 110 ms" in lines[0]
    assert any(line.endswith("6 are needed, but you were faster.") for line in lines)


def test_what_no_sureness_would_have_cut_is_said_once() -> None:
    lines = told(timed("", duck=40, resume=700), replace(traced([-3.0] * 20 + [2.0] * 2 + [-3.0] * 60), number=1))
    assert "With a sureness of 4 it would not have been cut either." in lines


def test_a_late_answer_says_where_the_time_went() -> None:
    moments = ((Moment.ENDED, 0), (Moment.DECIDED, 500), (Moment.CREATED, 700), (Moment.AUDIBLE, 1_900))
    lines = told(TurnTimed(1, "a", Origin.VOICE, 10_000, moments, "server", tools_ms=800, round_trip_ms=40.2))
    assert lines[0] == "The first sound of the answer came 1900 ms after the end of your turn."
    assert lines[1] == "Most of it: leading silence 1200 ms (answer)."
    assert "For 800 ms of it tools were at work." in lines
    assert "The wire to the endpoint takes 40 ms there and back." in lines


@pytest.mark.parametrize(("audible_ms", "kept"), [(1_499, 0), (1_500, 1)])
def test_an_answer_that_came_in_time_is_no_story(audible_ms: int, kept: int) -> None:
    stories = Stories()
    stories.observe(TurnTimed(1, "a", Origin.VOICE, 0, ((Moment.ENDED, 0), (Moment.AUDIBLE, audible_ms)), "server"))
    assert len(stories) == kept


HELD = ((Moment.ENDED, 0), (Moment.DECIDED, 300), (Moment.ASKED, 700), (Moment.AUDIBLE, 900))


def holding(ms: float) -> SettingsChanged:
    return SettingsChanged("natural", TurnSettings(hold_ms=ms), frozenset({"hold_ms"}))


def test_a_held_request_is_a_story_however_soon_the_answer_came() -> None:
    stories = Stories()
    stories.observe(holding(1_000))
    stories.observe(TurnTimed(1, "a", Origin.VOICE, 0, HELD, "server"))
    [story] = stories
    assert isinstance(story, Wait)
    assert story.held
    assert any("did not sound finished" in line for line in sentences(story))


@pytest.mark.parametrize(("ms", "origin"), [(0, Origin.VOICE), (1_000, Origin.ENTER)])
def test_a_request_that_waited_for_another_reason_is_no_held_one(ms: float, origin: Origin) -> None:
    stories = Stories()
    stories.observe(holding(ms))
    stories.observe(TurnTimed(1, "a", origin, 0, HELD, "server"))
    assert len(stories) == 0
    stories.observe(TurnTimed(2, "b", origin, 0, (*HELD[:-1], (Moment.AUDIBLE, 2_000)), "server"))
    [story] = stories
    lines = list(sentences(story))
    assert not any("did not sound finished" in line for line in lines)
    assert any("until the answer before it had ended" in line for line in lines)


def test_stories_stand_in_order_of_time_and_what_more_is_known_is_added() -> None:
    stories = Stories()
    first, second = timed(confirm=90), replace(timed(confirm=80), number=2, at_ms=9_000, item_id="b")
    for notice in (second, first, replace(traced(VOICE), number=1), Truncated("b", 1, 2, Ack.PENDING)):
        stories.observe(notice)
    told_first, told_second = stories
    assert isinstance(told_first, Cut)
    assert told_first.timed == first
    assert told_first.traced is not None
    assert isinstance(told_second, Cut)
    assert told_second.truncated is not None
    assert told_first.truncated is None


@pytest.mark.parametrize(("late", "said"), [(30, False), (250, True)])
def test_a_decision_that_came_late_is_told_from_evidence_that_did(late: int, said: bool) -> None:
    trace = traced(VOICE)
    was = what_if(trace, trace.settings).cut_ms
    assert was is not None
    lines = sentences(Cut(timed(confirm=was - ORIGIN_MS + late), "natural", trace))
    assert any(f"{late} ms behind that sound" in line for line in lines) == said
