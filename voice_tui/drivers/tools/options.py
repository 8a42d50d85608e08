"""The tools of a run, put together at the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from voice_tui.drivers.tools.server import ToolServer
from voice_tui.drivers.tools.workshop import ToolThreads, Workshop
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import Approval
from voice_tui.tools.signature import Tool


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """The tools of a run besides those of the memory.

    Attributes:
        tools: By name.
        servers: What else brings some, once it is ready.
        approval: What was agreed to beforehand.
        sought: Names in it that no tool has but, it may be, one of a server.
        workshop: Makes what they run in.
    """

    tools: Mapping[str, Tool] = field(default_factory=dict)
    servers: tuple[ToolServer, ...] = ()
    approval: Approval = field(default_factory=Approval)
    sought: frozenset[str] = frozenset()
    workshop: Callable[[], Workshop] = ToolThreads

    def introduce(self, profile: Profile) -> Profile:
        """The profile with these tools; one of its own gives way to one of the same name."""
        specs = tuple(tool.spec for tool in self.tools.values())
        others = tuple(spec for spec in profile.tools if spec.name not in self.tools)
        return replace(profile, tools=(*others, *specs), approval=self.approval)
