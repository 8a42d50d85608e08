"""What was told: each fact once, to be found, corrected and forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np

from voice_tui.memory.database import Database
from voice_tui.memory.embedding import Vectors
from voice_tui.memory.novelty import user_name
from voice_tui.memory.records import Fact
from voice_tui.memory.relations import relation
from voice_tui.memory.words import all_of, any_of, sameness

FACT = "id, subject, text, speaker, conversation, item_id, created, updated, used"
COLUMNS = ", ".join(f"facts.{name}" for name in FACT.split(", "))
NEXT_REVISION = "(SELECT coalesce(max(revision), 0) + 1 FROM facts)"

STORED = np.float16  # halves the file; a cosine changes by less than 0.001


class Facts:
    """Facts and their vectors; see `Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, subject: str, text: str, *, speaker: str = "", conversation: int | None = None, item_id: str | None = None
    ) -> Fact:
        """A fact, told now. One of the same speaker that says the same, or is about the same, takes the new wording.

        "The same" is by `sameness`: endings, punctuation and fillers do not count, a name, number or "not" does. "About
        the same" is by `relation`: of where somebody lives there is one fact, the newest.
        """
        now, same, older = self._database.now(), sameness(text), self._older(subject, text, speaker)
        with self._database.write() as connection:
            known = (
                connection.execute(
                    "SELECT id FROM facts WHERE sameness = ? AND lower(subject) = lower(?) AND speaker = ?",
                    (same, subject, speaker),
                ).fetchone()
                or older
            )
            if known:
                connection.execute(
                    f"""UPDATE facts SET text = ?, sameness = ?, conversation = coalesce(?, conversation),
                    item_id = coalesce(?, item_id), updated = ?, revision = {NEXT_REVISION} WHERE id = ?""",
                    (text, same, conversation, item_id, now, known[0]),
                )
                key = known[0]
            else:
                key = connection.execute(
                    f"""INSERT INTO facts
                    (subject, text, speaker, conversation, item_id, created, updated, sameness, revision)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, {NEXT_REVISION})""",
                    (subject, text, speaker, conversation, item_id, now, now, same),
                ).lastrowid
        return self.get([key])[0]

    def _older(self, subject: str, text: str, speaker: str) -> tuple[int] | None:
        """The id of the fact that a new one takes the place of; None: of none."""
        if relation(text, subject) is None:
            return None
        facts = self.page(limit=-1)
        name = user_name(facts)
        wanted = relation(text, subject, name)
        return next(
            (
                (fact.id,)
                for fact in facts
                if fact.speaker == speaker and relation(fact.text, fact.subject, name) == wanted
            ),
            None,
        )

    def edit(self, fact: int, *, subject: str | None = None, text: str | None = None) -> Fact | None:
        """Correct a fact now; None if there is none of this id."""
        with self._database.write() as connection:
            connection.execute(
                f"""UPDATE facts SET subject = coalesce(?, subject), text = coalesce(?, text),
                sameness = coalesce(?, sameness), updated = ?, revision = {NEXT_REVISION} WHERE id = ?""",
                (subject, text, None if text is None else sameness(text), self._database.now(), fact),
            )
        return next(iter(self.get([fact])), None)

    def restore(self, fact: Fact) -> Fact | None:
        """Put a deleted fact back as it was; None if its id has been taken meanwhile."""
        with self._database.write() as connection:
            connection.execute(
                f"""INSERT OR IGNORE INTO facts
                (id, subject, text, speaker, conversation, item_id, created, updated, used, sameness, revision)
                VALUES (?, ?, ?, ?, (SELECT id FROM conversations WHERE id = ?), ?, ?, ?, ?, ?, {NEXT_REVISION})""",
                (
                    fact.id, fact.subject, fact.text, fact.speaker, fact.conversation, fact.item_id,
                    fact.created, fact.updated, fact.used, sameness(fact.text),
                ),
            )  # fmt: skip
        found = next(iter(self.get([fact.id])), None)
        return found if found is not None and found.text == fact.text else None

    def forget(self, what: int | str) -> list[Fact]:
        """Delete one fact by its id, or all that hold every word of a query; what they said leaves the file.

        The talk in which it was told stays as it was: see `Conversations.delete`.

        Returns:
            What was deleted.
        """
        found = self.get([what]) if isinstance(what, int) else self.search(what, limit=-1)
        if not found:
            return []
        with self._database.write() as connection:
            connection.executemany("DELETE FROM facts WHERE id = ?", [(fact.id,) for fact in found])
            self._database.rebuild("facts_index")
        self._database.checkpoint()
        return found

    def mark_used(self, facts: Iterable[int]) -> None:
        """These facts helped now."""
        with self._database.write() as connection:
            connection.executemany("UPDATE facts SET used = ? WHERE id = ?", [(self._database.now(), f) for f in facts])

    def get(self, facts: Sequence[int]) -> list[Fact]:
        """Facts by id, in the order asked; those that are not there are left out."""
        marks = ", ".join("?" * len(facts))
        found = {fact.id: fact for fact in self._select(f"WHERE id IN ({marks})", *facts)}
        return [found[fact] for fact in facts if fact in found]

    def page(self, *, limit: int = 50, before: int | None = None) -> list[Fact]:
        """Facts, newest first; the next page is ``before`` the last one's id."""
        return self._select("WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2", before, limit)

    def search(self, query: str, *, limit: int = 20) -> list[Fact]:
        """Facts that hold all words of a query (or their beginnings), best match first."""
        if not (match := all_of(query)):
            return []
        return self._select(
            "JOIN facts_index ON facts_index.rowid = facts.id WHERE facts_index MATCH ? ORDER BY rank LIMIT ?",
            match,
            limit,
        )

    def matching(self, stems: Iterable[str], limit: int) -> list[tuple[int, float]]:
        """Ids of the facts that hold any of the stems, best first, with bm25 (the lower, the better)."""
        if not (match := any_of(stems)):
            return []
        return self._database.rows(
            "SELECT rowid, rank FROM facts_index WHERE facts_index MATCH ? ORDER BY rank LIMIT ?", (match, limit)
        )

    def stamp(self) -> tuple[int, int]:
        """Differs from an earlier stamp if facts may have changed in between."""
        return self._database.stamp()

    def revisions(self) -> dict[int, int]:
        """Fact id → a number that grows when its text changes."""
        return dict(self._database.rows("SELECT id, revision FROM facts"))

    def vectors(self, model: str, facts: Iterable[int]) -> dict[int, Vectors]:
        """Fact id → its vector by a model, float32, for those of the facts that have one."""
        rows = self._database.rows(
            "SELECT fact, vector FROM vectors WHERE model = ? AND fact IN (SELECT value FROM json_each(?))",
            (model, json.dumps(list(facts))),
        )
        return {fact: np.frombuffer(blob, STORED).astype(np.float32) for fact, blob in rows}

    def without_vector(self, model: str, limit: int) -> list[Fact]:
        """Facts for which a model's vector has yet to be computed, newest first."""
        return self._select(
            "WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE fact = id AND model = ?) ORDER BY id DESC LIMIT ?",
            model,
            limit,
        )

    def keep_vectors(self, model: str, vectors: Iterable[tuple[Fact, Vectors]]) -> None:
        """Store vectors, unless their fact was changed or deleted meanwhile."""
        with self._database.write() as connection:
            connection.executemany(
                """INSERT OR REPLACE INTO vectors
                SELECT id, ?, ? FROM facts WHERE id = ? AND text = ? AND subject = ?""",
                [(model, v.astype(STORED).tobytes(), fact.id, fact.text, fact.subject) for fact, v in vectors],
            )

    def _select(self, clauses: str, *values: object) -> list[Fact]:
        return [Fact(*row) for row in self._database.rows(f"SELECT {COLUMNS} FROM facts {clauses}", values)]
