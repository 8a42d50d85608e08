"""Recordings in which nobody takes a turn: all measures can be asked for."""

from __future__ import annotations

import pytest

from voice_tui.audio.stream.audible import Stretch
from voice_tui.replay.judge.judgement import judged
from voice_tui.replay.judge.timeline import Kind, Sound, Timeline


@pytest.mark.parametrize("user", [(), (Sound(500, 900, Kind.BACKCHANNEL, labelled=True),)])
@pytest.mark.parametrize("agent", [(), (Stretch(0, 2_000),)])
def test_every_measure_is_there_or_has_no_event(user: tuple[Sound, ...], agent: tuple[Stretch, ...]) -> None:
    judgement = judged("talk", Timeline(user, agent, 5_000))
    for key in ("L_R", "R_R", "takeover", "turn_score"):
        figure = judgement.figures[key]
        assert figure is None or figure.value is None
