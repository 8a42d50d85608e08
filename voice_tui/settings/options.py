"""How each field of the configuration is given: one table feeds flags, variables, files and the help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from voice_tui.endpoints.providers import ALIASES, DEFAULT_MODEL, DIALECTS, FORMATS, PROVIDERS
from voice_tui.messages.context_settings import Mode
from voice_tui.messages.presets import PRESETS
from voice_tui.secret import Secret
from voice_tui.settings.values import (
    address,
    amount,
    approval,
    brain,
    key,
    minutes,
    one_of,
    plain,
    proxy,
    recording,
    several,
    size,
    tokens,
    yes_no,
)


@dataclass(frozen=True, slots=True)
class Option:
    """How one field of `Config` is given.

    Attributes:
        name: The field, and its name in the config file.
        variable: Its environment variable, also in ``.env``.
        parse: From text; raises ValueError saying what is allowed.
        help: One line.
        also: Other variables that mean the same.
    """

    name: str
    variable: str
    parse: Callable[[str], Any]
    help: str
    also: tuple[str, ...] = ()

    def read(self, value: object) -> Any:
        """The value, from what a flag, a file or a variable says; raises ValueError like ``parse``."""
        if isinstance(value, bool | Secret):
            return value
        if isinstance(value, list | tuple):
            return tuple(plain(str(each)) for each in value)
        return self.parse(str(value))

    @property
    def secret(self) -> bool:
        """Its value must not be shown, nor stand in the config file."""
        return self.parse in (key, proxy)

    @property
    def variables(self) -> tuple[str, ...]:
        """Its variables; the first that is set counts."""
        return (self.variable, *self.also)


# fmt: off
OPTIONS: dict[str, Option] = {
    o.name: o
    for o in (
        Option("endpoint", "VOICE_TUI_ENDPOINT", plain, "An endpoint by its name in config.toml."),
        Option("provider", "VOICE_TUI_PROVIDER", one_of("auto", *PROVIDERS, *ALIASES),
               "Who runs it: auto (by key), " + ", ".join(PROVIDERS) + "."),
        Option("url", "VOICE_TUI_URL", address, "Address of any Realtime endpoint (ws://, wss://, https://)."),
        Option("api_key", "VOICE_TUI_API_KEY", key, "Key for that URL."),
        Option("model", "VOICE_TUI_MODEL", plain, f"Model, on Azure the deployment; else {DEFAULT_MODEL}."),
        Option("azure_api_key", "AZURE_OPENAI_API_KEY", key, "Key of the Azure OpenAI resource."),
        Option("azure_endpoint", "AZURE_OPENAI_ENDPOINT", address, "https://RESOURCE.openai.azure.com"),
        Option("azure_deployment", "AZURE_OPENAI_DEPLOYMENT", plain, "Name of the realtime deployment."),
        Option("azure_ad_token", "AZURE_OPENAI_AD_TOKEN", key, "A token of Entra ID; wins over the key."),
        Option("azure_api_version", "OPENAI_API_VERSION", plain, "Of azure-preview.", ("AZURE_OPENAI_API_VERSION",)),
        Option("entra", "VOICE_TUI_ENTRA", yes_no, "Azure: sign in with Entra ID, even where a key is set."),
        Option("voice_live_api_key", "AZURE_VOICELIVE_API_KEY", key, "Voice Live key.", ("AZURE_VOICE_LIVE_API_KEY",)),
        Option("voice_live_endpoint", "AZURE_VOICELIVE_ENDPOINT", address, "https://RESOURCE.services.ai.azure.com",
               ("AZURE_VOICE_LIVE_ENDPOINT",)),
        Option("openai_api_key", "OPENAI_API_KEY", key, "OpenAI key."),
        Option("openai_base_url", "OPENAI_BASE_URL", address, "Another OpenAI-compatible service."),
        Option("openai_organization", "OPENAI_ORG_ID", key, "OpenAI organisation.", ("OPENAI_ORGANIZATION",)),
        Option("openai_project", "OPENAI_PROJECT_ID", key, "OpenAI project."),
        Option("xai_api_key", "XAI_API_KEY", key, "xAI key."),
        Option("dashscope_api_key", "DASHSCOPE_API_KEY", key, "Alibaba Cloud key."),
        Option("dashscope_workspace", "DASHSCOPE_WORKSPACE_ID", plain, "Alibaba Cloud workspace."),
        Option("dialect", "VOICE_TUI_DIALECT", one_of(*DIALECTS), "Wire to speak: " + ", ".join(DIALECTS) + "."),
        Option("audio_format", "VOICE_TUI_AUDIO_FORMAT", one_of(*FORMATS), "pcm; telephone: g711_ulaw, g711_alaw."),
        Option("proxy", "VOICE_TUI_PROXY", proxy, "Proxy to go through; default: the environment's."),
        Option("ca", "VOICE_TUI_CA", plain, "File of certificates to trust (PEM), of a network with its own."),
        Option("voice", "VOICE_TUI_VOICE", str, "The AI's voice: alloy, ash, coral, marin, cedar…"),
        Option("profile", "VOICE_TUI_PROFILE", str, "Who the AI is: the name of a profile."),
        Option("instructions", "VOICE_TUI_INSTRUCTIONS", str, "The system prompt."),
        Option("context_mode", "VOICE_TUI_CONTEXT_MODE", one_of(*Mode), "Summarise over budget: off, ask, auto."),
        Option("context_budget", "VOICE_TUI_CONTEXT_BUDGET", tokens, "Tokens that a turn may read, 500 to 128000."),
        Option("transcription_model", "VOICE_TUI_TRANSCRIPTION_MODEL", str, "Writes your words down; none: it is off."),
        Option("mic", "VOICE_TUI_MIC", str, "Microphone: part of its name, its number, or none."),
        Option("speaker", "VOICE_TUI_SPEAKER", str, "Loudspeaker: part of its name, its number, or none."),
        Option("preset", "VOICE_TUI_PRESET", one_of(*PRESETS), "How turns are taken: " + ", ".join(PRESETS) + "."),
        Option("theme", "VOICE_TUI_THEME", str, "Colours, by the name of a theme (palette: Theme), also of your own."),
        Option("signs", "VOICE_TUI_SIGNS", one_of("auto", "unicode", "ascii"), "Signs: auto, unicode, ascii."),
        Option("greeting", "VOICE_TUI_GREETING", yes_no, "Begin with a greeting turn."),
        Option("memory", "VOICE_TUI_MEMORY", yes_no, "Remember conversations and facts, in a file of yours."),
        Option("tools", "VOICE_TUI_TOOLS", several, "Python file of functions to call; none: no built-in ones."),
        Option("mcp", "VOICE_TUI_MCP", several, "MCP server, a URL or a command; none: not those of config.toml."),
        Option("approve", "VOICE_TUI_APPROVE", approval, "Tools that need not ask: all, none, or NAME,NAME."),
        Option("speaker_labels", "VOICE_TUI_SPEAKER_LABELS", yes_no, "Tell the voices of several people apart."),
        Option("brain_url", "VOICE_TUI_BRAIN_URL", brain, "Embedded server: brain, a chat completions URL or echo."),
        Option("brain_model", "VOICE_TUI_BRAIN_MODEL", str, "Its model."),
        Option("brain_key", "VOICE_TUI_BRAIN_KEY", key, "Its key."),
        Option("serve_key", "VOICE_TUI_SERVE_KEY", key, "The only key that voice-tui serve takes; none: any."),
        Option("max_cost", "VOICE_TUI_MAX_COST", amount, "Hang up when so much is spent, US dollars."),
        Option("max_minutes", "VOICE_TUI_MAX_MINUTES", minutes, "Hang up after so many minutes."),
        Option("idle_minutes", "VOICE_TUI_IDLE_MINUTES", minutes, "Hang up after such silence (10); 0: never."),
        Option("warm", "VOICE_TUI_WARM", yes_no, "The console keeps a second connection open, for the next session."),
        Option("record", "VOICE_TUI_RECORD", recording, "Keep conversations: always, never, or the folder for them."),
        Option("record_limit", "VOICE_TUI_RECORD_LIMIT", size, "What recordings may take (4GB); the oldest go first."),
        Option("log_file", "VOICE_TUI_LOG_FILE", str, "Log file; the embedded server's stands beside it."),
    )
}
# fmt: on
VARIABLES = frozenset(variable for option in OPTIONS.values() for variable in option.variables)
"""Every variable that means something here."""
PREFIX = "VOICE_TUI_"


def misspelt(variables: Iterable[str]) -> Iterator[str]:
    """Variables that mean nothing here and are nearly called as one that does, one line each."""
    ours = [name.removeprefix(PREFIX) for name in sorted(VARIABLES) if name.startswith(PREFIX)]
    for name in variables:
        if name.startswith(PREFIX) and name not in VARIABLES:
            for meant in get_close_matches(name.removeprefix(PREFIX), ours, 1, 0.8):
                yield f"{name}: no such variable, there is {PREFIX}{meant}"
