"""The memory of all conversations: one SQLite file, or none in private mode."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from voice_tui.memory.conversations import Conversations
from voice_tui.memory.database import Database
from voice_tui.memory.facts import Facts
from voice_tui.memory.schema import INDEXES, VERSION, MemoryFileError

TABLES = ("vectors", "facts", "summaries", "items", "conversations", "sqlite_sequence")  # children first


class Store:
    """Open memory: `conversations` and `facts`. One thread owns it; other processes may have the file open too.

    Every call is one transaction: once it has returned, the end of the process takes nothing away.

    Args:
        path: The file. None for private mode: everything works, nothing is written, and all is gone when closed.
        now: The clock, in seconds since 1970.

    Raises:
        MemoryFileError: The file can't be used; it is untouched.
    """

    def __init__(self, path: Path | None, now: Callable[[], float]) -> None:
        self._path = path
        self._database = Database(path, now)
        self.conversations = Conversations(self._database)
        self.facts = Facts(self._database)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        self._database.close()

    def export(self) -> str:
        """Everything as JSON: ``{"version", "conversations": [{…, "items", "summaries"}], "facts"}``, oldest first."""
        conversations = [
            {
                **asdict(conversation),
                "items": [asdict(item) for item in self.conversations.items(conversation.id)],
                "summaries": [asdict(summary) for summary in self.conversations.summaries(conversation.id)],
            }
            for conversation in reversed(self.conversations.page(limit=-1))
        ]
        facts = [asdict(fact) for fact in reversed(self.facts.page(limit=-1))]
        content = {"version": VERSION, "conversations": conversations, "facts": facts}
        return json.dumps(content, ensure_ascii=False, indent=1)

    def wipe(self) -> None:
        """Delete everything. No text is left in the file or beside it (what the disk itself keeps is out of reach).

        Raises:
            MemoryFileError: Another process is reading. Everything is deleted, but traces stay in the write-ahead log
                until the last process closes the file.
        """
        with self._database.write() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")
            self._database.rebuild(*INDEXES)
        self._database.vacuum()
        if not self._database.checkpoint():
            raise MemoryFileError(f"memory file {self._path}: wiped, but another process holds on to the old text")
