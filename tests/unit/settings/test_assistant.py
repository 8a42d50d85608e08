"""From configuration and profile file to who the assistant is."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_tui.messages.profile import DEFAULT_INSTRUCTIONS, Profile, ToolSpec
from voice_tui.settings import profiles as assistant
from voice_tui.settings.config import Config, load
from voice_tui.settings.profiles import LoadedProfiles, ProfileFile

PIRATE = ProfileFile(
    "pirate",
    "You are a pirate.",
    voice="ash",
    preset="server-vad",
    greeting="Ahoy",
    tools=("recall",),
    details={"ship": "Pearl"},
    context={"budget": 4_000, "keep_turns": 2},
)
TOOLS = tuple(ToolSpec(name, name, {"type": "object", "properties": {}}) for name in ("remember", "recall"))


def test_a_profile_stands_above_the_config_file_and_below_everything_else(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text('voice = "marin"\ninstructions = "From the file."\ncontext_budget = 9000\nmodel = "m"\n')
    config, problems = load({"preset": "natural"}, {"VOICE_TUI_VOICE": "coral"}, None, toml, PIRATE.configured())
    assert problems == []
    assert (config.instructions, config.voice, config.preset) == ("You are a pirate.", "coral", "natural")
    assert (config.model, config.context_budget) == ("m", 9_000)


def test_without_a_profile_it_is_the_configurations_own() -> None:
    profile = assistant.profile(Config(transcription_model="none", greeting=False), None)
    assert profile == Profile(transcription_model="", greeting="")
    assert profile.instructions == DEFAULT_INSTRUCTIONS


def test_a_profile_brings_greeting_details_and_context_settings() -> None:
    profile = assistant.profile(Config(), PIRATE)
    assert (profile.greeting, profile.details) == ("Ahoy", {"ship": "Pearl"})
    assert (profile.context.budget, profile.context.keep_turns) == (4_000, 2)
    assert assistant.profile(Config(greeting=False), PIRATE).greeting == ""
    configured = assistant.profile(Config(context_mode="auto", context_budget=9_000), PIRATE).context
    assert (configured.mode, configured.budget, configured.keep_turns) == ("auto", 9_000, 2)


def test_only_the_tools_that_a_profile_names_can_be_called() -> None:
    able = Profile(tools=TOOLS)
    assert assistant.with_tools_of(able, None) == able
    assert assistant.with_tools_of(able, PIRATE).tools == TOOLS[1:]
    [request] = assistant.requests(LoadedProfiles({"pirate": PIRATE}), able)
    assert request.tools == TOOLS[1:]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("VOICE_TUI_CONTEXT_BUDGET", "499", "'499' is not allowed, give 500 to 128000"),
        ("VOICE_TUI_CONTEXT_BUDGET", "8k", "'8k' is not allowed, give 500 to 128000"),
        ("VOICE_TUI_CONTEXT_MODE", "never", "'never' is not allowed, give one of off, ask, auto"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(variable: str, value: str, words: str) -> None:
    config, (problem,) = load({}, {variable: value})
    assert config == Config()
    assert problem.endswith(words)
