"""Everything a key can do, in one table: it feeds the bindings, the key bar, the palette and the help screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from textual.binding import Binding

from voice_tui.messages.intents import CallDemo, Request, StepPreset
from voice_tui.messages.talk import Interrupt, Mute, PushToTalk
from voice_tui.messages.turns import FrontEndChanged, SwitchFrontEnd

_SHOWN = {"question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]", "slash": "/", "escape": "Esc"}
_SUPPRESSIONS = 4  # off and three strengths

Switch: TypeAlias = Callable[[FrontEndChanged], Request]
"""Makes the request of a switch, which depends on how the front end stands."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do.

    Attributes:
        id: Stable name: of the binding, so that keymaps can refer to it, and in the palette.
        keys: Textual key names. The first is shown in the key bar. Function and ctrl keys work while
            typing and never are editing keys of the input line; single letters act once Esc has left it.
            None: the command is only in the palette.
        label: One or two words for the key bar.
        help: One sentence.
        footer: Rank in the key bar; 0 is not shown. When the line is too short the highest ranks go first.
        request: What is sent to the voice side, or makes it; None for a command of the screen itself.
        action: Action of the application, for a screen command.
        priority: Asked before the focused widget.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    footer: int = 0
    request: Request | Switch | None = None
    action: str = ""
    priority: bool = False

    @property
    def run(self) -> str:
        """The Textual action that carries it out."""
        return f"app.{self.action}" if self.action else f"app.obey('{self.id}')"

    @property
    def key_names(self) -> tuple[str, ...]:
        """The keys as a reader knows them: ``F2``, ``^O``, ``m``."""
        return tuple(key_name(key) for key in self.keys)

    def wanted(self, front: FrontEndChanged) -> Request | None:
        """What to send while the front end stands so."""
        return self.request(front) if callable(self.request) else self.request

    def binding(self) -> Binding:
        """The Textual binding."""
        return Binding(
            ",".join(self.keys),
            self.run,
            self.label,
            id=self.id,
            tooltip=self.help,
            show=False,  # the key bar is ours: it drops what does not fit instead of cutting words
            priority=self.priority,
        )


def key_name(key: str) -> str:
    """A Textual key name as a reader knows it."""
    if key.startswith("ctrl+"):
        return "^" + key_name(key[5:]).upper()
    if key.startswith("alt+"):
        return "Alt+" + key_name(key[4:]).upper()
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return _SHOWN.get(key, key if len(key) == 1 else key.replace("page", "Page ").title())


def _other_aec(front: FrontEndChanged) -> Request:
    return SwitchFrontEnd(echo_cancellation=not front.echo_cancellation)


def _other_high_pass(front: FrontEndChanged) -> Request:
    return SwitchFrontEnd(high_pass=not front.high_pass)


def _more_suppression(front: FrontEndChanged) -> Request:
    return SwitchFrontEnd(noise_suppression=(front.noise_suppression + 1) % _SUPPRESSIONS)


_VOICE: tuple[Command, ...] = (
    Command("mute", ("f2", "ctrl+o", "m"), "Mute", "Mute or open the microphone.", 4, Mute()),
    Command("talk", ("f3", "ctrl+t", "t"), "Talk", "Press the talk key, or let it go (push-to-talk).", 5, PushToTalk()),
    Command("interrupt", ("f4", "ctrl+g", "x"), "Interrupt", "Stop the assistant now.", 3, Interrupt()),
    Command("previous", ("f5", "ctrl+b", "left_square_bracket"), "Prev", "The previous preset.", 12, StepPreset(-1)),
    Command("next", ("f6", "ctrl+n", "right_square_bracket"), "Preset", "The next preset.", 6, StepPreset(1)),
    Command("demo", ("f7", "ctrl+r", "d"), "Demo", "Let the demo caller talk for you, or hang up.", 8, CallDemo()),
)
_SCOPE = Command("scope", ("f8", "ctrl+l", "s"), "Scope", "Show or hide the scope.", 7, None, "scope")
_FRONT_END: tuple[Command, ...] = (
    Command("aec", ("f9", "ctrl+y", "e"), "AEC", "Echo cancellation on or off.", 10, _other_aec),
    Command("engine", ("f10", "v"), "Engine", "The next local VAD engine.", 11, SwitchFrontEnd(engine="next")),
    Command("suppression", (), "Noise", "Noise suppression: off, 1, 2, 3, off again.", 0, _more_suppression),
    Command("high-pass", (), "High-pass", "High-pass filter of the microphone on or off.", 0, _other_high_pass),
)
_CHECKS: tuple[Command, ...] = (
    Command(
        "calibrate",
        ("f11", "ctrl+s", "c"),
        "Calibrate",
        "Measure the room and your voice; propose thresholds.",
        13,
        None,
        "check('calibration')",
    ),
    Command(
        "echo-test",
        ("f12", "ctrl+f", "o"),
        "Echo test",
        "Play a sound; hear how much of it the microphone picks up.",
        14,
        None,
        "check('echo test')",
    ),
)
_CONTEXT: tuple[Command, ...] = (
    Command("context", ("alt+k", "k"), "Context", "All that the assistant reads, and what it costs.", action="context"),
    Command(
        "carry-on", ("alt+c", "1"), "Carry on", "An offer: leave everything as it is.", action="answer('carry_on')"
    ),
    Command(
        "start-clean",
        ("alt+n", "2"),
        "Start clean",
        "An offer: delete what was before, except what is pinned.",
        action="answer('start_clean')",
    ),
    Command("summarise", ("alt+s", "3"), "Summarise", "An offer: make it shorter.", action="answer('summarise')"),
    Command("prompt", (), "Edit the system prompt", "Tell the assistant who to be, at once.", action="edit_prompt"),
)
_SCREEN: tuple[Command, ...] = (
    Command("speakers", ("alt+w", "w"), "Who", "Who speaks: name, merge, enrol, forget voices.", action="speakers"),
    Command("memory", ("alt+y", "y"), "Memory", "What is remembered: find, edit, delete, export.", action="memory"),
    Command("palette", ("ctrl+p",), "Palette", "Find a command, preset or theme.", 9, None, "command_palette", True),
    Command("quit", ("ctrl+q",), "Quit", "End the conversation and leave.", 2, None, "quit", True),
    Command("copy", ("ctrl+c",), "Copy", "Copy what is selected; else leave.", 0, None, "copy_or_quit", True),
    Command("page-up", ("pageup",), "Page up", "Read back in the conversation.", action="read('page_up')"),
    Command("page-down", ("pagedown",), "Page down", "Read on in the conversation.", action="read('page_down')"),
    Command("top", ("home",), "Top", "To the first line (while the input line is empty).", action="read('home')"),
    Command(
        "end", ("end",), "End", "To the end, to follow again (while the input line is empty).", action="read('end')"
    ),
    Command("leave-input", ("escape",), "Keys", "Leave the input line: letters are commands.", action="leave_input"),
    Command("enter-input", ("enter", "slash"), "Type", "Back to the input line.", action="enter_input"),
)
_HELP = Command("help", ("f1", "question_mark"), "Help", "Explain the screen, keys, presets, knobs.", 1, action="help")

COMMANDS: dict[str, Command] = {c.id: c for c in (_HELP, *_VOICE, _SCOPE, *_FRONT_END, *_CHECKS, *_CONTEXT, *_SCREEN)}
"""Every command by id, in the order of the key bar and of the help screen."""

BINDINGS = [command.binding() for command in COMMANDS.values() if command.keys]


def key_bar(width: int, gap: int = 2) -> list[Command]:
    """The commands of the key bar that fit into so many cells, in the order of the table."""
    ranked = sorted((c for c in COMMANDS.values() if c.footer), key=lambda c: c.footer)
    chosen: set[str] = set()
    used = 1
    for command in ranked:
        size = len(command.key_names[0]) + 1 + len(command.label) + gap
        if used + size - gap > width:
            break
        used += size
        chosen.add(command.id)
    return [c for c in COMMANDS.values() if c.id in chosen]
