"""Knobs that were tuned before a talk began are among the circumstances of its recording."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from voice_tui.messages.inputs import Ticked, UserWanted
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import SettingsChanged
from voice_tui.tape.circumstances import Circumstances, engine_of, packed, unpacked

TUNED = {"server-vad": replace(PRESETS["server-vad"].settings, threshold=0.7)}


def test_an_engine_that_lives_it_again_begins_with_the_same_knobs() -> None:
    kept = unpacked(packed(Circumstances("", 0.0, "realtime", "natural", tuned=TUNED)))
    assert kept.tuned == TUNED
    engine = engine_of(kept)
    engine.receive(Ticked(1.0))
    engine.receive(UserWanted(SelectPreset("server-vad")))
    told = [notice for notice in engine.notices() if isinstance(notice, SettingsChanged)]
    assert told[-1].settings.threshold == 0.7


def test_a_recording_from_before_that_can_still_be_read() -> None:
    value = msgspec.json.decode(packed(Circumstances("", 0.0, "realtime", "natural")))
    del value["tuned"]
    assert unpacked(msgspec.json.encode(value)).tuned == {}
