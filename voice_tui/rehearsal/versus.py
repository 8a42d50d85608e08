"""The same recorded callers with several endpoints, judged from the recordings."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from voice_tui.messages.usage import Bill
from voice_tui.rehearsal.call import Held
from voice_tui.rehearsal.caller import Caller
from voice_tui.rehearsal.measured import judgement_of
from voice_tui.rehearsal.tries import undisturbed
from voice_tui.replay.judge.judgement import Judgement, together
from voice_tui.replay.judge.speech import UserSpeech

Talk = Callable[[Caller, Path], Awaitable[Held]]


@dataclass(slots=True)
class Side:
    """An endpoint.

    Attributes:
        name: As the user calls it.
        talk: Holds a talk there, and puts its recording into a folder.
        judgements: Of each talk, in their order.
        bills: What each used.
        remarks: What went wrong in them, a line each.
        rest_s: So long it is to be left alone before the next one.
    """

    name: str
    talk: Talk
    judgements: list[Judgement] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rest_s: float = 0.0

    @property
    def judgement(self) -> Judgement:
        """The judgement of all talks together."""
        return together(self.name, self.judgements)


async def versus(
    sides: Sequence[Side],
    callers: Sequence[Caller],
    keep: Path | None = None,
    speech: UserSpeech = UserSpeech.VOICE,
    tell: Callable[[str], None] = lambda words: None,
    step: Callable[[], None] = lambda: None,
) -> None:
    """Hold all talks, caller by caller, one after the other: none takes the processor or the line from another.

    Args:
        sides: The endpoints; they get what came of it.
        callers: Who talks.
        keep: Where the recordings are kept, a folder an endpoint; None: they are not.
        speech: What counts as a caller's speech.
        tell: Is told in one line what came between.
        step: Called behind each talk.

    Raises:
        ConnectionFailed: An endpoint can't be used.
        HungUp: A limit is reached.
        RecordingError: A recording can't be read.
        OSError: It can't be written.
    """
    for caller in callers:
        for side in sides:
            with tempfile.TemporaryDirectory(prefix="voice-tui-") as aside:
                folder = keep / side.name if keep else Path(aside)
                talk = partial(side.talk, caller, folder)
                held = await undisturbed(talk, tell, side.rest_s)
                side.rest_s = held.rest_s
                side.judgements.append(judgement_of(f"{side.name} {caller.path}", held, caller, speech))
            side.bills.append(held.bill)
            if held.remark:
                side.remarks.append(f"{side.name}: {held.remark}")
            step()
