"""One connection to the memory's file: private, crash-proof, and shared politely with other processes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voice_tui.memory.schema import MemoryFileError, check, migrate
from voice_tui.private_file import keep_private, open_private

BUSY_TIMEOUT_MS = 5000  # another process writes for milliseconds; a wipe of a large file may take a second or two

SETTINGS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
    "PRAGMA temp_store = MEMORY",  # no copy of a text in a temporary folder
)
# In WAL mode a committed transaction survives the end of the process without an fsync. A power cut may cost the last
# transactions, never the file.
WAL_MODE = "PRAGMA journal_mode = WAL"
FILE_SETTINGS = ("PRAGMA synchronous = NORMAL",)


class Database:
    """An open memory file. It belongs to the thread that opened it; `sqlite3` refuses any other.

    Args:
        path: The file, made if it is not there (with its folder), readable by its owner alone. None keeps everything
            in this process's memory and is gone when closed.
        now: The clock, in seconds since 1970.

    Raises:
        MemoryFileError: The file can't be opened, is no memory file, or is newer than this program. It is untouched.
    """

    def __init__(self, path: Path | None, now: Callable[[], float]) -> None:
        self.now = now
        self.writes = 0
        self._connection = _connect(path)

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        self._connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is in the file at the end of the block, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self.writes += 1

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a query."""
        return self._connection.execute(query, values).fetchall()

    def stamp(self) -> tuple[int, int]:
        """Differs from an earlier stamp if anybody wrote to the file in between."""
        return self.writes, self.rows("PRAGMA data_version")[0][0]

    def rebuild(self, *indexes: str) -> None:
        """Make search indexes anew, within `write`: of a deleted row, they keep the words until then."""
        for index in indexes:
            self._connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")

    def checkpoint(self) -> bool:
        """Bring the write-ahead log into the file and empty it, for it holds what was overwritten.

        Returns:
            False when another process is reading: then whoever closes the file last empties it.
        """
        busy: int = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        return not busy

    def vacuum(self) -> None:
        """Write the file anew, without its empty pages."""
        self._connection.execute("VACUUM")


def _connect(path: Path | None) -> sqlite3.Connection:
    name = str(path) if path else "in memory"
    try:
        if path:
            _make_private(path)
        connection = sqlite3.connect(path or ":memory:", isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise MemoryFileError(f"memory file {name}: {_reason(error)}") from error
    try:
        for setting in SETTINGS:
            connection.execute(setting)
        check(connection, name)
        if path:
            _into_wal_mode(connection)
            for setting in FILE_SETTINGS:
                connection.execute(setting)
        migrate(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise MemoryFileError(f"memory file {name}: {_reason(error)}") from error
        raise
    return connection


def _into_wal_mode(connection: sqlite3.Connection) -> None:
    """Change a new file to WAL mode; of a file that is in it already, nothing is asked.

    It is the one statement that waits for nobody, whatever the busy timeout is: SQLite holds a lock already when it
    asks for the next one. Whoever is in the way opens the same new file; once they let go, it is in WAL mode.
    """
    try:
        connection.execute(WAL_MODE)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        connection.execute("BEGIN EXCLUSIVE")  # this waits
        connection.execute("COMMIT")
        connection.execute(WAL_MODE)


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _make_private(path: Path) -> None:
    """The folder, if we make it, and the file are for their owner; SQLite gives its -wal and -shm the file's mode."""
    os.close(open_private(path, os.O_RDWR | os.O_CREAT))
    keep_private(path)
