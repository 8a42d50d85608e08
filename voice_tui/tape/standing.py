"""What stands at a moment of a talk: a recording that is begun in mid-talk begins with it, or nobody would know."""

from __future__ import annotations

from dataclasses import replace

from voice_tui.messages.agreed import SessionAgreed
from voice_tui.messages.context import ContextChanged
from voice_tui.messages.elapsed import Elapsed
from voice_tui.messages.link import CallEnded, CountersChanged, DevicesChanged, Link, LinkChanged
from voice_tui.messages.noise import NoiseChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.speakers import SpeakersChanged
from voice_tui.messages.talk import (
    Announced,
    ErrorCleared,
    InstructionsChanged,
    PhaseChanged,
    SettingsChanged,
    Severity,
    SidesChanged,
    SwitchesChanged,
)
from voice_tui.messages.turns import FrontEndChanged
from voice_tui.messages.usage import BillingChanged

STANDS = frozenset(
    {
        LinkChanged, CallEnded, DevicesChanged, CountersChanged, PhaseChanged, SidesChanged, SettingsChanged,
        SwitchesChanged, InstructionsChanged, FrontEndChanged, NoiseChanged, SessionAgreed, SpeakersChanged,
        BillingChanged, ContextChanged,
    }
)  # fmt: skip
"""Kinds of notice that hold until the next of their kind. Nothing that was said is among them, of the context only how
big it is: whoever begins a recording wants to keep what comes, not what was."""


class Standing:
    """Follows every notice of a talk."""

    def __init__(self) -> None:
        self._last: dict[type, Notice] = {}
        self._elapsed = Elapsed()

    def observe(self, now: float, notice: Notice) -> None:
        """This was told, at this time of the driver's clock, s."""
        self._elapsed.observe(now, notice)
        match notice:
            case LinkChanged(link=link) if link is not Link.CLOSED:
                self._last.pop(CallEnded, None)  # somebody is on the line again
            case ErrorCleared():
                self._last.pop(Announced, None)
            case _:
                pass
        if isinstance(notice, ContextChanged):
            notice = replace(notice, items=(), fixed=(), coming=None)  # the sizes, without the words
        kind = type(notice)
        if kind in STANDS or (isinstance(notice, Announced) and notice.severity is Severity.ERROR):
            self._last.pop(kind, None)
            self._last[kind] = notice

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What would have to be told to somebody who comes now, in the order in which it came."""
        return tuple(self._last.values())

    @property
    def preset(self) -> str:
        """How turns are taken; "" where nothing was told of it."""
        settings = self._last.get(SettingsChanged)
        return settings.preset if isinstance(settings, SettingsChanged) else ""

    def lasted_s(self, now: float) -> float:
        """How long the conversation has lasted, s."""
        return self._elapsed.seconds(now)
