"""Under which circumstances a talk was recorded: what an engine is made of, and what it ran on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from voice_tui.endpoints.families import FAMILIES, Family
from voice_tui.endpoints.models import ModelTable
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.limits import NO_LIMITS, Limits
from voice_tui.messages.notices import Notice
from voice_tui.messages.packing import UNPACKABLE
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.talk import Announced, Interrupted, RowChanged, RowRemoved, Severity
from voice_tui.tape.codec import SPOILED, Codec, Unreadable

if TYPE_CHECKING:
    from voice_tui.conversation.engine import Engine

LATEST_S = 1e10  # on a clock that counts seconds, since 1970 at the earliest
EDITION = 1
"""Of the form in which a recording is kept."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is in a talk.

    Attributes:
        turns, answers: Rows of the user and of the assistant.
        interruptions: How often the assistant was stopped.
        errors: How many were told.
    """

    turns: int = 0
    answers: int = 0
    interruptions: int = 0
    errors: int = 0


class Counting:
    """Follows every notice of a talk."""

    def __init__(self) -> None:
        self._roles: dict[str, str] = {}
        self._interruptions = self._errors = 0

    def observe(self, notice: Notice) -> None:
        """This was told."""
        match notice:
            case RowChanged(row) if not row.greeting:  # nobody said that
                self._roles[row.item_id] = row.role
            case RowRemoved(item_id):
                self._roles.pop(item_id, None)
            case Interrupted():
                self._interruptions += 1
            case Announced(severity=Severity.ERROR):
                self._errors += 1
            case _:
                pass

    @property
    def counts(self) -> Counts:
        """What there is by now."""
        roles = list(self._roles.values())
        return Counts(roles.count("user"), roles.count("assistant"), self._interruptions, self._errors)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What stands in ``session.json``.

    Attributes:
        edition: Of the form of the recording.
        when: When it began, the local date and time as ISO 8601 has them.
        began: The same on the clock of the tape, s.
        talk_s: The same on the talk's clock, s: moments of notices lie on that one. 0 where it is whole.
        lasted_s: So long the conversation had lasted by then, as its clock shows it; 0 where it is whole.
        whole: It holds the talk from its beginning, so an engine can live it again.
        family: Name of the endpoint's family.
        preset: How turns were taken at first.
        tuned: Preset → where its knobs stood at first, of those that were not as the preset has them.
        profile, capabilities, models, limits: What the engine was made of.
        endpoint, model: Where the talk was held, without secrets.
        mic, speaker: The devices, as the user calls them.
        versions: Of voice-tui and of what computes: package → version, "" where it is not installed.
        ended: It was closed properly.
        seconds: How long it is; 0 while it is not closed.
        problem: Why it is not all that it should be, one line; "" for nothing.
        counts: What was told by its end, see `Counts`; None while it is not closed.
        redacted: So many lines held a secret that was taken out: they are not what the engine was told.
    """

    when: str
    began: float
    family: str
    preset: str
    edition: int = EDITION
    whole: bool = True
    talk_s: float = 0.0
    profile: Profile = field(default_factory=Profile)
    capabilities: Capabilities = field(default_factory=Capabilities)
    models: ModelTable = field(default_factory=ModelTable)
    limits: Limits = NO_LIMITS
    endpoint: str = ""
    model: str = ""
    mic: str = ""
    speaker: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    ended: bool = False
    seconds: float = 0.0
    problem: str = ""
    counts: Counts | None = None
    redacted: int = 0
    tuned: Mapping[str, TurnSettings] = field(default_factory=dict)
    lasted_s: float = 0.0


def packed(circumstances: Circumstances) -> bytes:
    """The text of ``session.json``."""
    value: Any = Codec(UNPACKABLE).form(Circumstances).pack(circumstances)
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def unpacked(raw: bytes) -> Circumstances:
    """What a ``session.json`` says.

    Raises:
        Unreadable: It is none, or of a form that is not known here.
    """
    try:
        value = msgspec.json.decode(raw)
        edition = value.get("edition") if isinstance(value, dict) else None
        if edition != EDITION:
            raise Unreadable(f"edition: {edition!r} is not {EDITION}, the only one that can be read here")
        found: Circumstances = Codec(UNPACKABLE).form(Circumstances).unpack(value)
    except SPOILED as error:
        raise Unreadable(str(error)) from error
    for name in ("began", "talk_s", "lasted_s", "seconds"):
        value = getattr(found, name)
        if not 0 <= value <= LATEST_S:
            raise Unreadable(f"{name}: {value} is not from 0 to {LATEST_S:g}")
    return found


def family_of(circumstances: Circumstances) -> Family:
    """The family of the endpoint.

    Raises:
        Unreadable: It is none that is known here.
    """
    family = FAMILIES.get(circumstances.family)
    if family is None:
        raise Unreadable(f"family: {circumstances.family!r} is none of {', '.join(FAMILIES)}")
    return family


def engine_of(circumstances: Circumstances) -> Engine:
    """An engine as it was when the talk began.

    Raises:
        Unreadable: Its endpoint is of a family that is not known here, or its preset is not.
    """
    from voice_tui.conversation.engine import Engine  # who only writes circumstances down needs none

    family = family_of(circumstances)
    for preset in (circumstances.preset, *circumstances.tuned):
        if preset not in PRESETS:
            raise Unreadable(f"preset: {preset!r} is none of {', '.join(PRESETS)}")
    able = Capabilities()
    able.become(circumstances.capabilities)  # a session makes them its own
    return Engine(
        lambda shared: family.open(shared, circumstances.profile, able, circumstances.models),
        circumstances.preset,
        circumstances.limits,
        circumstances.tuned,
    )
