"""The memory of a run: opened at the start, read for what the assistant is to be told, closed at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from voice_tui.drivers.memory.thread import MemoryThread
from voice_tui.memory.embedding import Embedder, WordParts, best_embedder
from voice_tui.memory.introduction import Introduction, introduction
from voice_tui.memory.schema import MemoryFileError
from voice_tui.memory.tools import TOOLS
from voice_tui.messages.profile import Profile
from voice_tui.plain_text import one_line

STORE_ERRORS = (MemoryFileError, sqlite3.Error, OSError)
NOBODY = Introduction("", ())
START_S = 2.0  # at the start, longer than that nobody waits for what is known


@dataclass(frozen=True, slots=True)
class MemoryOptions:
    """The memory of a run.

    Attributes:
        memory: Its thread for tools, facts and the screen.
        pen: A thread of its own for what is said, so that it never waits for a model.
        now: The clock, in seconds since 1970.
        folder: Where an export goes unless the user says otherwise.
        known: What was known at the start.
        problem: Why it can't be used, one line.
    """

    memory: MemoryThread
    pen: MemoryThread
    now: Callable[[], float]
    folder: Path
    known: Introduction = NOBODY
    problem: str = ""

    def introduce(self, profile: Profile) -> Profile:
        """The profile with the tools and with what is known of the user."""
        if self.problem:
            return profile
        name = profile.details.get("user_name") or self.known.user_name
        return replace(
            profile,
            tools=(*profile.tools, *TOOLS),
            details={**profile.details, **({"user_name": name} if name else {})},
            extra_instructions=(*profile.extra_instructions, *self.known.lines),
        )

    def close(self) -> None:
        """Write what is still to be written, and end both threads."""
        self.pen.close()
        self.memory.close()


def open_memory(
    path: Path,
    now: Callable[[], float],
    *,
    embedder: Callable[[], Embedder] = best_embedder,
    executor: Callable[[], Executor | None] = lambda: None,
) -> MemoryOptions:
    """Open the memory and read what the assistant is to be told at the start.

    Args:
        path: See `Store`.
        now: The clock, in seconds since 1970.
        embedder: Makes what recall compares with.
        executor: Makes what each of the two threads runs on; None: a thread.
    """
    memory = MemoryThread(path, now, embedder, executor=executor())
    pen = MemoryThread(path, now, WordParts, embeds=False, executor=executor())
    options = MemoryOptions(memory, pen, now, path.parent)
    asked = pen.submit(lambda m: introduction(m.store, datetime.fromtimestamp(now())))
    try:
        return replace(options, known=asked.result(START_S))
    except TimeoutError:
        return replace(options, problem=f"memory file {path}: busy")
    except STORE_ERRORS as error:
        return replace(options, problem=reason_of(error))


def reason_of(error: BaseException) -> str:
    """An error of the memory, in one line."""
    text = one_line(error)
    return text if isinstance(error, MemoryFileError) else f"memory: {text or type(error).__name__}"
