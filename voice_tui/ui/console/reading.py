"""The conversation as one reads it: scrolled, pointed at, copied, searched."""

from __future__ import annotations

from typing import Literal

from textual import on
from textual.widgets import Input

from voice_tui.plain_text import one_line
from voice_tui.ui.common.empty import invitation
from voice_tui.ui.common.question import QuestionInput
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.console.margin import Margin
from voice_tui.ui.console.passage import transcript_text, turn_text
from voice_tui.ui.console.transcript import TranscriptPane
from voice_tui.ui.keys import Place, shown_key
from voice_tui.why import Cut, sentences


class ReadingScreen(Shell[None]):
    """The conversation pane and what reading it needs.

    Args:
        state: What is known of the voice side.
    """

    PLACE = Place.CONSOLE

    def __init__(self, state: State) -> None:
        super().__init__(state)
        margin = Margin(lambda: state.elapsed, state.when, shown_key(state.commands, "why"))
        self.transcript = TranscriptPane(state.clock, margin, id="transcript")
        self.transcript.invite(invitation(state))
        self.search = QuestionInput(id="search")

    def action_read(self, how: Literal["page_up", "page_down", "home", "end"]) -> None:
        """Scroll the conversation from wherever one is."""
        self.transcript.read(how)

    def action_turn(self, by: int) -> None:
        """Point at the turn before, or the next one."""
        self.transcript.move_cursor(by)

    def action_copy_turn(self) -> None:
        """Copy what is selected, else the turn pointed at, or found, or the last one."""
        rows, match = self.transcript.rows, self.transcript.match
        last = match.item_id if match else rows.last_turn.item_id if rows.last_turn is not None else ""
        item_id = self.transcript.cursor or last
        self._copy(self.get_selected_text() or (turn_text(rows.block(item_id)) if item_id in rows else ""))

    def action_copy_cut(self) -> None:
        """Copy what there is to say about the last cut."""
        cuts = [story for story in self.state.stories if isinstance(story, Cut)]
        self._copy("\n".join(sentences(cuts[-1])) if cuts else "")

    def action_copy_transcript(self) -> None:
        """Copy the whole conversation."""
        self._copy(transcript_text(self.transcript.rows))

    def _copy(self, text: str) -> None:
        if text:
            self.app.copy_to_clipboard(text)
            self.notify("Copied.", timeout=2)
        else:
            self.notify("There is nothing to copy yet.", timeout=2)

    # ---- searching

    def action_search(self) -> None:
        """Type what to look for in the conversation."""
        self.search.ask("search", "Search the conversation", self.transcript.needle.words)

    def action_match(self, by: int) -> None:
        """To the next place, or the one before."""
        self._say_match(self.transcript.next_match(by))

    @on(Input.Changed, "#search")
    def _searching(self, event: Input.Changed) -> None:
        if self.search.about:
            self._say_match(self.transcript.search(event.value))

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        """The letters n and N go on from here."""
        self.search.answered()
        self.set_focus(None)

    def _say_match(self, found: tuple[int, int]) -> None:
        at, count = found
        words = f"{at} of {count}" if count else "not found" if self.transcript.needle else ""
        self.search.border_subtitle = words
        if not self.search.about:
            self.notify(f"{one_line(self.transcript.needle.words, 40)}: {words}", timeout=2, markup=False)

    def leave_search(self) -> bool:
        """Nothing is looked for any more; False when nothing was."""
        asked = bool(self.search.answered())
        if asked or self.transcript.needle:
            self.transcript.search("")
            self.set_focus(None)
            return True
        return False
