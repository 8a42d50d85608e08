"""``voice-tui memory``: looking at what is remembered, and taking it away, without the screen."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from voice_tui.cli.asking import agreed, answered
from voice_tui.cli.given import GivenPath
from voice_tui.cli.options import Group
from voice_tui.cli.output import say
from voice_tui.drivers.memory.requests import export, listed, wipe
from voice_tui.memory.days import moment_words
from voice_tui.memory.embedding import best_embedder
from voice_tui.memory.recall import Recall
from voice_tui.memory.records import Fact
from voice_tui.memory.schema import MemoryFileError
from voice_tui.memory.store import Store
from voice_tui.messages.memory import MemoryExported, MemoryRefused
from voice_tui.plain_text import one_line
from voice_tui.settings import paths

NOTHING = "nothing is remembered yet"
now: Callable[[], float] = time.time


@click.group(cls=Group)
def memory() -> None:
    """Look at what is remembered, export it, or delete it."""


@memory.command("list")
def list_facts() -> None:
    """Show every fact, newest first."""
    with _store() as store:
        facts = store.facts.page(limit=-1) if store else []
        _show(facts)
        talks = len(store.conversations.page(limit=-1)) if store else 0
        only_talks = f"no fact is remembered yet; {_count(talks, 'conversation')}: Alt+Y in the console"
        if not facts:
            say(only_talks if talks else NOTHING)


@memory.command()
@click.argument("text")
def search(text: str) -> None:
    """Show the facts that TEXT finds, by words and by meaning."""
    with _store() as store:
        if store is None:
            raise click.ClickException(NOTHING)
        found = listed(store, Recall(store.facts, best_embedder()), text, _now()).facts
        if not found:
            raise click.ClickException(f"no fact is found by {text!r}")
        _show(store.facts.get([fact.id for fact in found]))


@memory.command()
@click.argument("text")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(text: str, yes: bool) -> None:
    """Delete the facts that hold every word of TEXT."""
    with _store() as store:
        found = store.facts.search(text, limit=-1) if store else []
        if store is None or not found:
            raise click.ClickException(f"no fact holds every word of {text!r}")
        _show(found)
        agreed(f"Delete {_count(len(found), 'fact')}?", yes=yes)
        for fact in found:
            store.facts.forget(fact.id)
        say(f"{_count(len(found), 'fact')} deleted")


@memory.command("export")
@click.argument("file", type=GivenPath(dir_okay=False))
def export_all(file: Path) -> None:
    """Write facts and conversations to FILE, as JSON that only you can read; a FILE that is there is replaced."""
    with _store() as store:
        done = export(store, str(file), replaces=True) if store else MemoryRefused("export", NOTHING)
        if not isinstance(done, MemoryExported):
            raise click.ClickException(done.reason)
        say(f"{_count(done.facts, 'fact')} and {_count(done.talks, 'conversation')} in {done.path}")


@memory.command("wipe")
@click.option("--yes", is_flag=True, help="Do not ask.")
def wipe_all(yes: bool) -> None:
    """Delete everything that is remembered."""
    with _store() as store:
        if store is None:
            say(NOTHING)
            return
        facts, talks = len(store.facts.page(limit=-1)), len(store.conversations.page(limit=-1))
        what = f"{_count(facts, 'fact')} and {_count(talks, 'conversation')}"
        if not yes:
            with answered():
                if click.prompt(f"This deletes {what} for good. Type wipe to do it", default="no") != "wipe":
                    raise click.Abort
        done = wipe(store)
        if isinstance(done, MemoryRefused):
            raise click.ClickException(done.reason)
        say(f"{what} deleted")


@contextmanager
def _store() -> Iterator[Store | None]:
    """The memory; None where there is no file, and none is made."""
    path = paths.memory_file()
    if not path.exists():
        yield None
        return
    try:
        with Store(path, now) as store:
            yield store
    except (MemoryFileError, sqlite3.Error, OSError) as error:
        raise click.ClickException(one_line(error)) from error


def _now() -> datetime:
    return datetime.fromtimestamp(now())


def _show(facts: list[Fact]) -> None:
    for fact in facts:
        when = moment_words(datetime.fromtimestamp(fact.updated), _now())
        said = f", said {fact.speaker}" if fact.speaker else ""
        say(f"{fact.id:>4}  {fact.subject}: {fact.text}  ({when}{said})")


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}{'' if n == 1 else 's'}"
