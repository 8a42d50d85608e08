"""Recorded talks are judged: by their sound, and by what only the recording knows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.simulation.test_determinism import interrupted
from tests.simulation.test_recording import recorded
from tests.simulation.world import World
from voice_tui.cli.judge import judge
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.talk import Truncated
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.replay.judge.facts import Facts, facts_of
from voice_tui.replay.judge.judgement import MEASURES
from voice_tui.replay.judge.recording import HearingSettings, material_of
from voice_tui.replay.judge.so_far import TalkSoFar
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.judge.timeline import Kind

TAPE_MS = 15
"""How far a figure may be off from a recording of ours."""
LIVE_MS = 120
"""How far the end of an answer that nobody cut may be off while one talks: levels are told thirty a second."""


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, RecordedTalk]:
    """A long story that the user interrupts."""
    return recorded(interrupted, tmp_path_factory.mktemp("talk"), "step4-cancel")


def test_what_was_heard_of_an_answer_is_what_was_truncated(talk: tuple[World, RecordedTalk]) -> None:
    world, recording = talk
    facts = facts_of(recording.notices())
    (truncated,) = {notice.audio_end_ms for notice in world.told(Truncated)}
    cut, whole = facts.answers
    assert (cut.heard_ms, cut.kept_words, cut.complete) == (truncated, 0, False)
    assert (whole.heard_ms, whole.kept_words, whole.complete) == (whole.received_ms, None, True)
    (stop,) = facts.cuts
    assert not stop.needless


def test_an_interruption_takes_as_long_as_it_was_told_to_take(talk: tuple[World, RecordedTalk]) -> None:
    world, recording = talk
    result = CliRunner().invoke(judge, [str(recording.path.parent), "--json", "--user", "sound"])  # its words are tones
    assert result.exit_code == 0, result.output
    figures = json.loads(result.output)
    assert figures["name"] == str(recording.path)
    assert figures["tau_voice"]["R_Y"] == {"hits": 1, "n": 1, "rate": 1.0}
    told = dict(world.told(InterruptionTimed)[-1].steps)[Stage.QUIET]
    assert figures["tau_voice"]["L_Y"]["mean_ms"] == pytest.approx(told, abs=TAPE_MS)
    assert figures["ours"]["audible_share"] == {"hits": 1, "n": 1, "rate": 1.0}
    assert figures["ours"]["unheard_words"]["n"] == 1
    assert figures["ours"]["heard"]["n"] == 2
    assert figures["ours"]["false_yields"]["count"] == 0


def test_what_is_judged_while_one_talks_is_what_the_recording_says_later(talk: tuple[World, RecordedTalk]) -> None:
    _, recording = talk
    so_far = TalkSoFar(round(recording.session.talk_s * 1000))
    for told in recording.notices():
        so_far.observe(told.notice)
    settings = HearingSettings(speech=UserSpeech.SOUND)  # its words are tones
    live, later = so_far.timeline, material_of(recording.talk).timeline(settings)
    assert [sound.kind for sound in live.user] == [sound.kind for sound in later.user] == [Kind.TURN, Kind.INTERRUPTION]
    one, other = (
        [*((u.start_ms, u.end_ms) for u in each.user), *((a.start_ms, a.end_ms) for a in each.agent)]
        for each in (live, later)
    )
    assert len(one) == len(other) == 4
    assert np.abs(np.array(one) - np.array(other)).max() <= LIVE_MS, (one, other)
    for key in ("L_R", "L_Y"):
        figures = [MEASURES[key].take(timeline) for timeline in (live, later)]
        assert figures[0].value == pytest.approx(figures[1].value, abs=TAPE_MS), key  # type: ignore[union-attr]


def test_a_replay_shows_what_was_known_at_a_moment(talk: tuple[World, RecordedTalk]) -> None:
    whole = material_of(talk[1].talk).timeline(HearingSettings(speech=UserSpeech.SOUND))
    middle = (whole.agent[0].start_ms + whole.agent[0].end_ms) // 2
    then = whole.until(middle)
    assert (len(then.user), len(then.agent), then.length_ms) == (1, 1, middle)
    assert then.ends_open(then.agent[0])
    assert then.facts == Facts()


def test_notices_that_can_not_be_read_are_left_out_and_counted_in_a_line(
    talk: tuple[World, RecordedTalk], tmp_path: Path
) -> None:
    copied = tmp_path / "copied"
    copied.mkdir()
    for name in (shelf.SESSION, shelf.TALK):
        (copied / name).write_bytes((talk[1].path / name).read_bytes())
    (copied / shelf.NOTICES).write_text('{"t":1,"Nonsense":{}}\n')
    result = CliRunner().invoke(judge, [str(copied)])
    assert result.exit_code == 0
    assert f"voice-tui: {copied}: 1 of its notices can't be read here, left out" in result.output.splitlines()


def test_of_a_recording_whose_session_is_foreign_here_the_sound_is_judged(
    talk: tuple[World, RecordedTalk], tmp_path: Path
) -> None:
    copied = shutil.copytree(talk[1].path, tmp_path / "copied")
    session = json.loads((copied / shelf.SESSION).read_text())
    (copied / shelf.SESSION).write_text(json.dumps(session | {"family": "alien"}))
    result = CliRunner().invoke(judge, [str(copied), "--user", "sound"])
    assert result.exit_code == 0
    first, *lines = result.output.splitlines()
    assert first.startswith(f"voice-tui: {copied}: session.json: family: 'alien' is none of realtime")
    assert first.endswith(": only its sound is judged")
    assert any(line.split()[:1] == ["L_R"] for line in lines)
    assert not any("audible_share" in line for line in lines)
