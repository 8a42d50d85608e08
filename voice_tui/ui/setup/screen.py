"""An endpoint to be entered: what was pasted is understood, it is tried at once, and kept where the user says."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from voice_tui.messages.intents import SelectEndpoint
from voice_tui.plain_text import one_line
from voice_tui.secret import Secret
from voice_tui.settings.edits import NotWritten
from voice_tui.settings.setup import Entry, NotUnderstood, endpoint, label, save, understood, variables
from voice_tui.ui.common.shell import Section, Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place, shown_key
from voice_tui.ui.setup.entry import Keeping

LEGEND: tuple[Section, ...] = (
    (
        "Endpoint",
        (
            ("address", "As a portal shows it: a host, or a target URI with deployment and version. Empty: OpenAI."),
            ("key", "It is never shown, goes to that address only, and is written to the file that you choose."),
            ("name", "Keeps it beside others, as [endpoints.NAME] in config.toml. Empty: every start takes it."),
        ),
    ),
)
HINT = "Enter tries it; nothing is said there, and nothing is paid."
FIELDS = {
    "address": ("Address", "https://RESOURCE.openai.azure.com/…, wss://…, or empty for OpenAI"),
    "model": ("Model or deployment", "empty: the one in the address, or the usual one"),
    "key": ("Key", "empty where none is needed; on Azure then Entra ID signs in"),
    "name": ("Name", "only where you want several: work, lab, home"),
}
TRYING = "… it is being tried"
ASK = "Keep it in:"


class SetupScreen(Shell[None]):
    """Esc goes back; what is in the key's field goes with the screen.

    Args:
        state: What is known.
        keeping: Where it can be kept.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.SETUP
    LEGEND = LEGEND
    AUTO_FOCUS = "#setup-address"

    def __init__(self, state: State, keeping: Keeping) -> None:
        super().__init__(state)
        self._keeping = keeping
        self._tried: Entry | None = None  # what was let in
        self.where = OptionList(id="setup-where", markup=False)
        self.entitle("Endpoint", HINT)

    def inside(self) -> ComposeResult:
        """From top to bottom."""
        for name, (title, placeholder) in FIELDS.items():
            field = Input(placeholder=placeholder, password=name == "key", id=f"setup-{name}", classes="setup-field")
            field.border_title = title
            yield field
        yield Static(id="setup-understood", markup=False)
        yield Static(id="setup-said", markup=False)
        yield self.where

    def on_mount(self) -> None:
        """Nothing to be kept yet."""
        self.where.display = False
        self._changed()

    @property
    def entry(self) -> Entry:
        """What is in the fields."""
        address, model, key, name = (self.query_one(f"#setup-{field}", Input).value for field in FIELDS)
        return Entry(address.strip(), model.strip(), Secret(key), name.strip())

    def _say(self, where: str, words: str, hue: str = "$foreground") -> None:
        self.query_one(f"#setup-{where}", Static).update(Content.styled(one_line(words), hue))

    # ---- what is entered

    @on(Input.Changed)
    def _changed(self) -> None:
        """Say what is understood, while it is typed."""
        entry = self.entry
        try:
            self._say("understood", str(understood(entry)), "$muted")
        except NotUnderstood as problem:
            self._say("understood", str(problem), "$warning")
        if entry != self._tried:
            self._tried = None
            self._say("said", "")
            self.where.display = False
            self.show_keys()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_try()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What was not tried can be kept, too; there is only no need to ask where."""
        return not (action == "keep" and not self._keeping.shelves)

    def action_try(self) -> None:
        """Knock at its door."""
        entry = self.entry
        try:
            found = endpoint(entry, self._keeping.environment())
        except NotUnderstood as problem:
            self._say("said", f"✗ {problem}", "$error")
            return
        self._say("said", TRYING, "$warning")
        self._try(entry, found)

    @work(exclusive=True, group="try", exit_on_error=False)
    async def _try(self, entry: Entry, found: object) -> None:
        done = await self._keeping.shake(found)  # type: ignore[arg-type]  # Textual's decorator hides the type
        if entry != self.entry:
            return  # something else was typed meanwhile
        if done.problem:
            all_the_same = f"{shown_key(self.state.commands, 'setup.keep')} keeps it all the same"
            self._say("said", f"✗ {done.problem} · {all_the_same}", "$error")
            return
        self._say("said", f"✓ It lets us in, after {done.seconds:.2f} s.", "$success")
        self._tried = entry
        self._ask()

    def _ask(self) -> None:
        """Where is it to be kept?"""
        lines = [Option(ASK, disabled=True)]
        lines += [Option(f"  {shelf.env}  ({shelf.words})") for shelf in self._keeping.shelves]
        self.where.clear_options()
        self.where.add_options(lines)
        self.where.display = True
        self.where.highlighted = 1
        self.where.focus()

    def action_keep(self) -> None:
        """Keep it though it does not let us in now."""
        try:
            endpoint(self.entry, self._keeping.environment())
        except NotUnderstood as problem:
            self._say("said", f"✗ {problem}", "$error")
        else:
            self._ask()

    # ---- where it is kept

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        shelf, entry = self._keeping.shelves[event.option_index - 1], self.entry
        try:
            written = save(entry, shelf.env, self._keeping.config)
        except (NotUnderstood, NotWritten) as problem:
            self._say("said", f"✗ {problem}", "$error")
            return
        with self.prevent(Input.Changed):  # what is said now stays
            self.query_one("#setup-key", Input).value = ""
        self.where.display = False
        name = label(entry)
        self._say("understood", "Written to " + "; ".join(written), "$success")
        winners = self._winners(entry)
        if winners:
            self._say("said", f"In your environment {', '.join(winners)} win over it: take them out there.", "$warning")
        elif name:
            self.state.endpoints += (SelectEndpoint(name, str(understood(entry))),) if entry.name else ()
            self.want(SelectEndpoint(name))
            self._say("said", f"The conversation goes on there, as {name}.", "$success")
        else:
            self._say("said", "The next start talks there.", "$success")
        self.query_one("#setup-address", Input).focus()

    def _winners(self, entry: Entry) -> list[str]:
        """Variables of the environment that say something else."""
        if entry.name:
            return []
        environment, ours = (
            self._keeping.environment(),
            variables(understood(entry), Secret(entry.key.reveal().strip())),
        )
        selects = ("VOICE_TUI_ENDPOINT", "VOICE_TUI_URL", "VOICE_TUI_PROVIDER")
        return [name for name in (*ours, *selects) if environment.get(name) and environment[name] != ours.get(name)]
