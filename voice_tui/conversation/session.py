"""The seam between the conversation and an endpoint: what each side may ask of the other.

The conversation knows rows of a transcript and two audio tracks. How an endpoint cuts the talk (items and responses, or
two endless tracks) is its session's business, and so is everything that is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.messages.inputs import Embedded
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.link import Introduction
from voice_tui.messages.profile import Capabilities, Place
from voice_tui.messages.tools import ToolFinished, ToolsFound


class LocalSide(Protocol):
    """Our side, as a session sees it: the detector at work."""

    @property
    def speaking(self) -> bool:
        """We believe that the user speaks."""
        ...

    @property
    def hears(self) -> bool:
        """A voice is heard now, whatever is made of it."""
        ...

    @property
    def streams(self) -> bool:
        """Everything is sent, and the endpoint finds the turns."""
        ...

    @property
    def note(self) -> str:
        """What our detector is doing, for the status bar."""
        ...

    @property
    def row(self) -> str:
        """The placeholder of a turn of our own making that is under way, "" for none."""
        ...

    @property
    def holding(self) -> str:
        """Why the request for an answer waits, "" when none does."""
        ...

    def drop_hold(self) -> None:
        """The request that waits is made, or not wanted any more."""
        ...

    def server_onset(self) -> bool:
        """The endpoint heard the user begin; True when that stops the assistant."""
        ...

    def turn_counts(self) -> bool:
        """The endpoint has a whole turn of the user; False when it is none."""
        ...

    def ask(self, row_id: str, instructions: str) -> None:
        """The turn with this row is whole, and we are to ask for its answer, now or when it sounds finished."""
        ...


class Session(Protocol):
    """One session with an endpoint, over as many connections as it takes.

    Every method returns at once; what follows comes as commands and notices.
    """

    capabilities: Capabilities
    """What the endpoint can do, as far as it is known by now."""

    # ---- what is going on

    @property
    def busy(self) -> bool:
        """The floor is the assistant's: an answer was asked for, is being made, or sounds."""
        ...

    @property
    def sounding(self) -> bool:
        """Some of an answer is on its way to the ear."""
        ...

    @property
    def progress(self) -> str:
        """How far the answer that sounds is, in steps that one can read; "" where nothing can be said."""
        ...

    @property
    def stopping(self) -> str:
        """What an interruption still waits for; "" when none is being carried out."""
        ...

    @property
    def waiting(self) -> str:
        """What the session waits for before anything sounds; "" for nothing."""
        ...

    @property
    def working(self) -> str:
        """Names of the tools that are at work, "" for none."""
        ...

    @property
    def hearing(self) -> bool:
        """The endpoint believes that the user speaks."""
        ...

    @property
    def keeping(self) -> bool:
        """There is no session now, and what is said is kept for the next one."""
        ...

    @property
    def current(self) -> str:
        """The row of the answer that sounds or is being made, "" for none."""
        ...

    @property
    def server_interrupts(self) -> bool:
        """The endpoint has agreed to stop its answer by itself when it hears the user."""
        ...

    # ---- the assistant

    def interrupt(self, source: str, *, server_cancels: bool = False) -> bool:
        """Stop the assistant now.

        Args:
            source: Who decided: ``local``, ``server``, ``key`` or ``text``.
            server_cancels: The endpoint stops by itself, or has.

        Returns:
            False when there was nothing to stop.
        """
        ...

    def want_answer(self, instructions: str | None = None) -> None:
        """Ask for an answer, now or as soon as it can be.

        Args:
            instructions: For this answer, in place of the session's; None: as last asked.
        """
        ...

    def ask_again(self) -> None:
        """What a request waited for is there, or is not waited for any more."""
        ...

    # ---- the user's audio

    def append(self, frames: list[Pcm]) -> None:
        """Send audio: frames of 10 ms, int16, shape (240,)."""
        ...

    def commit(self, row_id: str) -> None:
        """What was appended is a whole turn: that of this placeholder."""
        ...

    def clear(self) -> None:
        """Forget what was appended and not committed."""
        ...

    # ---- words and settings

    def say(self, text: str) -> None:
        """A typed turn, to be answered."""
        ...

    def note(self, text: str, before: str | None, refused: Callable[[], None]) -> None:
        """Tell the model something that nobody said.

        Args:
            text: What.
            before: The row that it belongs before; None: the end.
            refused: Called when the endpoint did not take it.
        """
        ...

    def configure(self) -> None:
        """The preset or a knob changed: agree on it with the endpoint, where it has a part in it."""
        ...

    def become(self, profile: SelectProfile) -> None:
        """Let the assistant be somebody else."""
        ...

    def forget_turn(self) -> None:
        """Another detector takes over: what the endpoint was hearing is no turn, and its clock begins anew."""
        ...

    def intents(self) -> Mapping[type, Callable[[Any], object]]:
        """What this family of endpoints lets a user want besides: intent → method."""
        ...

    # ---- driving

    def hello(self) -> None:
        """The connection is open; where the client speaks first, it does so now."""
        ...

    def receive(self, event: object) -> None:
        """The endpoint sent something. What this session has no rule for is tolerated."""
        ...

    def finished(self, result: ToolFinished | ToolsFound | Embedded) -> None:
        """A driver has done what it was asked for, or has found tools."""
        ...

    def settle(self, place: Place) -> None:
        """The next connection goes to this place; the one that there is must not be used any more."""
        ...

    def lost(self) -> None:
        """The connection is gone."""
        ...

    @property
    def portable(self) -> bool:
        """Nothing is under way that would be lost if another connection took over now."""
        ...

    def introduction(self, place: Place | None = None) -> Introduction | None:
        """What another connection has to be told before it takes over, at this place or the same; None: none could.

        As long as nothing changes, it is the same every time.
        """
        ...

    def moved(self, told: Introduction, arrived: Sequence[object]) -> None:
        """Another connection has taken over.

        Args:
            told: The introduction that it was given.
            arrived: The events that its endpoint has sent by now, in order.
        """
        ...

    def tick(self, *, free: bool) -> None:
        """Time has passed. ``free``: the connection is live, nobody speaks and nothing is under way."""
        ...
