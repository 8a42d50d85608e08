"""`voice-tui test`: scenarios as a user plays them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.simulation.commands import Done, run, wav
from tests.simulation.people import scripted
from tests.simulation.world import World
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.scenario.reader import library


@pytest.mark.usefixtures("real_models")
@pytest.mark.parametrize("name", library())
def test_what_comes_with_voice_tui_passes(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, "test", name)
    assert (done.out.splitlines()[-1], done.code) == ("1 passed, 0 failed", 0), done.out


def played(
    folder: Path,
    steps: str,
    *flags: str,
    head: str = "preset: server-vad",
    act: Callable[[World], None] = lambda world: None,
) -> Done:
    """A scenario of these steps, played with tones instead of words."""
    (folder / "one.yaml").write_text(f"name: one\n{head}\nsteps:\n{steps}", encoding="utf-8")
    return run(folder, "test", "one.yaml", *flags, cast=scripted, act=act)


def test_a_scenario_that_must_fail_fails_and_says_why(tmp_path: Path) -> None:
    steps = """
  - say: How much is twelve times seven?
  - expect: {event: answered, text_contains: "85", within_ms: 8000}
  - expect: {event: interrupted, within_ms: 1000}
  - expect: {event: answered, text_contains: "84"}
  - expect: {calls: [calculate], within_ms: 9000}
"""
    done = played(tmp_path, steps, "--junit", "report.xml")
    assert done.code == 1
    first, *reasons, kept, last = done.out.splitlines()
    assert first.startswith("FAILED  one  (")
    assert last == "0 passed, 1 failed"
    answered, interrupted, calls = reasons
    asked = "say 'How much is twelve times seven?'"
    assert answered.startswith(
        f"        one.yaml:6: expected answered within 8,000 ms of the end of {asked}: it happened, but its text is "
        "'That is 84.', without '85'; since the end of"
    )
    assert f"one.yaml:7: expected interrupted within 1,000 ms of the end of {asked}: it did not happen" in interrupted
    assert "one.yaml:9: expected calls of calculate within 9,000 ms" in calls
    assert "no tool was called" in calls
    for reason in reasons:
        assert "user_turn +" in reason
        assert "assistant_speaking +" in reason
    recording = kept.removeprefix("        recording: ")
    assert Path(recording).parent == tmp_path / "voice-tui" / "failures"
    assert open_recording(Path(recording)).session.ended
    [case] = ET.parse(tmp_path / "report.xml").iter("testcase")
    failure, out = list(case)
    assert (failure.tag, out.tag) == ("failure", "system-out")
    assert (failure.text or "").splitlines() == [reason.strip() for reason in reasons]
    assert "answered +" in (out.text or "")
    assert (out.text or "").endswith(f"recording: {recording}")


RIGHT = "  - play: cough\n  - type: How much is two plus three?\n  - expect: {event: answered}\n"


@pytest.mark.parametrize(("flags", "count"), [((), 0), (("--record", "kept"), 1)], ids=["", "--record"])
def test_a_talk_in_which_all_was_right_is_kept_only_where_that_is_wanted(
    flags: tuple[str, ...], count: int, tmp_path: Path
) -> None:
    assert played(tmp_path, RIGHT, *flags).code == 0
    assert len(shelf.kept(tmp_path / "kept")) == count
    assert [*(tmp_path / "voice-tui" / "failures").glob("*")] == []
    assert not (tmp_path / "voice-tui" / "recordings").exists()


def test_a_scenario_is_not_taken_for_a_folder(tmp_path: Path) -> None:
    done = played(tmp_path, RIGHT, "--record", "greeting")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: --record greeting: give ./greeting for a folder of that name")


EXCUSE_ME = """
  - say: Please tell me a long story.
  - say: Excuse me.
    send_after: {event: assistant_speaking, unheard_ms: UNHEARD, within_ms: 9000}
  - expect: {event: interrupted, since: begin, within_ms: 1500}
"""


def test_a_voice_waits_until_there_is_enough_of_the_answer_and_says_where_there_never_is(tmp_path: Path) -> None:
    assert played(tmp_path, EXCUSE_ME.replace("UNHEARD", "2000")).code == 0
    done = played(tmp_path, EXCUSE_ME.replace("UNHEARD", "600000"))
    assert done.code == 1
    assert "waited 9,000 ms for 600,000 ms to interrupt in vain: the answer had " in done.out
    assert " s of it had been heard; since" in done.out


FIGURES = """
  - say: Please tell me a long story.
  - say: Yes.
    kind: backchannel
    send_after: {event: assistant_speaking, delay_ms: 2000}
  - pause: 3000
  - play: cough
  - pause: 3000
  - interrupt:
  - expect: {figure: R_R, at_least: 1}
  - expect: {figure: L_R, at_most: 2000, at_least: 500}
  - expect: {figure: S_BC, at_least: FLOOR, field: hits}
  - expect: {figure: S_VT, at_least: 1, field: n}
"""


def test_figures_are_judged_when_the_talk_is_over_and_know_what_was_no_turn(tmp_path: Path) -> None:
    head = "preset: step2-local-vad"  # talks on, whatever is said meanwhile
    right = played(tmp_path, FIGURES.replace("FLOOR", "1"), head=head)
    assert right.code == 0, right.out
    wrong = played(tmp_path, FIGURES.replace("FLOOR", "2"), head=head)
    assert wrong.code == 1
    assert "one.yaml:15: expected S_BC (hits) at least 2: it is 1 (1 of 1)" in wrong.out


def test_a_figure_of_nothing_is_no_figure(tmp_path: Path) -> None:
    done = played(tmp_path, RIGHT.removeprefix("  - play: cough\n") + "  - expect: {figure: R_Y, at_least: 0.5}\n")
    assert done.code == 1
    assert "expected R_Y at least 0.5: nothing happened that it measures" in done.out
    silent = played(tmp_path, "  - interrupt:\n  - expect: {figure: R_Y, at_least: 0.5}\n")
    assert silent.code == 1
    assert "no R_Y: " in silent.out
    assert "nothing can be heard in the left channel (the user)" in silent.out


def test_what_is_waited_for_in_vain_ends_it(tmp_path: Path) -> None:
    done = played(tmp_path, "  - wait: interrupted\n    within_ms: 700\n  - type: Hello.\n")
    assert done.code == 1
    assert "one.yaml:4: waited 700 ms for interrupted in vain; since the start: nothing happened" in done.out
    assert len(done.out.splitlines()) == 4


def test_so_does_its_own_limit(tmp_path: Path) -> None:
    done = played(tmp_path, "  - pause: 1\n  - pause: 60000\n", head="limit_ms: 5000")
    assert done.code == 1
    assert "one.yaml:5: it was not over within its limit_ms of 5,000" in done.out


def lost(world: World, at_s: float = 3.0) -> None:
    """The line is lost then, and nobody is let in again, nor may ask before a minute has passed."""

    def busy() -> None:
        world.network.status, world.network.wish_s = 503, 70
        world.network.drop()

    world.loop.call_later(at_s, busy)


def never_ready(world: World) -> None:
    """... when the server has said its first word, and before it has agreed to the settings."""
    world.network.latency_s = 1.0
    lost(world, 4.0)


BUSY = "not connected within 60 s: embedded: HTTP 503, "


def test_why_nobody_is_connected_is_said(tmp_path: Path) -> None:
    done = played(tmp_path, "  - type: Hello.\n", "--json", act=never_ready)
    assert done.code == 1
    (failure,) = json.loads(done.out)["failures"]
    assert failure["reason"].startswith(BUSY)


def test_so_it_is_where_the_limit_of_the_scenario_is_shorter(tmp_path: Path) -> None:
    done = played(tmp_path, "  - type: Hello.\n", head="limit_ms: 9000", act=never_ready)
    limit = "one.yaml:4: it was not over within its limit_ms of 9,000; not connected: embedded: HTTP 503, "
    assert limit in done.out


def test_so_it_is_where_the_line_is_lost_in_the_middle(tmp_path: Path) -> None:
    done = played(tmp_path, "  - wait: interrupted\n    within_ms: 9000\n", act=lost)
    (line,) = (line for line in done.out.splitlines() if "in vain" in line)
    assert "; not connected: embedded: HTTP 503, " in line


@pytest.mark.parametrize("after", ["", "\n    send_after: {event: assistant_speaking, delay_ms: 1500}"])
def test_a_key_interrupts_where_it_is_told_to(tmp_path: Path, after: str) -> None:
    low, high = (1_400, 1_600) if after else (0, 60)
    steps = f"""
  - type: Please tell me a long story.
  - wait: assistant_speaking
  - interrupt:{after}
  - expect: {{event: truncated, field: audio_end_ms, at_least: {low}, at_most: {high}}}
  - expect: {{event: interrupted, where: {{source: key}}, within_ms: 50}}
"""
    assert played(tmp_path, steps).out.splitlines()[-1] == "1 passed, 0 failed"


def test_settings_change_while_it_talks_and_the_server_has_agreed_before_the_next_step(tmp_path: Path) -> None:
    steps = """
  - set: {preset: push-to-talk}
  - say: How much is two plus three?
  - expect: {event: thinking, within_ms: 200}
  - expect: {event: answered, text_contains: "5"}
  - set: {preset: server-vad, knobs: {silence_duration_ms: 900}}
  - say: How much is two plus four?
  - expect: {event: speech_stopped, within_ms: 700, absent: true}
  - expect: {event: answered, text_contains: "6"}
  - set: {muted: true}
  - say: How much is two plus five?
  - expect: {event: speech_started, within_ms: 3000, absent: true}
"""
    assert played(tmp_path, steps).out.splitlines()[-1] == "1 passed, 0 failed"


def test_tools_of_a_file_beside_the_scenario_are_called_and_need_what_is_approved(tmp_path: Path) -> None:
    (tmp_path / "door.py").write_text(
        "from voice_tui.tools import approve\n"
        '@approve\ndef open_door(which: str) -> str:\n    """Open a door."""\n    return f"{which} is open"\n',
        encoding="utf-8",
    )
    steps = """
  - type: Use the tool open door with which "front".
  - expect: {calls: [{name: open_door, arguments: {which: front}, failed: FAILS}]}
"""
    refused = played(tmp_path, steps.replace("FAILS", "true"), head="tools: [door.py]")
    agreed = played(tmp_path, steps.replace("FAILS", "false"), head="tools: [door.py]\napprove: [open_door]")
    assert (refused.code, agreed.code) == (0, 0), refused.out + agreed.out


def test_a_noise_and_a_recording_are_heard(tmp_path: Path) -> None:
    wav(tmp_path / "tone.wav", np.full(RATE, 8_000, np.int16))
    steps = """
  - play: cough
    level: -12
  - expect: {event: speech_started, since: begin, within_ms: 300}
  - wait: quiet
  - play: tone.wav
  - expect: {event: speech_started, since: begin, within_ms: 300}
  - expect: {event: speech_stopped, within_ms: 700}
  - expect: {event: speech_stopped, since: begin, within_ms: 1100, absent: true}
"""
    assert played(tmp_path, steps).out.splitlines()[-1] == "1 passed, 0 failed"


@pytest.mark.parametrize(("level", "heard"), [(-14, True), (-50, False)])
def test_a_background_is_heard_all_the_time(level: int, heard: bool, tmp_path: Path) -> None:
    steps = f"  - expect: {{event: speech_started, since: start, within_ms: 2000, absent: {str(not heard).lower()}}}\n"
    done = played(tmp_path, steps, head=f"preset: server-vad\nbackground: {{play: hiss, level: {level}}}")
    assert done.code == 0, done.out


def test_a_recording_that_is_not_there_is_said_before_anybody_is_called(tmp_path: Path) -> None:
    done = played(tmp_path, "  - say: Hello.\n  - play: gone.wav\n", "--json")
    assert done.code == 1
    told = json.loads(done.out)
    assert told["error"] == f"play: {Path('gone.wav')}: No such file or directory"
    assert (told["ok"], told["failures"], told["recording"], told["cost"]) == (False, [], None, None)


def test_a_wrong_scenario_is_said_before_any_is_played(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("name: bad\nsteps: [shout: Hi.]", encoding="utf-8")
    done = run(tmp_path, "test", "nobody", "greeting", "bad.yaml", cast=scripted)
    assert (done.code, done.out) == (2, "")
    nobody, bad = done.err.splitlines()
    assert nobody.startswith("Error: nobody: no such file, and no scenario of that name, there are backchannel")
    assert bad.startswith("Error: bad.yaml:2: steps[0]: {'shout': 'Hi.'} has none of say")


def test_what_the_command_line_says_of_the_preset_counts_more(tmp_path: Path) -> None:
    steps = "  - say: How much is two plus three?\n  - expect: {event: thinking, within_ms: 200}\n"
    assert played(tmp_path, steps).code == 1
    assert played(tmp_path, steps, "--preset", "push-to-talk").code == 0


def test_sound_among_the_lines_is_refused(tmp_path: Path) -> None:
    done = played(tmp_path, "  - pause: 1\n", "--speaker", "-")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: --speaker: - is not allowed here, where standard output has lines")


def test_what_goes_wrong_at_the_end_is_an_error_too(tmp_path: Path) -> None:
    (tmp_path / "full.wav").symlink_to("/dev/full")
    done = played(tmp_path, "  - pause: 50\n", "--speaker", "full.wav")
    assert done.code == 1
    assert "one.yaml: speaker: full.wav: No space left on device" in done.out
