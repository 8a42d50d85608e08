"""From configuration and profile file to who the assistant is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from voice_tui.messages.profile import DEFAULT_INSTRUCTIONS, Profile
from voice_tui.messages.tools import ToolSpec
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


def test_limits_are_exact_and_may_stand_in_the_file_as_numbers(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text("max_cost = 0.1\nmax_minutes = 90\n")
    config, problems = load({"max_cost": "$2.50"}, {}, None, toml)
    assert problems == []
    assert (config.max_cost, config.max_minutes, config.idle_minutes) == (Decimal("2.50"), 90, 10)
    assert load({}, {}, None, toml)[0].max_cost == Decimal("0.1")
    assert load({}, {"VOICE_TUI_IDLE_MINUTES": "0"})[0].idle_minutes == 0


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("VOICE_TUI_CONTEXT_BUDGET", "499", "'499' is not allowed, give 500 to 128000"),
        ("VOICE_TUI_CONTEXT_BUDGET", "8k", "'8k' is not allowed, give 500 to 128000"),
        ("VOICE_TUI_MAX_COST", "0", "'0' is not allowed, give US dollars from 0.000001 to 999999, such as 2.50"),
        ("VOICE_TUI_MAX_COST", "1e3", "'1e3' is not allowed, give US dollars from 0.000001 to 999999, such as 2.50"),
        ("VOICE_TUI_IDLE_MINUTES", "-1", "'-1' is not allowed, give minutes, such as 10; 0: for ever"),
        ("VOICE_TUI_CONTEXT_MODE", "never", "'never' is not allowed, give one of off, ask, auto"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(variable: str, value: str, words: str) -> None:
    config, (problem,) = load({}, {variable: value})
    assert config == Config()
    assert problem.endswith(words)
