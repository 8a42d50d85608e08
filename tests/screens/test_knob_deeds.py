"""What is done with all knobs: moves are undone, sets compared, saved, put back and copied."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.support.stage import Stage, settings, staged
from voice_tui.messages.agreed import SessionAgreed
from voice_tui.messages.intents import ChangeSetting, Request, SelectPreset
from voice_tui.messages.knobs import change
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Row, RowChanged, SettingsChanged
from voice_tui.settings.tuned import KnobSet, TunedFile, read


async def obey(stage: Stage, preset: str = "natural") -> list[Request]:
    """Let the voice side do what was asked, one request after the other."""
    sent = stage.sent()
    told = stage.app.state.last(SettingsChanged)
    now = told.settings if told.preset == preset else PRESETS[preset].settings
    for request in sent:
        if isinstance(request, ChangeSetting):
            now = change(now, request.name, request.value)
            await stage.say(SettingsChanged(preset, now, PRESETS[preset].knobs))
    return sent


async def test_a_move_is_undone_and_redone_by_key_while_typing_and_by_mouse() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        sureness = stage.app.console_screen.voice.sliders["sureness"]
        sureness.focus()
        await stage.pilot.press("right")
        await obey(stage)
        await stage.pilot.press("u")
        assert await obey(stage) == [ChangeSetting("sureness", 6.0)]
        await stage.pilot.press("U")
        assert await obey(stage) == [ChangeSetting("sureness", 6.5)]
        await stage.pilot.press("escape", "enter", "ctrl+z")
        assert await obey(stage) == [ChangeSetting("sureness", 6.0)]
        line = stage.app.console_screen.voice.deed_line
        await stage.pilot.click(line, offset=(line.render().plain.index("U redo"), 0))
        assert await obey(stage) == [ChangeSetting("sureness", 6.5)]


async def test_one_key_changes_between_two_sets_and_the_line_says_which() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        line = stage.app.console_screen.voice.deed_line
        assert "B A/B" in line.render().plain
        await stage.pilot.press("escape", "B")
        assert "A [B]" in line.render().plain
        stage.app.console_screen.voice.sliders["sureness"].focus()
        await stage.pilot.press("right")
        await obey(stage)
        await stage.pilot.press("B")
        assert await obey(stage) == [ChangeSetting("sureness", 6.0)]
        assert "[A] B" in line.render().plain


async def test_what_is_saved_is_written_and_is_where_the_knob_was(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    async with staged(tuned_file=file) as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        voice.sliders["sureness"].focus()
        await stage.pilot.press("right")
        await obey(stage)
        assert voice.help.seen.endswith("(was 6.0)")
        await stage.pilot.press("s")
        assert voice.help.seen.endswith("1.0 to 12.0")
    again, problems = read(tmp_path / "tuned.toml")
    assert problems == []
    assert again.knobs["natural"].sureness == 6.5
    assert again.start == {"preset": "natural", "theme": "studio"}


async def test_all_knobs_are_put_back_at_once() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        voice = stage.app.console_screen.voice
        for name in ("sureness", "confirm"):
            voice.sliders[name].focus()
            await stage.pilot.press("right")
        await obey(stage)
        await stage.pilot.press("0")
        assert await obey(stage) == [ChangeSetting("confirm", 0), ChangeSetting("sureness", 6.0)]


async def test_with_a_knob_in_hand_y_copies_what_the_server_has_taken() -> None:
    update = '{"type": "session.update", "session": {"type": "realtime", "audio": {}}}'
    async with staged() as stage:
        await stage.say(settings("natural"), RowChanged(Row("a", "user", "You", "hello"), None))
        voice = stage.app.console_screen.voice
        voice.sliders["sureness"].focus()
        await stage.pilot.press("y")
        assert stage.app.clipboard == "hello", "the server has taken nothing yet"
        await stage.say(SessionAgreed(update))
        await stage.pilot.press("y")
        assert json.loads(stage.app.clipboard) == json.loads(update)
        await stage.app.run_action("screen.knobs('copy-python')")
        assert "AsyncOpenAI" in stage.app.clipboard
        assert "sureness 6.0" in stage.app.clipboard
        await stage.app.run_action("screen.knobs('copy-javascript')")
        assert "OpenAIRealtimeWS" in stage.app.clipboard
        await stage.pilot.press("escape", "y")
        assert stage.app.clipboard == "hello"


async def test_what_the_last_sweep_recommends_is_applied_and_saved_by_one_key(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    file.recommend(KnobSet("server-vad", change(PRESETS["server-vad"].settings, "silence_duration_ms", 300)))
    async with staged(tuned_file=file) as stage:
        await stage.say(settings("natural"))
        await stage.pilot.press("escape", "A")
        sent = stage.sent()
        assert sent[0] == SelectPreset("server-vad")
        assert ChangeSetting("silence_duration_ms", 300) in sent
        saved, problems = read(tmp_path / "tuned.toml")
        assert (saved.start["preset"], saved.knobs["server-vad"].silence_duration_ms, problems) == (
            "server-vad",
            300,
            [],
        )


async def test_what_is_wrong_with_it_is_told_as_it_is_taken_unless_it_was(tmp_path: Path) -> None:
    file, path = TunedFile(tmp_path / "tuned.toml"), tmp_path / "swept.toml"
    async with staged(tuned_file=file) as stage:
        await stage.say(settings("natural"))
        path.write_text("[natural]\nsureness = 4\nfoo = 1\n")
        await stage.pilot.press("escape", "A")
        assert ChangeSetting("sureness", 4.0) in stage.sent()
        assert "saved: natural, sureness 4.0. Left out: swept.toml: natural: foo: no such setting" in said(stage)
        await stage.pilot.press("A")
        assert said(stage).endswith("saved: natural, sureness 4.0.")
        path.write_text("[natural\n")
        os.utime(path, ns=(1, 1))
        await stage.pilot.press("A")
        assert said(stage).startswith("swept.toml: file: Expected ']'")
        assert not stage.app.console_screen.voice.deeds.can("swept")


def said(stage: Stage) -> str:
    return stage.app.state.news.said[-1].text
