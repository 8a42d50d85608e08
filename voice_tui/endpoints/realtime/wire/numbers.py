"""Numbers as events may hold them: beyond these, one counts nothing, and arithmetic would fail on it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

MOST = 2**53

Count: TypeAlias = Annotated[int, Meta(ge=-MOST, le=MOST)]
Seconds: TypeAlias = Annotated[float, Meta(ge=-MOST, le=MOST)]
