"""Profile files: the packaged ones, the user's own, and each kind of mistake in one line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from voice_tui.conversation.prompt import PLACEHOLDER, filled
from voice_tui.messages.context import SetContext
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.tools import ToolSpec
from voice_tui.settings.profiles import TOOLS, load_profiles, packaged_folder

PACKAGED = load_profiles([packaged_folder()])
SPECS = {name: ToolSpec(name, name.title(), {"type": "object", "properties": {}}) for name in TOOLS}
GOOD = """
name = "pirate"
about = "Talks like one."
instructions = "You are a pirate. You talk with {user_name}."
tone = "loud."
voice = "ash"
preset = "server-vad"
greeting = "Ahoy"
tools = ["recall"]
[details]
user_name = "Jim"
[context]
mode = "auto"
budget = 4000
topic_threshold = 0.5
"""


def only(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "pirate.toml").write_text(text, encoding="utf-8")
    found = load_profiles([tmp_path])
    assert found.profiles == {}
    return found.errors


def test_the_packaged_profiles_are_right() -> None:
    assert PACKAGED.errors == []
    assert list(PACKAGED.profiles) == ["call-centre-agent", "helpful-assistant", "interviewer", "language-tutor"]
    for profile in PACKAGED.profiles.values():
        assert profile.about
        assert profile.tone
        assert profile.tools


@pytest.mark.parametrize("name", PACKAGED.profiles)
def test_a_packaged_prompt_reads_well_with_and_without_a_name(name: str) -> None:
    profile = PACKAGED.profiles[name]
    assert "{user_name}" in profile.prompt
    named = filled(profile.prompt, {**profile.details, "user_name": "Alice"})
    assert "Alice" in named
    assert not PLACEHOLDER.search(named)
    unnamed = filled(profile.prompt, profile.details)
    assert not re.search(r"  | [,.]|,[,.]|\bwith\.", unnamed)


def test_a_file_says_everything(tmp_path: Path) -> None:
    (tmp_path / "pirate.toml").write_text(GOOD, encoding="utf-8")
    found = load_profiles([packaged_folder(), tmp_path, tmp_path / "missing"])
    assert found.errors == []
    assert [*found.profiles][-1] == "pirate"
    pirate = found.profiles["pirate"]
    prompt = "You are a pirate. You talk with {user_name}.\nYour tone: loud."
    assert pirate.configured() == {"instructions": prompt, "voice": "ash", "preset": "server-vad"}
    assert pirate.request(SPECS) == SelectProfile(
        "pirate",
        "Talks like one.",
        prompt,
        "ash",
        (SPECS["recall"],),
        {"user_name": "Jim"},
        "server-vad",
        SetContext("auto", 4000, topic_threshold=0.5),
    )


def test_a_tool_that_this_run_does_not_have_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "pirate.toml").write_text(GOOD, encoding="utf-8")
    assert load_profiles([tmp_path]).profiles["pirate"].request({}).tools == ()


def test_files_of_tools_that_were_not_loaded_are_named(tmp_path: Path) -> None:
    text = 'name = "x"\ninstructions = "Be x."\ntools = ["recall", "their_tools.py"]\n'
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    profile = load_profiles([tmp_path]).profiles["x"]
    assert profile.request(SPECS).unloaded == ("their_tools.py",)
    theirs = replace(SPECS["recall"], name="open_door", source="profile x")
    assert profile.request({**SPECS, "open_door": theirs}).unloaded == ()


def test_what_a_file_leaves_out_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('name = "x"\ninstructions = "Be x."\n', encoding="utf-8")
    profile = load_profiles([tmp_path]).profiles["x"]
    assert profile.configured() == {"instructions": "Be x."}
    assert profile.request(SPECS) == SelectProfile("x", "", "Be x.")


def test_the_users_file_replaces_a_packaged_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "interviewer"\ninstructions = "Ask me."\n', encoding="utf-8")
    found = load_profiles([packaged_folder(), tmp_path])
    assert found.profiles["interviewer"].prompt == "Ask me."
    assert len(found.profiles) == len(PACKAGED.profiles)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('voice = ""', "voice: '' is not allowed, give some words"),
        ("tone = 3", "tone: 3 is not allowed, give a text in quotes"),
        ('preset = "loud"', "preset: 'loud' is not allowed, give one of natural, server-vad, semantic-vad"),
        ('tools = ["delete-everything"]', "tools: 'delete-everything' is not allowed, give one of remember, recall"),
        ('tools = "recall"', "tools: 'recall' is not allowed, give a list of remember, recall, forget"),
        ('colour = "red"', "colour: unknown, there are name, instructions, about"),
        ('details = "Jim"', "details: 'Jim' is not allowed, give a table"),
        ("[details]\nage = 7", "details.age: 7 is not allowed, give a text in quotes"),
        ("[context]\nbudget = 12", "context.budget: 12 is not between 500 and 128000"),
        ("[context]\nkeep_turns = true", "context.keep_turns: true is not between 1 and 50"),
        ("[context]\nkeep_turns = 2.5", "context.keep_turns: 2.5 is no whole number"),
        ("[context]\ntopic_threshold = nan", "context.topic_threshold: nan is not between 0.1 and 1.5"),
        ('[context]\nmode = "never"', "context.mode: 'never' is not one of off, ask, auto"),
        ("[context]\nroom = 1", "context.room: unknown, there are mode, budget, keep_turns"),
        ("name = ", "file: "),
    ],
)
def test_each_mistake_is_one_line_that_names_file_field_value_and_what_is_allowed(
    tmp_path: Path, line: str, reason: str
) -> None:
    (error,) = only(tmp_path, f'name = "pirate"\ninstructions = "Be one."\n{line}\n')
    assert error.startswith(f"pirate.toml: {reason}")
    assert "\n" not in error


def test_all_mistakes_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    errors = only(tmp_path, 'name = "Big Pirate"\nvoice = 1\n[context]\nbudget = 1\nkeep_turns = 99\n')
    assert errors == [
        "pirate.toml: context.budget: 1 is not between 500 and 128000",
        "pirate.toml: context.keep_turns: 99 is not between 1 and 50",
        "pirate.toml: instructions: missing",
        "pirate.toml: name: 'Big Pirate' is not allowed, give small letters, digits and hyphens",
        "pirate.toml: voice: 1 is not allowed, give a text in quotes",
    ]
