"""Help: what the screen shows, the keys, the presets, the knobs; every list comes from its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.turns import Stage
from voice_tui.ui.commands import COMMANDS, Command
from voice_tui.ui.console.scope_model import SIGNS

LEGEND: tuple[tuple[str, str], ...] = (
    ("[$you]You[/]", "What you said. “… listening” stands there from the moment you are heard, before any text."),
    ("[$assistant]Assistant[/]", "The answer as it comes; ▌ is where it grows."),
    ("heard [$muted strike]unheard[/]", "An answer you interrupted: what you heard, and what nobody heard."),
    (
        "[$interruption]✂ ━━━╌╌╌╌╌╌╌[/]",
        "Where it was cut, how much had arrived, and whether the server has forgotten the rest.",
    ),
    ("[$you]You[/] ⚡", "The turn that interrupted."),
    (
        "[$you]████[/][$interruption]┃██[/]",
        "Levels in dBFS. ┃ is a threshold (△ speech, ▲ interrupt): drag it, or its slider.",
    ),
    ("[$you]━━●[/][$muted]──[/]", "A knob: Tab to it, ← → one step, Shift ← → a tenth, Home, End; or drag it."),
    ("", "Knobs that do not act in a preset fold away."),
    ("[$success]✓ server:[/]", "Whether the server took the last change, and when."),
    ("answer  640 ms", "From the end of your turn to the first sound of the answer."),
    ("dropped", "Microphone frames, sounds or network audio that were lost."),
    (
        "[$assistant]▓▓▓▒[/][$muted]░░··[/]",
        "The answer: ▓ heard, ▒ at the device, ░ queued, · received; ╌ dropped by a cut ✂.",
    ),
    ("AEC [$success]●[/] on", "Echo cancellation; ERLE is how much of the echo it takes away, then the echo's delay."),
    ("ctx ▰▰▱▱▱  3.2k/8.0k", "Tokens that the next turn will read, of its budget; ▲ is beyond it. Click it, or Alt+K."),
    ("2 of 31 ≠", "Onsets that only one of the two detectors heard, of all."),
)
_MARKS: dict[Stage, str] = {
    Stage.ONSET: "A voice over the assistant was heard.",
    Stage.DUCK: "The answer was turned down, in case it is meant.",
    Stage.PAUSE: "The answer was held.",
    Stage.CONFIRM: "It was meant: an interruption.",
    Stage.CANCEL: "The answer was stopped.",
    Stage.TRUNCATED: "The server was told where you stopped hearing.",
    Stage.RESUME: "It was a false alarm: the answer goes on.",
}
SCOPE: tuple[tuple[str, str], ...] = (
    ("[$you]▁▂▃▄▅▆▇█[/]", "mic: your level; one column is a quarter of a second. voice: the assistant's."),
    ("├──┤", "local, server: speech as the two detectors heard it; │ is less than a column."),
    *((f"[$interruption]{SIGNS[stage].text}[/] {SIGNS[stage].name}", words) for stage, words in _MARKS.items()),
    ("onset → cut 182 ms", "In the title: what the last interruption took, counted from the onset."),
)


class HelpEntry(Horizontal):
    """A term and what it means, the second wrapping beside the first."""

    def __init__(self, term: str, meaning: str) -> None:
        super().__init__(Static(term, classes="term"), Static(meaning, classes="meaning"))


class Help(ModalScreen[None]):
    """One scrolling page; Esc or F1 goes back."""

    CSS_PATH = "screen.tcss"
    BINDINGS = [
        Binding("escape,f1,question_mark,q", "dismiss", "Back", id="help.back", tooltip="Back to the conversation."),
        Binding("pageup", "page('up')", "Page up", id="help.page-up", show=False),
        Binding("pagedown,space", "page('down')", "Page down", id="help.page-down", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    AUTO_FOCUS = "#page"

    def compose(self) -> ComposeResult:
        """Five sections, two columns where there is room."""
        page = VerticalScroll(id="page")
        page.border_title = "Help"
        page.border_subtitle = "Esc back · ↑ ↓ Page Up Page Down"
        with page:
            yield from self._section("The screen", LEGEND)
            yield from self._section("The scope", SCOPE)
            yield from self._section(
                "Keys",
                [(_key_names(c) or f"{c.label}, palette", c.help) for c in COMMANDS.values()],
            )
            yield from self._section("Presets", [(p.name, p.summary) for p in PRESETS.values()])
            yield from self._section("Knobs", [(k.label, f"{k.help} ({k.side.value})") for k in KNOBS.values()])

    def _section(self, title: str, entries: Sequence[tuple[str, str]]) -> Iterator[Widget]:
        yield Static(title, classes="title")
        for term, meaning in entries:
            yield HelpEntry(term, meaning)

    def action_page(self, way: str) -> None:
        """Turn the page."""
        page = self.query_one("#page", VerticalScroll)
        (page.scroll_page_up if way == "up" else page.scroll_page_down)(animate=False)


def _key_names(command: Command) -> str:
    return "  ".join(f"[bold $you]{_plain(name)}[/]" for name in command.key_names)


def _plain(text: str) -> str:
    """Key names such as ``[`` are not markup."""
    return text.replace("[", r"\[")
