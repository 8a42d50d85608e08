"""The event inspector: every event of the wire, both ways, with what is in it and what answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from voice_tui.drivers.wirestore import WireEvent
from voice_tui.plain_text import one_line
from voice_tui.ui.common.lines import LinesPane
from voice_tui.ui.common.question import QuestionInput
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.inspector.event_list import EventList
from voice_tui.ui.inspector.log import DIRECTIONS, EventLog
from voice_tui.ui.inspector.search import search
from voice_tui.ui.inspector.wording import LEGEND, event_lines, standing, title
from voice_tui.ui.keys import Place

LOOK_S = 0.1  # how often one sees what is new
SOON_S = 0.005  # while there is more to read: keys come first
COUNTS_S = 1.0  # how often counts in the frame change: each time all that is in it is drawn
FILTER, SEARCH, SAVE, EXPORT = "filter", "search", "save", "export"
ASKED = {FILTER: "Filter by type", SEARCH: "Search", SAVE: "Save all events to", EXPORT: "Save the listed events to"}
TOAST_S = 6


class Inspector(Shell[None]):
    """A list, and below or beside it the event under the cursor.

    Args:
        state: What is known of the voice side.
        events: What went over the wire.
        about: An item of the conversation whose events one wants to see.
        at: Of a recording: what had gone by then, s of the store's clock, is looked at first; None: it is live.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.EVENTS
    LEGEND = LEGEND
    AUTO_FOCUS = "#events-list"

    def __init__(self, state: State, events: EventLog, about: str = "", *, at: float | None = None) -> None:
        super().__init__(state)
        self.events, self._about, self._at = events, about, at
        self.list = EventList(events, id="events-list")
        self.detail = LinesPane(id="events-detail")
        self.question = QuestionInput(id="events-entry")
        self._whole = False
        self._needle = ""
        self._reading = False
        self._entitled, self._entitled_at = ("", ""), 0.0
        self._standing: tuple[bool, ...] = ()
        self._shown: tuple[int, bool, str, int] | None = None  # event, whole, needle, how many links

    def inside(self) -> ComposeResult:
        """The list, the event, and what is asked."""
        yield self.list
        yield self.detail
        yield self.question

    def on_mount(self) -> None:
        """Begin to read."""
        self.set_interval(LOOK_S, self._look)
        self._look()

    # ---- reading

    def _look(self) -> None:
        """Read what is new, while somebody looks."""
        if self.app.screen is self and not self._reading:
            self._reading = True
            self._read_on()

    def _read_on(self) -> None:
        if not self.is_attached or self.app.screen is not self:
            self._reading = False
            return
        self.list.zero = self.state.live_since if self.state.live_since is not None else self.events.store.began
        more = self.events.read_on()
        self.list.sync()
        if more:
            self.set_timer(SOON_S, self._read_on)
        else:
            self._reading = False
            if self._about:
                self._find_cut()
            elif self._at is not None:
                at, self._at = self._at, None
                self.list.go_to(self.events.latest(at) or self.events.store.first)
        self._entitle(now=self._standing != (now := (self.list.following, self.events.paused, more)))
        self._standing = now
        self._detail()

    def _find_cut(self) -> None:
        """Put the cursor on the event that the conversation asked for."""
        number, self._about, self._at = self.events.about(self._about), "", None
        if number:
            self.list.go_to(number)
        else:
            self.notify("Its events are not kept any more.", timeout=TOAST_S)

    def _entitle(self, *, now: bool = True) -> None:
        """Write the counts into the frame; unless it is wanted now, as often as one can read them."""
        at = self.state.clock()
        words = title(self.events), standing(self.events, following=self.list.following, new=self.list.new)
        if words != self._entitled and (now or at - self._entitled_at >= COUNTS_S):
            self._entitled, self._entitled_at = words, at
            self.entitle(*words)

    # ---- the event

    @property
    def current(self) -> WireEvent | None:
        """The event under the cursor."""
        return self.list.current

    @on(EventList.Moved)
    def _moved(self) -> None:
        self._whole = False
        self._detail()
        self.show_keys()

    def _detail(self) -> None:
        """Show the event, anew only where something about it is."""
        event, log = self.current, self.events
        if event is None:
            return
        self.list.look()
        known = (event.number, self._whole, self._needle, len(log.linked(event.number)))
        if known == self._shown:
            return
        another = self._shown is None or self._shown[0] != event.number
        self._shown = known
        at = event.t - self.list.zero
        self.detail.show(event_lines(log, event, at, whole=self._whole), self._needle, top=another)

    # ---- what the user wants

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without an event there is nothing to copy; without a search no next match."""
        match action:
            case "back":
                return True
            case _ if self.question.about:  # it is answered first
                return False
            case "copy_event" | "open" | "more":
                return self.current is not None
            case "match":
                return bool(self._needle)
            case "other":
                event = self.current
                return event is not None and bool(self.events.linked(event.number))
            case _:
                return True

    def action_back(self) -> None:
        """One step back: the question, the event, the search, the filter, the screen."""
        if self.question.answered():
            self._leave_question()
        elif self.focused is self.detail:
            self._focus_list()
        elif self._needle:
            self._needle = ""
            self._detail()
        elif self.events.filter.narrow:
            self._sift(words="", direction="")
        else:
            self.dismiss()

    def _leave_question(self) -> None:
        self._focus_list()
        self.show_keys()

    def _focus_list(self) -> None:
        self.set_focus(self.list)

    def action_open(self) -> None:
        """Into the event: its keys scroll it."""
        self.set_focus(self.detail)

    def action_more(self) -> None:
        """Long strings whole, or folded."""
        self._whole = not self._whole
        self._detail()

    def action_audio(self) -> None:
        """Events with sound, or without."""
        self._sift(audio=not self.events.filter.audio)

    def action_direction(self) -> None:
        """Both ways, sent, received."""
        now = DIRECTIONS.index(self.events.filter.direction)
        self._sift(direction=DIRECTIONS[(now + 1) % len(DIRECTIONS)])

    def _sift(self, **changes: object) -> None:
        event, following = self.current, self.list.following
        self.events.sift(**changes)
        self.list.sync()
        if event is not None and not following:
            self.list.go_to(event.number)
        self._entitle()
        self._detail()

    def action_pause(self) -> None:
        """Let the list stand still, or go on."""
        self.events.pause(not self.events.paused)
        self.list.sync()
        self._entitle()

    def action_other(self) -> None:
        """To the event that answers it, or that it answers; several times: to each of them."""
        event, log = self.current, self.events
        if event is None:
            return
        found = log.linked(event.number)
        other = next((each for each in found if each.number > event.number), found[0] if found else None)
        if other is not None:
            if not log.filter.passes(other, log.store.glance(other)):
                self._sift(words="", direction="")
            self.list.go_to(other.number)

    def action_copy_event(self) -> None:
        """The event as one line of JSON, or what is selected."""
        event, log = self.current, self.events
        text = self.get_selected_text() or ""
        if not text and event is not None:
            text = (log.store.raw(event) or b"").decode("utf-8", "replace")
        if text:
            self.app.copy_to_clipboard(text)
            self.notify("Copied.", timeout=2)

    # ---- what is typed

    def action_events_filter(self) -> None:
        """Type parts of types."""
        self.question.ask(FILTER, ASKED[FILTER], self.events.filter.words)

    def action_search(self) -> None:
        """Type what to look for in the JSON."""
        self.question.ask(SEARCH, ASKED[SEARCH], self._needle)

    def action_save(self) -> None:
        """Ask for a file for everything."""
        self.question.ask(SAVE, ASKED[SAVE], self._file())

    def action_export(self) -> None:
        """Ask for a file for what is listed."""
        self.question.ask(EXPORT, ASKED[EXPORT], self._file())

    def _file(self) -> str:
        return f"events-{self.state.now():%Y-%m-%d-%H%M%S}.jsonl"

    @on(Input.Changed, "#events-entry")
    def _typed(self, event: Input.Changed) -> None:
        if self.question.about == FILTER:
            self._sift(words=event.value)

    @on(Input.Submitted, "#events-entry")
    def _entered(self, event: Input.Submitted) -> None:
        about, text = self.question.answered(), event.value.strip()
        self._leave_question()
        if about == SEARCH:
            self._needle = text
            self._detail()
            if text:
                self.action_match(1, here=True)
        elif about in (SAVE, EXPORT) and text:
            numbers = self.events.numbers() if about == EXPORT else None
            self.run_worker(self._save(Path(text).expanduser(), numbers), group="save", exit_on_error=False)

    # ---- work that takes a while

    def action_match(self, by: int, *, here: bool = False) -> None:
        """To the next event (1) that has what is looked for, or the one before (-1)."""
        self.run_worker(self._find(by, here), group="find", exclusive=True, exit_on_error=False)

    async def _find(self, by: int, here: bool) -> None:
        log = self.events
        place = log.place(self.current.number) if self.current is not None else -1
        event = await search(log, self._needle, place if here else place + by, by)
        if event is not None:
            self.list.go_to(event.number)
        else:
            words = one_line(self._needle, 60)
            self.notify(f"Not found in the {log.count:,} events that are listed: {words}", markup=False)

    async def _save(self, path: Path, numbers: Iterable[int] | None) -> None:
        try:
            count = await asyncio.to_thread(partial(self.events.store.save, path, numbers))
        except OSError as error:
            words = f"{path}: {error.strerror or error}"
            self.notify(words, title="Not saved", severity="error", timeout=TOAST_S, markup=False)
        else:
            self.notify(f"{count:,} events are in {path}.", timeout=TOAST_S, markup=False)
