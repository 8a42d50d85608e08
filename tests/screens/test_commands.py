"""The table of commands: it agrees with itself, and everything that is made from it says the same."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.support.readme_keys import TABLES, written
from tests.support.stage import Stage, settings, staged
from voice_tui.messages.intents import CallDemo, ChangeSetting, SelectEndpoint, StepPreset
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.talk import Interrupt, Mute, SwitchesChanged
from voice_tui.messages.turns import FrontEndChanged
from voice_tui.settings.once import Once
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.key_line import key_line
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.keymap import load_keys
from voice_tui.ui.keys import EVERYWHERE, NO_KEY, KeyGroup, Place, acting, goes_first, is_typed, key_name
from voice_tui.ui.outset import Outset
from voice_tui.ui.palette.entries import VoiceCommands
from voice_tui.ui.palette.listing import KEYS_CELLS, TITLE_CELLS

# ---- the table


def test_no_key_means_two_things_on_one_screen() -> None:
    for one, other in combinations(COMMANDS.values(), 2):
        if one.where & other.where:
            assert not set(one.keys) & set(other.keys), (one.id, other.id)


def test_a_letter_has_one_meaning_on_every_screen() -> None:
    meanings: dict[str, set[str]] = {}
    for command in COMMANDS.values():
        for key in command.keys:
            if is_typed(key):
                meanings.setdefault(key, set()).add(command.word)
    several = {key: words for key, words in meanings.items() if len(words) > 1}
    assert several.pop("space") == {"on or off", "pause", "tone"}, "it switches: what the cursor is on, or what runs"
    assert several.pop("r") == {"again", "resume"}, "once more: a measurement, a conversation"
    assert several == {"plus": {"higher", "zoom in"}, "minus": {"lower", "zoom out"}}, "more and less of what is turned"
    common = {"e": "edit", "d": "delete", "u": "undo", "y": "copy", "x": "export", "slash": "search", "a": "add"}
    assert {key: meanings[key] for key in common} == {key: {word} for key, word in common.items()}
    assert meanings["p"] == {"pin"}


def test_no_command_takes_an_editing_key_of_the_input_line() -> None:
    editing = {key for binding in Input.BINDINGS if not isinstance(binding, tuple) for key in binding.key.split(",")}
    shared = {key for c in COMMANDS.values() if Place.CONSOLE in c.where for key in c.keys} & editing
    # What belongs to the line acts while it has no focus; an empty one passes Home and End on, ctrl+c copies first.
    assert shared <= {"enter", "left", "right", "home", "end", "ctrl+c", "ctrl+f"}


def test_letters_never_come_before_typing_and_function_keys_always_do() -> None:
    for command in COMMANDS.values():
        early, late = command.bindings()
        assert (early.id, early.priority, late.priority) == (command.id, True, False)
        assert not [key for key in early.key.split(",") if is_typed(key)]
        assert not [key for key in late.key.split(",") if goes_first(key) and key != NO_KEY]


def test_every_command_has_a_sentence_and_something_to_do() -> None:
    for command in COMMANDS.values():
        assert command.sentence.endswith(".")
        assert (command.request is None) == bool(command.action)
        assert command.where


async def test_every_command_that_acts_on_a_screen_has_its_action_there() -> None:
    app = VoiceTuiApp(None)
    async with app.run_test() as pilot:
        await pilot.pause()
        for screen in await screens(app, pilot):
            for command in acting(COMMANDS, screen.PLACE):
                namespace, _, name = command.run.split("(")[0].rpartition(".")
                assert hasattr(app if namespace == "app" else screen, f"action_{name}"), (screen, command.id)


async def screens(app: VoiceTuiApp, pilot: Pilot[int]) -> list[Shell[Any]]:
    """One of each kind."""
    found: list[Shell[Any]] = [app.console_screen]
    for name in ("help", "context", "memory", "speakers", "inspector", "cost", "calibration", "prompt"):
        app.action_open(name)
        await pilot.pause()
        assert isinstance(app.screen, Shell)
        found.append(app.screen)
        app.screen.action_back()
        await pilot.pause()
    return found


def test_keys_are_named_as_readers_know_them() -> None:
    named = {"f1": "F1", "ctrl+o": "^O", "pageup": "Page Up", "question_mark": "?", "m": "m", "alt+k": "Alt+K"}
    assert {key: key_name(key) for key in named} == named
    assert [key_name(key) for key in ("shift+f6", "K", "escape", "ctrl+enter")] == ["Shift+F6", "K", "Esc", "^Enter"]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_the_readme_and_the_docs_show_the_table(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert written(text, TABLES[path]()) == text, "python -m tests.support.readme_keys"


# ---- the key line


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("width", range(0, 200, 13))
def test_the_key_line_fits_and_drops_the_least_important_first(place: Place, width: int) -> None:
    here = acting(COMMANDS, place)
    for typing in (False, True):
        shown = key_line(here, width, typing=typing)
        assert sum(len(key) + 1 + len(c.word) for key, c in shown) + 2 * max(0, len(shown) - 1) <= max(0, width - 1)
        ranks = [c.rank for _, c in shown]
        assert ranks == sorted(ranks)
        assert not [key for key, _ in shown if typing and len(key) == 1], "what would be typed is no key now"


def test_what_one_needs_first_is_seen_on_eighty_columns() -> None:
    shown = [c.id for _, c in key_line(acting(COMMANDS, Place.CONSOLE), 80, typing=True)]
    assert shown == ["palette", "help", "mute", "interrupt", "next", "demo", "scope"]
    for place in EVERYWHERE - {Place.CONSOLE, Place.REPLAY}:
        assert "back" in {c.id for _, c in key_line(acting(COMMANDS, place), 40, typing=False)}


# ---- keys come before the focused widget


async def test_function_and_control_keys_are_asked_before_an_editor() -> None:
    editing = {key for b in TextArea.BINDINGS if not isinstance(b, tuple) for key in b.key.split(",")}
    assert {"f6", "f7", "ctrl+y"} <= editing, "why they have to be asked first"
    async with staged() as stage:
        stage.app.action_open("prompt")
        await stage.pilot.pause()
        area = stage.app.screen.query_one(TextArea)
        await stage.pilot.press("a", "b", "home", "f6", "f7", "ctrl+f", "ctrl+n", "f2")
        assert (area.text, area.selected_text) == ("ab", "")
        assert stage.sent() == [StepPreset(1), CallDemo(), StepPreset(1), Mute()], "no echo test opens over an editor"


# ---- the palette


def found(stage: Stage, query: str) -> list[str]:
    """What the palette would find on the screen one sees, the best first."""
    return [each.entry.title for each in VoiceCommands(stage.app.screen).found(query)]


FINDS = {
    "barge": "Interrupt the AI",
    "speaker": "Voices",
    "device": "Devices",
    "echo c": "Echo cancellation",
    "echo test": "Echo test",
    "aec": "Echo cancellation",
    "detector": "Next voice detector",
    "microphone": "Mute the microphone",
    "how much": "Echo test",
    "step3": "Preset: step3-detect",
    "stp3": "Preset: step3-detect",
    "sureness 8": "sureness 8.0",
    "turn down to -10 db": "turn down to -10 dB",
    "confirmed both": "confirmed by both",
    "sureness 99": "sureness 99",
    "jump": "Jump",
}


async def test_the_palette_finds_words_of_titles_of_help_and_synonyms() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        assert {query: found(stage, query)[0] for query in FINDS} == FINDS
        assert "Mute the microphone" not in found(stage, "echo"), "its letters stand there by chance"


async def test_a_knob_is_set_from_the_palette_or_gone_to() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(settings("natural"))
        provider = VoiceCommands(stage.app.screen)
        by_title = {entry.title: entry for entry in provider.entries("sure 8")}
        by_title["sureness 8.0"].act()
        await stage.pilot.pause()
        assert stage.sent() == [ChangeSetting("sureness", 8.0)]
        await stage.pilot.press("alt+k")
        await stage.app.run_action("app.turn('backchannel_ms')")
        await stage.pilot.pause()
        slider = stage.app.console_screen.voice.sliders["backchannel_ms"]
        assert (slider.has_focus, slider.display) == (True, True), "unfolded, and back on the console"


async def test_every_line_of_the_palette_has_its_group_and_stands_in_one_row() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(settings("natural"))
        await stage.pilot.press("ctrl+p")
        await stage.pilot.app.workers.wait_for_complete()
        await stage.pilot.pause(0.3)
        drawn = [strip.text for strip in stage.app.screen._compositor.render_strips()]
        assert sum("Talking" in line for line in drawn) >= 6
        groups = {entry.group for entry in VoiceCommands(stage.app.screen_stack[0]).entries()}
        assert {"Talking", "Taking turns", "Screens", "Knob", "Preset", "Theme"} <= groups


async def test_titles_in_the_palette_leave_the_columns_behind_them_where_they_are() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        for entry in VoiceCommands(stage.app.screen).entries():
            if entry.group in set(KeyGroup) | {"Knob", "Theme"}:  # others bear names of the user's
                assert len(entry.title) < TITLE_CELLS, entry.title
                assert len(entry.keys) < KEYS_CELLS, entry.keys


async def test_the_palette_marks_what_is_on() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"), SwitchesChanged(muted=True), FrontEndChanged("fused", True))
        on = [entry.title for entry in VoiceCommands(stage.app.screen).entries() if entry.on]
        assert on == [
            "Mute the microphone",
            "Echo cancellation",
            "Preset: server-vad",
            "Voice detector: fused",
            "Theme: studio",
        ]


async def test_the_palette_marks_the_endpoint_that_is_talked_to_and_shows_where_each_is() -> None:
    offered = [SelectEndpoint("nas", "nas:1/v1/realtime · m"), SelectEndpoint("embedded", "the server in this package")]
    offered.append(SelectEndpoint("wrong", problem="set SOME_KEY"))
    async with staged(endpoints=offered) as stage:
        for told, on in (
            (LinkChanged(Link.LIVE, "", "nas:1", "m", name="nas"), ["Endpoint: nas"]),
            (LinkChanged(Link.RECONNECTING, "in 2 s"), ["Endpoint: nas"]),
            (LinkChanged(Link.LIVE, "", "embedded", "demo", name="embedded"), ["Endpoint: embedded"]),
            (LinkChanged(Link.LIVE, "", "elsewhere:1", "m"), []),
        ):
            await stage.say(told)
            entries = [e for e in VoiceCommands(stage.app.screen).entries() if e.title.startswith("Endpoint: ")]
            assert [entry.title for entry in entries if entry.on] == on
            assert "nas:1/v1/realtime · m" in entries[0].explanation
            assert entries[2].explanation == "It can't be used: set SOME_KEY"


async def test_the_palette_offers_what_acts_on_the_screen_beneath() -> None:
    async with staged() as stage:
        assert "New topic" not in found(stage, "new topic")
        await stage.pilot.press("alt+k")
        assert found(stage, "new topic")[0] == "New topic"
        assert "Summarise" not in found(stage, "make it shorter"), "nothing is offered"


# ---- keys.toml


def keys_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_keys_file_gives_commands_other_keys_and_every_list_shows_them(tmp_path: Path) -> None:
    path = keys_file(tmp_path, 'mute = ["f13", "q"]\ninterrupt = "f2"\nscope = []\n[context]\npin = "P"\n')
    stage = Stage((120, 36))
    stage.app = VoiceTuiApp(stage.link, theme="studio", keys_file=path, clock=lambda: 0.0)
    async with stage.app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("f13", "f2", "f8", "q")
        assert stage.sent() == [Mute(), Interrupt()]
        assert stage.app.console_screen.prompt.value == "q", "a letter never acts while one types"
        await pilot.press("escape", "q")
        assert stage.sent() == [Mute()]
        assert "F13 mute" in str(stage.app.console_screen.key_line.render())
        assert "scope" not in str(stage.app.console_screen.key_line.render())
        assert not stage.news()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('mute = "f99"', "keys.toml: mute: 'f99' is no key"),
        ('mute = "1"', "keys.toml: mute: 1 is carry-on's key"),
        ('mut = "f3"', "keys.toml: mut: there is no such command"),
        ('mute = "f1"', "keys.toml: mute: F1 is help's key"),
        ('mute = "f13"\ntalk = "f13"', "keys.toml: mute: F13 is talk's key"),
        (
            'mute = ["f13", ["x"]]',
            "keys.toml: mute: ['f13', ['x']] is not allowed, give a key in quotes, or a list of them",
        ),
        ("mute = {}", "keys.toml: mute: {} is not allowed, give a key in quotes, or a list of them"),
        ("mute = true", "keys.toml: mute: true is not allowed, give a key in quotes, or a list of them"),
        ("mute = 7.5", "keys.toml: mute: 7.5 is not allowed, give a key in quotes, or a list of them"),
        ('mute = "ctrl+m"', "keys.toml: mute: Enter is enter-input's key"),
        ('mute = "ctrl+["', "keys.toml: mute: Esc is back's key"),
        ('mute = "ctrl+i"', "keys.toml: mute: Tab moves the focus"),
        ('mute = "shift+tab"', "keys.toml: mute: Shift+Tab moves the focus"),
        ("mute = ", "keys.toml: file: "),
    ],
)
def test_a_wrong_line_is_said_with_file_id_and_key_and_changes_nothing(tmp_path: Path, text: str, error: str) -> None:
    loaded = load_keys(keys_file(tmp_path, text), COMMANDS)
    assert loaded.commands["mute"] == COMMANDS["mute"]
    (said,) = loaded.errors
    assert said.startswith(error)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('mute = "F13"', ("f13",)),
        ('mute = ["Ctrl+U", "^V"]', ("ctrl+u", "ctrl+v")),
        ('mute = "Alt+Q"', ("alt+q",)),
        ('mute = "alt+Q"', ("alt+shift+q",)),
        ('mute = "shift+q"', ("Q",)),
        ("mute = [7]", ("7",)),
        ('jump = []\nmute = "Ctrl+Space"', ("ctrl+@", "ctrl+space")),
    ],
)
def test_a_key_may_be_written_as_the_screen_shows_it(tmp_path: Path, text: str, keys: tuple[str, ...]) -> None:
    loaded = load_keys(keys_file(tmp_path, text), COMMANDS)
    assert loaded.errors == []
    assert loaded.commands["mute"].keys == keys


def test_every_key_of_the_table_may_be_written_as_it_is_shown(tmp_path: Path) -> None:
    for command in COMMANDS.values():
        shown = ", ".join(f"'{name}'" for name in command.key_names if name != ",")
        loaded = load_keys(keys_file(tmp_path, f"'{command.id}' = [{shown}]"), COMMANDS)
        assert loaded.errors == []
        assert loaded.commands[command.id].key_names == tuple(name for name in command.key_names if name != ",")


def test_keys_can_be_exchanged(tmp_path: Path) -> None:
    loaded = load_keys(keys_file(tmp_path, 'mute = "f3, ctrl+t"\ntalk = "f2, ctrl+o"'), COMMANDS)
    assert loaded.errors == []
    assert loaded.keymap == {
        "mute": "f3,ctrl+t",
        "mute:late": NO_KEY,
        "talk": "f2,ctrl+o",
        "talk:late": NO_KEY,
    }


async def test_wrong_lines_are_said_at_the_start(tmp_path: Path) -> None:
    app = VoiceTuiApp(None, keys_file=keys_file(tmp_path, 'mut = "f3"'))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert [piece.text for piece in app.state.news.said] == ["keys.toml: mut: there is no such command"]


# ---- keys that did something else once


async def test_the_first_use_of_a_key_that_did_something_else_says_where_that_is_now(tmp_path: Path) -> None:
    outset = Outset(once=Once(tmp_path / "told"))
    async with staged(outset=outset) as stage:
        await stage.pilot.press("f9", "f9", "f10", "escape", "f10", "escape", "f8")
        assert stage.news() == [
            "F9 keeps the conversation; echo cancellation is switched in the palette (^P).",
            "F10 shows what goes over the wire; voice detectors are chosen in the palette (^P).",
        ]
    async with staged(outset=outset) as stage:
        await stage.pilot.press("f9", "f10", "escape", "f5")
        assert stage.news() == ["F5 says why it was cut; Shift+F6 is the preset before."]
