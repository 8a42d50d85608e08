"""The trace of a recorded conversation, for the receiver that would have got it live."""

from __future__ import annotations

from datetime import datetime

from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.drivers.telemetry import Carrier
from voice_tui.telemetry.mapping import Span
from voice_tui.telemetry.trace import Trace


def send(talk: RecordedTalk, carrier: Carrier, *, content: bool = False) -> int:
    """Give the trace of a recording to a carrier; sent again it has the same ids. Returns the number of spans.

    Raises:
        Unreadable: It can't be read.
    """
    session = talk.session
    offset_s = -session.talk_s  # of the talk's clock, where it was begun in the middle
    trace, spans, at_s = Trace(talk.path.name, offset_s, content=content), list[Span](), 0.0
    for told in talk.notices():
        at_s = told.t
        spans += trace.observe(told.t, told.notice)
    spans += trace.finish(max(at_s, session.seconds))
    carrier.carry(talk.path.name, datetime.fromisoformat(session.when).timestamp(), spans)
    return len(spans)
