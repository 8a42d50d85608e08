"""The talks: when, with whom, what was said in which order, and what was made shorter."""

from __future__ import annotations

from dataclasses import astuple, replace

from voice_tui.memory.database import Database
from voice_tui.memory.records import StoredConversation, StoredItem, Summary
from voice_tui.memory.words import all_of

CONVERSATION = "id, started, ended, title, endpoint, profile"
ITEM = "conversation, position, item_id, role, speaker, text, heard_ms, total_ms, at, pinned"
SUMMARY = "id, conversation, text, first_item, last_item, tokens_before, tokens_after, at"

CHANGEABLE = ("position", "speaker", "text", "heard_ms", "total_ms", "pinned")


class Conversations:
    """Conversations with their items and summaries; see `Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, *, endpoint: str = "", profile: str = "", title: str = "") -> int:
        """A conversation begins now; returns its id."""
        with self._database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO conversations (started, title, endpoint, profile) VALUES (?, ?, ?, ?)",
                (self._database.now(), title, endpoint, profile),
            )
            return cursor.lastrowid or 0

    def end(self, conversation: int, *, title: str | None = None) -> None:
        """It ends now; a title can be given with it."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE conversations SET ended = ?, title = coalesce(?, title) WHERE id = ?",
                (self._database.now(), title, conversation),
            )

    def add_item(
        self,
        conversation: int,
        item_id: str,
        role: str,
        text: str = "",
        *,
        speaker: str = "",
        heard_ms: int | None = None,
        total_ms: int | None = None,
        pinned: bool = False,
    ) -> None:
        """An item, said now, at the end of its conversation.

        Raises:
            sqlite3.IntegrityError: There is no such conversation, or it has an item of this id.
        """
        with self._database.write() as connection:
            connection.execute(
                f"""INSERT INTO items ({ITEM}) VALUES (
                    ?1, (SELECT coalesce(max(position), 0) + 1 FROM items WHERE conversation = ?1),
                    ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
                )""",
                (conversation, item_id, role, speaker, text, heard_ms, total_ms, self._database.now(), pinned),
            )

    def update_item(self, conversation: int, item_id: str, **changes: object) -> bool:
        """Change some of an item's position, speaker, text, heard_ms, total_ms and pinned.

        Returns:
            Whether there is such an item.

        Raises:
            ValueError: A field that does not change.
        """
        if unknown := sorted(set(changes) - set(CHANGEABLE)):
            raise ValueError(f"item field {unknown[0]}: one of {', '.join(CHANGEABLE)} can change")
        fields = ", ".join(f"{name} = ?" for name in changes) or "text = text"
        with self._database.write() as connection:
            cursor = connection.execute(
                f"UPDATE items SET {fields} WHERE conversation = ? AND item_id = ?",
                (*changes.values(), conversation, item_id),
            )
            return cursor.rowcount > 0

    def page(self, *, limit: int = 50, before: int | None = None) -> list[StoredConversation]:
        """Conversations, newest first; the next page is ``before`` the last one's id."""
        rows = self._database.rows(
            f"SELECT {CONVERSATION} FROM conversations WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
            (before, limit),
        )
        return [StoredConversation(*row) for row in rows]

    def items(self, conversation: int, *, limit: int = -1, after: int = 0) -> list[StoredItem]:
        """Items in their order; the next page is ``after`` the last one's position. All of them by default."""
        return self._items(
            "WHERE conversation = ? AND position > ? ORDER BY position, id LIMIT ?", conversation, after, limit
        )

    def search(self, query: str, *, limit: int = 20) -> list[StoredItem]:
        """Items that hold all words of a query (or their beginnings), best match first."""
        if not (match := all_of(query)):
            return []
        return self._items(
            "JOIN items_index ON items_index.rowid = items.id WHERE items_index MATCH ? ORDER BY rank LIMIT ?",
            match,
            limit,
        )

    def add_summary(
        self, conversation: int, text: str, *, first_item: str, last_item: str, tokens_before: int, tokens_after: int
    ) -> int:
        """A summary, made now, of the items from one to another; returns its id."""
        with self._database.write() as connection:
            cursor = connection.execute(
                """INSERT INTO summaries (conversation, text, first_item, last_item, tokens_before, tokens_after, at)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (conversation, text, first_item, last_item, tokens_before, tokens_after, self._database.now()),
            )
            return cursor.lastrowid or 0

    def summaries(self, conversation: int) -> list[Summary]:
        """Summaries of a conversation, oldest first."""
        rows = self._database.rows(
            f"SELECT {SUMMARY} FROM summaries WHERE conversation = ? ORDER BY id", (conversation,)
        )
        return [Summary(*row) for row in rows]

    def delete(self, conversation: int) -> bool:
        """Delete a conversation with its items and summaries; facts that it told stay. False if there is none."""
        with self._database.write() as connection:
            deleted = connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,)).rowcount > 0
            self._database.rebuild("items_index")
        self._database.checkpoint()
        return deleted

    def restore(self, conversation: StoredConversation, items: list[StoredItem], summaries: list[Summary]) -> bool:
        """Put a deleted conversation back as it was; False if its id has been taken meanwhile."""
        with self._database.write() as connection:
            if connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation.id,)).fetchone():
                return False
            for table, columns, rows in (
                ("conversations", CONVERSATION, [conversation]),
                ("items", ITEM, items),
                ("summaries", SUMMARY, summaries),
            ):
                marks = ", ".join("?" * len(columns.split(", ")))
                connection.executemany(
                    f"INSERT INTO {table} ({columns}) VALUES ({marks})",
                    [astuple(row) for row in rows],
                )
        return True

    def _items(self, clauses: str, *values: object) -> list[StoredItem]:
        columns = ", ".join(f"items.{name}" for name in ITEM.split(", "))
        rows = self._database.rows(f"SELECT {columns} FROM items {clauses}", values)
        return [replace(StoredItem(*row), pinned=bool(row[-1])) for row in rows]  # SQLite has no bool
