"""What the file looks like, version by version, and how an older file becomes a newer one.

A migration is never changed once it was released: a change of the schema is one more migration at the end.
"""

from __future__ import annotations

import sqlite3

Migration = tuple[str, ...]
"""Statements that lead from one version to the next."""

APPLICATION_ID = 0x56544D31  # "VTM1": tells our file from other programs' SQLite files

BASE: Migration = (
    """CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        started REAL NOT NULL,
        ended REAL,
        title TEXT NOT NULL DEFAULT '',
        endpoint TEXT NOT NULL DEFAULT '',
        profile TEXT NOT NULL DEFAULT ''
    )""",
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        item_id TEXT NOT NULL,
        role TEXT NOT NULL,
        speaker TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT '',
        heard_ms INTEGER,
        total_ms INTEGER,
        at REAL NOT NULL,
        pinned INTEGER NOT NULL DEFAULT 0,
        UNIQUE (conversation, item_id)
    )""",
    "CREATE INDEX items_in_order ON items (conversation, position)",
    """CREATE TABLE facts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        subject TEXT NOT NULL,
        text TEXT NOT NULL,
        speaker TEXT NOT NULL DEFAULT '',
        conversation INTEGER REFERENCES conversations (id) ON DELETE SET NULL,
        item_id TEXT,
        created REAL NOT NULL,
        updated REAL NOT NULL,
        used REAL,
        sameness TEXT NOT NULL,
        revision INTEGER NOT NULL
    )""",
    "CREATE INDEX facts_by_sameness ON facts (sameness)",
    "CREATE INDEX facts_by_revision ON facts (revision)",
    "CREATE INDEX facts_by_conversation ON facts (conversation)",
    """CREATE TABLE summaries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        first_item TEXT NOT NULL,
        last_item TEXT NOT NULL,
        tokens_before INTEGER NOT NULL,
        tokens_after INTEGER NOT NULL,
        at REAL NOT NULL
    )""",
    "CREATE INDEX summaries_by_conversation ON summaries (conversation)",
)


def _searchable(table: str, *columns: str) -> Migration:
    """A full-text index over columns of a table, and the triggers that keep the two in step."""
    index, names = f"{table}_index", ", ".join(columns)
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    remove = f"INSERT INTO {index} ({index}, rowid, {names}) VALUES ('delete', old.id, {old})"
    insert = f"INSERT INTO {index} (rowid, {names}) VALUES (new.id, {new})"
    return (
        f"""CREATE VIRTUAL TABLE {index} USING fts5 (
            {names}, content='{table}', content_rowid='id', prefix='3 4', tokenize='unicode61 remove_diacritics 2'
        )""",
        f"INSERT INTO {index} ({index}) VALUES ('rebuild')",
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {insert}; END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {remove}; END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {names} ON {table} BEGIN {remove}; {insert}; END",
    )


SEARCH: Migration = (*_searchable("facts", "subject", "text"), *_searchable("items", "text"))

VECTORS: Migration = (
    """CREATE TABLE vectors (
        fact INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
        model TEXT NOT NULL,
        vector BLOB NOT NULL,
        PRIMARY KEY (fact, model)
    ) WITHOUT ROWID""",
    """CREATE TRIGGER vectors_outdated AFTER UPDATE OF subject, text, speaker ON facts BEGIN
        DELETE FROM vectors WHERE fact = new.id;
    END""",
)

MIGRATIONS: tuple[Migration, ...] = (BASE, SEARCH, VECTORS)
VERSION = len(MIGRATIONS)

INDEXES = ("facts_index", "items_index")


class MemoryFileError(Exception):
    """The memory's file can't be used, in one line: which file, and why."""


def version_of(connection: sqlite3.Connection) -> int:
    """Version of the schema in the file; 0 for an empty one."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def check(connection: sqlite3.Connection, name: str) -> None:
    """Make sure that the file is ours and not newer than this program. Nothing is written.

    Args:
        connection: To the file.
        name: What the file is called in an error.

    Raises:
        MemoryFileError: It is somebody else's, or newer.
    """
    version = version_of(connection)
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION_ID and (tables or version or application):
        raise MemoryFileError(f"memory file {name}: a database of another program")
    if version > VERSION:
        raise MemoryFileError(
            f"memory file {name}: version {version}, this program knows versions up to {VERSION}; "
            "update voice-tui or choose another file"
        )


def migrate(connection: sqlite3.Connection, to: int = VERSION) -> None:
    """Bring the schema to a version, all of it or nothing.

    Two processes may do this at once: the version is looked up again under the write lock.

    Args:
        connection: In autocommit mode.
        to: Version to end at.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection)
        for statement in (s for migration in MIGRATIONS[version:to] for s in migration):
            connection.execute(statement)
        if version < to:
            connection.execute(f"PRAGMA user_version = {to}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
