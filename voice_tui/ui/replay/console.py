"""The console of a replay: the same as live, with a scrubber where one would type."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from voice_tui.replay.judge.labels import LabelError
from voice_tui.ui.common.state import State
from voice_tui.ui.console.legend import LEGEND
from voice_tui.ui.console.screen import Console
from voice_tui.ui.keys import Place, shown_key
from voice_tui.ui.messages import ScreenWanted
from voice_tui.ui.replay.desk import Desk, Here
from voice_tui.ui.replay.player import Player
from voice_tui.ui.replay.scrubber import Scrubber

MOVES_S = {"back": -5.0, "on": 5.0, "far back": -30.0, "far on": 30.0}
STEPS = {"next": 1, "previous": -1, "faster": 1, "slower": -1}
"""What the table of commands calls them."""


class Labelled(Message):
    """Somebody set a label."""


class ReplayConsole(Console):
    """Nobody is on the line: keys move through the talk.

    Args:
        state: What is known at this place of the talk.
        player: Where that is.
        desk: Labels of the recording.
    """

    PLACE = Place.REPLAY
    CONNECTS = ""
    LEGEND = (
        *LEGEND,
        (
            "The line below",
            (
                ("[$interruption]✂[/]", "The AI was interrupted."),
                ("[$success]▸[/]", "A false alarm: the answer went on where it had paused."),
                ("[$warning]◷[/]", "A slow turn: the answer was heard after more than 2 s."),
                ("[$error]✗[/]", "An error."),
                ("[$success]f[/]", "A cut that nobody wanted: you said so."),
                ("[$error]m[/]", "You said that the AI should have been cut here."),
                (
                    "[$you]t i b c o[/]",
                    "Your voice, as named: turn, interruption, backchannel, cough, to others.",
                ),
            ),
        ),
    )

    def __init__(self, state: State, player: Player, desk: Desk) -> None:
        super().__init__(state)
        self._player, self._desk = player, desk
        verdict, kind = (shown_key(state.commands, name) for name in ("replay.verdict", "replay.kind"))
        self.scrubber = Scrubber(player, desk, (verdict, kind))

    def entry(self) -> ComposeResult:
        """The last line: where the replay is."""
        yield self.scrubber

    def rest(self) -> None:
        """Time passes only as it is played."""
        super().rest()
        self.scrubber.refresh()
        self.show_keys()

    def on_key(self, event: events.Key) -> None:
        """Nothing is typed here."""
        event.prevent_default()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to jump to only on this side of the last mark, and to label where something is."""
        match action:
            case "mark":
                return self._player.mark(STEPS[str(parameters[0])]) is not None
            case "verdict":
                return self._desk.here(self._player.looked_at).cut is not None
            case "cut_events":
                return self._cut_item is not None
            case "kind":
                return self._desk.here(self._player.looked_at).sound is not None
        return super().check_action(action, parameters)

    def action_enter_input(self) -> None:
        """There is no input line: letters are commands, always."""
        self.set_focus(None)

    def action_play(self) -> None:
        """Play, or stand still; at the end from the beginning."""
        player = self._player
        if player.position >= player.length:
            self._seek(0.0)
        player.playing = not player.playing
        self.scrubber.refresh()

    def action_move(self, where: str) -> None:
        """Some seconds on, or back."""
        self._seek(self._player.position + MOVES_S[where])

    def action_mark(self, which: str) -> None:
        """To a little before the next mark, or the one before."""
        mark = self._player.mark(STEPS[which])
        if mark is not None:
            self._seek(self._player.go_to(mark))

    @property
    def _cut_item(self) -> str | None:
        """The answer whose cut is here, or the last one that was cut."""
        near = self._player.nearby
        if near is not None and near.item:
            return near.item
        cut = self.transcript.rows.last_cut
        return None if cut is None else cut.item_id

    def action_cut_events(self) -> None:
        """The cut here, event by event."""
        if self._cut_item is not None:
            self.post_message(ScreenWanted("inspector", self._cut_item))

    async def action_verdict(self) -> None:
        """Say of the cut here that it was real or false; where nothing was cut, that it should have been."""
        await self._label(self._desk.next_verdict)

    async def action_kind(self) -> None:
        """Say what the voice here is: a turn, a backchannel, a cough, speech to others."""
        await self._label(self._desk.next_kind)

    async def _label(self, say: Callable[[Here], bool]) -> None:
        """On a thread of its own: the disk may be slow."""
        here = self._desk.here(self._player.looked_at)
        try:
            if await asyncio.to_thread(say, here):
                self.post_message(Labelled())
        except LabelError as error:
            self.notify(str(error), title="Not labelled", severity="error", markup=False)

    def action_speed(self, which: str) -> None:
        """Twice as fast, or half as fast."""
        self._player.faster(STEPS[which])
        self.scrubber.refresh()

    def _seek(self, t: float) -> None:
        self.post_message(Scrubber.Sought(t))
