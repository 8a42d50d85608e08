"""The same recorded callers with several endpoints, judged from the recordings."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from voice_tui.drivers.call import HungUp
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.messages.usage import Bill
from voice_tui.plain_text import one_line
from voice_tui.rehearsal.call import Held, SettingRefused
from voice_tui.rehearsal.caller import Caller
from voice_tui.rehearsal.measured import judgement_of
from voice_tui.rehearsal.tries import heed_cancel, undisturbed
from voice_tui.replay.judge.judgement import Judgement, together
from voice_tui.replay.judge.labels import LabelError
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.tape.codec import Unreadable

FAILURES = (ConnectionFailed, HungUp, SettingRefused, RecordingError, LabelError, Unreadable, OSError)
"""What ends the talks with one endpoint, and none with another."""
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
        failure: Why no more of them are held, one line; "" where nothing is in the way.
    """

    name: str
    talk: Talk
    judgements: list[Judgement] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rest_s: float = 0.0
    failure: str = ""

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

    An endpoint with which a talk fails keeps what was held before, and is left out from there on. The last one that is
    left is not asked for more: there is nothing to compare it with.

    Args:
        sides: The endpoints; they get what came of it.
        callers: Who talks.
        keep: Where the recordings are kept, a folder an endpoint; None: they are not.
        speech: What counts as a caller's speech.
        tell: Is told in one line what came between, and which endpoint fails.
        step: Called behind each talk.
    """
    for caller in callers:
        there = [side for side in sides if not side.failure]
        if len(there) < 2:
            break
        for side in there:
            try:
                await _one(side, caller, keep, speech, tell)
            except FAILURES as error:
                side.failure = _words(error)
                held = f"{len(side.judgements)} of {len(callers)} talks with it are done"
                tell(f"{side.name}: {side.failure}: it is left out from here on, {held}")
            step()
            heed_cancel()


async def _one(side: Side, caller: Caller, keep: Path | None, speech: UserSpeech, tell: Callable[[str], None]) -> None:
    """Hold a talk, and judge it.

    Raises:
        Exception: One of `FAILURES`.
    """
    with tempfile.TemporaryDirectory(prefix="voice-tui-") as aside:
        talk = partial(side.talk, caller, keep / side.name if keep else Path(aside))
        held = await undisturbed(talk, lambda words: tell(f"{side.name}: {words}"), side.rest_s)
        side.rest_s = held.rest_s
        side.bills.append(held.bill)
        if held.remark:
            side.remarks.append(f"{side.name}: {held.remark}")
        side.judgements.append(judgement_of(f"{side.name} {caller.path}", held, caller, speech))


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return one_line(": ".join(str(words) for words in (error.filename, error.strerror or error) if words))
    return one_line(str(error))
