"""Profiles: TOML files that say who the assistant is. A wrong file never stops the program.

The packaged ones come first, then the user's folder, which may replace a packaged profile by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from voice_tui.endpoints.provider import Provider
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.messages.context import SetContext
from voice_tui.messages.context_settings import ContextError, ContextSettings, changed
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import ToolSpec
from voice_tui.plain_text import quoted
from voice_tui.settings import paths
from voice_tui.settings.config import Config
from voice_tui.settings.toml_files import read_all
from voice_tui.tools.builtin import NAMES

TOOLS = ("remember", "recall", "forget", *NAMES)
"""Names of the built-in tools."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_SETTINGS = tuple(f.name for f in fields(ContextSettings))


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What a file says; a field that it leaves out keeps what the configuration says.

    Attributes:
        name: As in ``--profile``: small letters, digits and hyphens.
        instructions: The role: a system prompt with ``{placeholders}``.
        about: What it is for, one line.
        tone: How it speaks, a few words; stands below the instructions.
        voice: Name of the voice.
        preset: How turns are taken.
        greeting: Text turn that begins the conversation, so that the assistant speaks first.
        tools: Which of `TOOLS` the model may call, and files of tools, which stand in the folder of profiles.
        details: Placeholder → value.
        context: Settings of context management, by name.
    """

    name: str
    instructions: str
    about: str = ""
    tone: str = ""
    voice: str = ""
    preset: str = ""
    greeting: str = ""
    tools: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """The system prompt, placeholders not filled."""
        role = self.instructions.strip()
        return f"{role}\nYour tone: {self.tone.strip()}" if self.tone else role

    def configured(self) -> dict[str, object]:
        """What it says about fields of the configuration, by their name."""
        given = {"instructions": self.prompt, "voice": self.voice, "preset": self.preset}
        return {name: value for name, value in given.items() if value}

    @property
    def tool_files(self) -> tuple[str, ...]:
        """Those of its tools that are files."""
        return tuple(name for name in self.tools if name.endswith(".py"))

    @property
    def source(self) -> str:
        """What the tools of its files say of where they come from."""
        return f"profile {self.name}"

    def keeps(self, tool: ToolSpec) -> bool:
        """Whether the model may call it: it is named, or the user brought it for whatever profile."""
        if not tool.source:
            return tool.name in self.tools
        return tool.source == self.source or not tool.source.startswith("profile ")

    def request(self, specs: Mapping[str, ToolSpec]) -> SelectProfile:
        """What makes it hold during a conversation.

        Args:
            specs: The tools that can be called in this run, by name.
        """
        tools = tuple(spec for spec in specs.values() if self.keeps(spec))
        loaded = any(spec.source == self.source for spec in tools)
        return SelectProfile(
            self.name,
            self.about,
            self.prompt,
            self.voice,
            tools,
            self.details,
            self.preset,
            SetContext(**self.context),
            () if loaded else self.tool_files,
        )


@dataclass(frozen=True, slots=True)
class LoadedProfiles:
    """What was found.

    Attributes:
        profiles: By name, in the order found.
        errors: One line for each thing wrong: ``file: field: value, what is allowed``.
    """

    profiles: dict[str, ProfileFile] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def packaged_folder() -> Path:
    """The built-in profiles."""
    return Path(__file__).resolve().parents[1] / "profiles"


def load_profiles(folders: Iterable[Path]) -> LoadedProfiles:
    """Read every ``*.toml`` of the folders; a folder that is missing holds none."""
    profiles, errors = read_all(folders, _read)
    return LoadedProfiles({profile.name: profile for profile in profiles}, errors)


def _read(given: dict[str, Any]) -> tuple[ProfileFile | None, list[str]]:
    """A profile, or everything that is wrong with its file."""
    reasons = [f"{name}: unknown, there are {', '.join(_CHECKS)}" for name in given if name not in _CHECKS]
    reasons += [f"{name}: missing" for name in _NEEDED if name not in given]
    values: dict[str, Any] = {}
    for name in _CHECKS.keys() & given.keys():
        try:
            values[name] = _CHECKS[name](given[name])
        except _Wrong as wrong:
            reasons += [f"{name}{each}" for each in wrong.reasons]
    return (None, sorted(reasons)) if reasons else (ProfileFile(**values), [])


# ---- checking


class _Wrong(Exception):
    """A value that can't be; each reason begins with what comes after the field's name."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong(f": {quoted(value)} is not allowed, give a text in quotes")
    return value


def _words(value: object) -> str:
    if not _text(value).strip():
        raise _Wrong(f": {quoted(value)} is not allowed, give some words")
    return _text(value)


def _name(value: object) -> str:
    if not _NAME.fullmatch(_text(value)):
        raise _Wrong(f": {quoted(value)} is not allowed, give small letters, digits and hyphens")
    return _text(value)


def _one_of(value: object, allowed: Iterable[str]) -> str:
    text = _text(value)
    if text not in allowed:
        raise _Wrong(f": {quoted(value)} is not allowed, give one of {', '.join(allowed)}")
    return text


def _tools(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Wrong(f": {quoted(value)} is not allowed, give a list of {', '.join(TOOLS)} and files of tools")
    return tuple(_text(one) if str(one).endswith(".py") else _one_of(one, TOOLS) for one in value)


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _Wrong(f": {quoted(value)} is not allowed, give a table")
    return value


def _details(value: object) -> dict[str, str]:
    table = _table(value)
    wrong = [
        f".{k}: {quoted(v)} is not allowed, give a text in quotes" for k, v in table.items() if not isinstance(v, str)
    ]
    if wrong:
        raise _Wrong(*wrong)
    return {name: str(one) for name, one in table.items()}


def _context(value: object) -> dict[str, object]:
    table, wrong = _table(value), []
    for name, one in table.items():
        if name not in _SETTINGS:
            wrong.append(f".{name}: unknown, there are {', '.join(_SETTINGS)}")
            continue
        try:
            changed(ContextSettings(), **{name: one})
        except ContextError as error:
            wrong.append(f".{error}")
    if wrong:
        raise _Wrong(*wrong)
    return table


_CHECKS: dict[str, Callable[[object], Any]] = {
    "name": _name,
    "instructions": _words,
    "about": _text,
    "tone": _text,
    "voice": _words,
    "preset": lambda value: _one_of(value, PRESETS),
    "greeting": _text,
    "tools": _tools,
    "details": _details,
    "context": _context,
}
_NEEDED = tuple(f.name for f in fields(ProfileFile) if f.default is MISSING and f.default_factory is MISSING)
assert set(_CHECKS) == {f.name for f in fields(ProfileFile)}


GREETING = "Hello"
OWN = "the server's own"
"""The recogniser of a server that is not told which."""


def find_profiles() -> LoadedProfiles:
    """The packaged profiles and the user's."""
    return load_profiles((packaged_folder(), paths.config_folder() / "profiles"))


def unknown(name: str, there_are: Iterable[str]) -> str:
    """What is wrong with a name that no profile has."""
    return f"profile: {quoted(name)} is not allowed, there are {', '.join(there_are)}"


def profile(config: Config, file: ProfileFile | None, provider: Provider = PROVIDERS["embedded"]) -> Profile:
    """Who the assistant is.

    Args:
        config: Has taken over what the file says about its fields.
        file: The profile that was chosen.
        provider: Where it lives: voice and recogniser are usually the provider's.
    """
    context = changed(ContextSettings(), **(file.context if file else {}))
    return Profile(
        config.instructions,
        config.voice or provider.voice,
        "" if config.transcription_model == "none" else config.transcription_model or provider.transcription or OWN,
        ((file.greeting if file else "") or GREETING) if config.greeting else "",
        file.details if file else {},
        context=changed(context, mode=config.context_mode or None, budget=config.context_budget or None),
    )


def with_tools_of(profile: Profile, file: ProfileFile | None) -> Profile:
    """The profile with those of its tools that the file names."""
    if file is None:
        return profile
    return replace(profile, tools=tuple(tool for tool in profile.tools if file.keeps(tool)))


def requests(found: LoadedProfiles, profile: Profile) -> list[SelectProfile]:
    """What switches to each profile during a conversation.

    Args:
        found: The profiles.
        profile: Has every tool of this run.
    """
    specs = {tool.name: tool for tool in profile.tools}
    return [file.request(specs) for file in found.profiles.values()]
