"""The Realtime wire's law: what a log of both sides' events has to obey, so that a test can hold a log against it.

A record is a line of a wire log, ``{"dir", "dialect", "event"}``; the dialect is ``ga`` where none is said. Two more
keys are looked at: records of different ``session`` are connections of their own, and ``"expect": "error"`` marks an
event that was sent wrong on purpose. What is no event of the wire (``"dir": "here"``) is passed over.

`schema` and `values` judge an event by itself, `session_rules` and `answer_rules` by what came before it in its session
(`talk`). `story` writes logs in which everything is as it should be.
"""

from tests.wire.checker import Fault, check, event_faults, faults, read
from tests.wire.schema import Record

__all__ = ["Fault", "Record", "check", "event_faults", "faults", "read"]
