"""How ``--help`` is ordered: options by what they are about, commands by what one wants to do."""

from __future__ import annotations

from collections.abc import Mapping

import click

TOPICS: Mapping[str, tuple[str, ...]] = {
    "Where to": ("endpoint", "provider", "url", "model", "dialect", "audio_format", "entra", "proxy", "ca"),
    "The embedded server": ("brain_url", "brain_model"),
    "Sound": ("mic", "speaker", "demo", "noise", "snr"),
    "Who it is": ("profile", "voice", "greeting"),
    "Taking turns": ("preset",),
    "What is said without a voice": ("say_turns",),
    "Context and memory": ("context_mode", "context_budget", "memory", "private", "remember", "speaker_labels"),
    "Tools": ("tools", "mcp", "approve"),
    "Limits": ("max_cost", "max_minutes", "idle_minutes", "seconds"),
    "What is kept": ("record", "record_limit", "events", "log_file"),
    "Looks": ("theme", "signs", "as_json"),
}
"""What an option is about; those of no topic stand under Options."""
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "Begin": ("setup", "tour", "doctor", "devices", "completion", "manual"),
    "Talk": ("talk", "web", "serve"),
    "Try and tune": ("lab", "settings", "probe", "models", "endpoints"),
    "Test": ("test", "drive", "load", "judge"),
    "Look back": ("recordings", "replay", "report", "memory", "speakers"),
}
"""What a command is for; those of no purpose come last."""
WHOLE = 200  # letters: the first sentence of a command is wrapped, not cut off
EXAMPLES = (
    ("voice-tui", "talk, with the embedded server where nothing is configured"),
    ("voice-tui --preset server-vad --record", "another way of taking turns, and the talk is kept"),
    ("voice-tui talk --mic demo", "no screen and no microphone"),
    ("voice-tui report last -o report.html", "the last recording as a page"),
)


def write_options(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> bool:
    """Write the options of a command by topic; False: there are too few for that."""
    records = {p.name: r for p in command.get_params(context) if (r := p.get_help_record(context)) is not None}
    topics = {topic: [records.pop(name) for name in names if name in records] for topic, names in TOPICS.items()}
    if sum(map(bool, topics.values())) < 4:
        return False
    for topic, rows in {**topics, "Options": list(records.values())}.items():
        if rows:
            with formatter.section(topic):
                formatter.write_dl(rows)
    return True


def write_commands(group: click.Group, context: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the commands of the program by purpose, and some examples."""
    names = list(group.list_commands(context))
    known = {name for purpose in PURPOSES.values() for name in purpose}
    others = tuple(name for name in names if name not in known)
    for purpose, wanted in {**PURPOSES, "More": others}.items():
        rows = [
            (name, command.get_short_help_str(WHOLE))
            for name in wanted
            if name in names and (command := group.get_command(context, name)) is not None and not command.hidden
        ]
        if rows:
            with formatter.section(purpose):
                formatter.write_dl(rows)
    with formatter.section("Examples"):
        formatter.write_dl(EXAMPLES)
