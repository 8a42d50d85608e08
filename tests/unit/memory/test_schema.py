"""The memory's file: its versions, its privacy, and what is refused."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from voice_tui.memory import schema
from voice_tui.memory.schema import INDEXES, MIGRATIONS, VERSION, MemoryFileError
from voice_tui.memory.store import Store
from voice_tui.settings import paths


def at_version(path: Path, version: int) -> sqlite3.Connection:
    """A file as an older program left it."""
    connection = sqlite3.connect(path, isolation_level=None)
    schema.migrate(connection, version)
    return connection


def definitions(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()


@pytest.mark.parametrize("version", range(1, VERSION))
def test_a_file_of_every_older_version_is_brought_up_with_all_that_is_in_it(tmp_path: Path, version: int) -> None:
    path, new = tmp_path / "old.db", tmp_path / "new.db"
    connection = at_version(path, version)
    assert schema.version_of(connection) == version
    connection.execute("INSERT INTO conversations (id, started) VALUES (1, 5)")
    connection.execute(
        "INSERT INTO items (conversation, position, item_id, role, text, at) VALUES (1,1,'a','user','hi Clara',6)"
    )
    connection.execute(
        """INSERT INTO facts (subject, text, created, updated, sameness, revision)
        VALUES ('Ada', 'Likes tea', 5, 5, '', 1)"""
    )
    connection.close()
    with Store(path, lambda: 9.0) as store:
        assert [fact.text for fact in store.facts.search("tea")] == ["Likes tea"]
        assert [item.text for item in store.conversations.search("Clara")] == ["hi Clara"]
    Store(new, lambda: 0.0).close()
    assert definitions(path) == definitions(new)


def test_each_step_adds_what_it_is_there_for(tmp_path: Path) -> None:
    names = []
    for version in range(1, VERSION + 1):
        path = tmp_path / f"{version}.db"
        at_version(path, version).close()
        names.append({name for name, _ in definitions(path)})
    base, search, vectors = names
    assert {"conversations", "items", "facts", "summaries"} <= base
    assert set(INDEXES) <= search - base
    assert {"vectors", "vectors_outdated"} <= vectors - search


def test_a_failed_step_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory.db"
    at_version(path, 1).close()
    before = definitions(path)
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS[:2], ("CREATE TABLE extra (x)", "NONSENSE")))
    with pytest.raises(MemoryFileError, match=r"memory\.db: near \"NONSENSE\""):
        Store(path, lambda: 0.0)
    assert definitions(path) == before
    with sqlite3.connect(path) as connection:
        assert schema.version_of(connection) == 1


def test_a_newer_file_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    Store(path, lambda: 0.0).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(MemoryFileError, match=f"version {VERSION + 1}, this program knows versions up to {VERSION}"):
        Store(path, lambda: 0.0)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["memory.db"]


def test_another_programs_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(MemoryFileError, match=r"bookmarks\.db: a database of another program"):
        Store(path, lambda: 0.0)
    assert path.read_bytes() == before


def test_what_is_no_database_or_no_file_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada, " * 100)
    before = path.read_bytes()
    with pytest.raises(MemoryFileError, match=r"letter\.txt: file is not a database"):
        Store(path, lambda: 0.0)
    assert path.read_bytes() == before
    with pytest.raises(MemoryFileError, match="Is a directory") as caught:
        Store(tmp_path, lambda: 0.0)
    assert "\n" not in str(caught.value)


class Hindered(sqlite3.Connection):
    """A connection that finds a rival in its way until it has asked for a journal mode once."""

    rival: sqlite3.Connection

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        try:
            return super().execute(statement, *values)
        finally:
            if "journal_mode" in statement and self.rival.in_transaction:
                self.rival.execute("COMMIT")


def test_a_new_file_that_another_is_opening_too_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory.db"
    Hindered.rival = sqlite3.connect(path, isolation_level=None)
    Hindered.rival.execute("BEGIN IMMEDIATE")
    connect = partial(sqlite3.connect, factory=Hindered)
    monkeypatch.setattr(sqlite3, "connect", connect)
    with closing(Hindered.rival), Store(path, lambda: 0.0) as store:
        assert store.facts.add("Ada", "Likes tea").text == "Likes tea"
        assert Hindered.rival.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_only_the_owner_can_read_the_files_and_their_folder(tmp_path: Path) -> None:
    path = tmp_path / "voice-tui" / "memory" / "memory.db"
    with Store(path, lambda: 0.0) as store:
        store.facts.add("Ada", "Likes tea")
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == ["memory.db", "memory.db-shm", "memory.db-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    Store(path, lambda: 0.0).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_has_a_place_of_its_own() -> None:
    assert paths.memory_file().name == "memory.db"
    assert paths.memory_file().parent.name == "memory"
