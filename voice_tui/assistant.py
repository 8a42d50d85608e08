"""Who the assistant is in this run: the configuration and a profile file put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voice_tui import paths
from voice_tui.config import Config
from voice_tui.conversation.context.settings import ContextSettings, changed
from voice_tui.conversation.intents import SelectProfile
from voice_tui.conversation.profile import Profile
from voice_tui.profile_files import LoadedProfiles, ProfileFile, load_profiles, packaged_folder

GREETING = "Hello"


def find_profiles() -> LoadedProfiles:
    """The packaged profiles and the user's."""
    return load_profiles((packaged_folder(), paths.config_folder() / "profiles"))


def unknown(name: str, there_are: Iterable[str]) -> str:
    """What is wrong with a name that no profile has."""
    return f"profile: {name!r} is not allowed, there are {', '.join(there_are)}"


def profile(config: Config, file: ProfileFile | None) -> Profile:
    """Who the assistant is.

    Args:
        config: Has taken over what the file says about its fields.
        file: The profile that was chosen.
    """
    context = changed(ContextSettings(), **(file.context if file else {}))
    return Profile(
        config.instructions,
        config.voice,
        "" if config.transcription_model == "none" else config.transcription_model,
        ((file.greeting if file else "") or GREETING) if config.greeting else "",
        file.details if file else {},
        context=changed(context, mode=config.context_mode or None, budget=config.context_budget or None),
    )


def with_tools_of(profile: Profile, file: ProfileFile | None) -> Profile:
    """The profile with those of its tools that the file names."""
    if file is None:
        return profile
    return replace(profile, tools=tuple(tool for tool in profile.tools if tool.name in file.tools))


def requests(found: LoadedProfiles, profile: Profile) -> list[SelectProfile]:
    """What switches to each profile during a conversation.

    Args:
        found: The profiles.
        profile: Has every tool of this run.
    """
    specs = {tool.name: tool for tool in profile.tools}
    return [file.request(specs) for file in found.profiles.values()]
