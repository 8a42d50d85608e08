"""The recordings: which there are, what was said in them; export and delete."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.export import export
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.drivers.recording.summary import Summary, summary, transcript
from voice_tui.messages.recording import RecordingChanged
from voice_tui.tape.codec import Unreadable
from voice_tui.ui.common.lines import LinesPane
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place, shown_key
from voice_tui.ui.recordings.wording import LEGEND, broken, empty, heading, line, words

Found: TypeAlias = tuple[Path, Summary | str]
"""A recording's folder, and what it holds or why it can't be read."""


class RecordingsScreen(Shell[None]):
    """Esc goes back, one step at a time. The disk is read on a thread of its own.

    Args:
        state: What is known.
        folder: Where they are; None: nowhere.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.RECORDINGS
    LEGEND = LEGEND
    AUTO_FOCUS = "#recordings-list"

    def __init__(self, state: State, folder: Path | None) -> None:
        super().__init__(state)
        self._folder = folder
        self._found: list[Found] = []
        self._looked = False  # the disk has been read
        self._deleting: Path | None = None  # is deleted when it is said once more
        self.list = OptionList(id="recordings-list", markup=False)
        self.words = LinesPane(id="recordings-words")
        self.takes = {RecordingChanged: (self._look,)}
        self.entitle("Recordings")

    def inside(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(heading(), id="recordings-heading")
        yield self.list
        yield Static(empty(self.state.commands), id="recordings-empty", markup=False)
        yield self.words
        yield Static(id="recordings-said")
        yield Static(id="recordings-path", markup=False)

    def on_mount(self) -> None:
        """Look what there is."""
        self.words.display = False
        self.query_one("#recordings-empty").display = False
        self._look()

    def on_resize(self) -> None:
        """Another width, other lines."""
        self._draw()

    # ---- what there is

    def _look(self, notice: RecordingChanged | None = None) -> None:
        self._read_disk()

    @work(thread=True, exclusive=True, group="disk")
    def _read_disk(self) -> None:
        found: list[Found] = []
        for each in reversed(shelf.kept(self._folder) if self._folder is not None else []):
            try:
                found.append((each.path, summary(open_recording(each.path))))
            except Unreadable as error:
                found.append((each.path, str(error)))
        self.app.call_from_thread(self._show, found)

    def _show(self, found: list[Found]) -> None:
        self._found, self._looked = found, True
        size = sum(what.size for _, what in found if isinstance(what, Summary))
        self.entitle("Recordings", f" {len(found)} · {size / 1e6:,.0f} MB " if found else "")
        self._draw()

    def _draw(self) -> None:
        here = self.current
        cells = max(40, self.size.width - 6)
        self.list.clear_options()
        self.list.add_options(
            [
                Option(line(what, cells) if isinstance(what, Summary) else broken(path.name, what, cells))
                for path, what in self._found
            ]
        )
        paths = [path for path, _ in self._found]
        if paths:
            self.list.highlighted = paths.index(here[0]) if here is not None and here[0] in paths else 0
        reading = self.words.display
        self.list.display = bool(paths) and not reading
        self.query_one("#recordings-heading").display = bool(paths) and not reading
        self.query_one("#recordings-path").display = bool(paths)
        self.query_one("#recordings-empty").display = self._looked and not paths and not reading
        self._show_path()
        if self.list.display and self.focused is None:
            self.list.focus()
        self.show_keys()

    @property
    def current(self) -> Found | None:
        """The recording under the cursor."""
        at = self.list.highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    def _show_path(self) -> None:
        here = self.current
        self.query_one("#recordings-path", Static).update("" if here is None else f" {here[0]}")

    def _say(self, words: str = "", hue: str = "$warning") -> None:
        self.query_one("#recordings-said", Static).update(Content.styled(words, f"bold {hue}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a recording there is nothing to read, copy, export or delete."""
        if action in ("read", "export"):
            return self.current is not None and isinstance(self.current[1], Summary)
        if action in ("copy_path", "delete"):
            return self.current is not None
        return True

    # ---- what the user wants

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.action_read()

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._show_path()
        if self._deleting is not None and (self.current is None or self.current[0] != self._deleting):
            self._deleting = None
            self._say()

    def action_read(self) -> None:
        """Show what was said, or the list again."""
        if self.words.display:
            self._back_to_list()
        elif self.current is not None:
            self._read_words(self.current[0])

    @work(thread=True, exclusive=True, group="words")
    def _read_words(self, path: Path) -> None:
        try:
            lines = words(transcript(open_recording(path)))
        except Unreadable as error:
            lines = [[(str(error), "muted")]]
        self.app.call_from_thread(self._show_words, lines)

    def _show_words(self, lines: list[list[tuple[str, str]]]) -> None:
        self.words.display = True
        self.words.show(lines)
        self._draw()
        self.words.focus()

    def _back_to_list(self) -> None:
        self.words.display = False
        self._draw()
        self.list.focus()

    def action_copy_path(self) -> None:
        """Copy the path of the folder."""
        if self.current is not None:
            self.app.copy_to_clipboard(str(self.current[0]))
            self.notify("Copied.", timeout=2)

    def action_export(self) -> None:
        """Write its sound beside whoever started the program."""
        if self.current is not None:
            self._export(self.current[0])

    @work(thread=True, exclusive=True, group="export")
    def _export(self, path: Path) -> None:
        target = Path.cwd() / f"{path.name}.wav"
        try:
            with target.open("xb") as file:
                file.write(export(open_recording(path), "wav"))
        except (OSError, Unreadable) as error:
            why = getattr(error, "strerror", None) or error
            self.app.call_from_thread(self._say, f"{target}: {why}")
        else:
            self.app.call_from_thread(self._say, f"Written to {target}", "$success")

    def action_delete(self) -> None:
        """Ask once, then do it."""
        if self.current is None:
            return
        path = self.current[0]
        if shelf.Kept(path, 0).at_work:
            self._say("It is being recorded now.")
        elif self._deleting != path:
            self._deleting = path
            self._say(f"{shown_key(self.state.commands, 'recordings.delete')} again: delete {path.name} for good.")
        else:
            self._deleting = None
            self._say()
            self._delete(path)

    @work(thread=True, group="delete")
    def _delete(self, path: Path) -> None:
        try:
            shelf.delete(path)
        except OSError as error:
            self.app.call_from_thread(self._say, f"{path}: {error.strerror or error}")
        self.app.call_from_thread(self._look)

    def action_back(self) -> None:
        """One step back: the words, the question, the screen."""
        if self.words.display:
            self._back_to_list()
        elif self._deleting is not None:
            self._deleting = None
            self._say()
        else:
            self.dismiss()
