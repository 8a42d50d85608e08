"""What those who carry the events of a wire, without looking inside, have to know of one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be known of one event.

    Attributes:
        words: One line about it, "" for nothing.
        error: It is an error.
        code: ... and this is its code.
        session: The id of the session that it names.
        expires_at: When that session will be ended, s since 1970; None: it does not say.
        created: A session begins.
        configured: The session took its settings.
        rest_s: By what is left of its budgets the endpoint is better left alone for so long, s.
    """

    words: str = ""
    error: bool = False
    code: str = ""
    session: str = ""
    expires_at: int | None = None
    created: bool = False
    configured: bool = False
    rest_s: float = 0.0


NO_REMARK = Remark()
