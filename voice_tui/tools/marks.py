"""What can be said about a function that is a tool, besides its signature and its docstring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

LONGEST_S = 600.0


def approve(function: F) -> F:
    """Let each call wait until somebody has agreed to it; ``function.approve = True`` does the same."""
    function.approve = True  # type: ignore[attr-defined]
    return function


def timeout(seconds: float) -> Callable[[F], F]:
    """Let a call take so long, s; ``function.timeout = 5`` does the same."""

    def mark(function: F) -> F:
        function.timeout = seconds  # type: ignore[attr-defined]
        return function

    return mark
