"""The console of a replay: the same as live, with a scrubber where one would type."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from voice_tui.ui.common.state import State
from voice_tui.ui.console.legend import LEGEND
from voice_tui.ui.console.screen import Console
from voice_tui.ui.keys import Place
from voice_tui.ui.replay.player import Player
from voice_tui.ui.replay.scrubber import Scrubber

MOVES_S = {"back": -5.0, "on": 5.0, "far back": -30.0, "far on": 30.0}
STEPS = {"next": 1, "previous": -1, "faster": 1, "slower": -1}
"""What the table of commands calls them."""


class ReplayConsole(Console):
    """Nobody is on the line: keys move through the talk.

    Args:
        state: What is known at this place of the talk.
        player: Where that is.
    """

    PLACE = Place.REPLAY
    LEGEND = (
        *LEGEND,
        (
            "The line below",
            (
                ("[$interruption]✂[/]", "The assistant was interrupted."),
                ("[$success]▸[/]", "A false alarm: the answer went on where it had paused."),
                ("[$warning]◷[/]", "A slow turn: the answer was heard after more than 2 s."),
                ("[$error]✗[/]", "An error."),
            ),
        ),
    )

    def __init__(self, state: State, player: Player) -> None:
        super().__init__(state)
        self._player = player
        self.scrubber = Scrubber(player)

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
        """There is something to jump to only on this side of the last mark."""
        if action == "mark":
            return self._player.mark(STEPS[str(parameters[0])]) is not None
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

    def action_speed(self, which: str) -> None:
        """Twice as fast, or half as fast."""
        self._player.faster(STEPS[which])
        self.scrubber.refresh()

    def _seek(self, t: float) -> None:
        self.post_message(Scrubber.Sought(t))
