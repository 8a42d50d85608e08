"""The folder that holds all recordings: which there are, how much they take, and how room is made."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from voice_tui.drivers.locks import claimed
from voice_tui.private_file import FOLDER

SESSION, TAPE, NOTICES, EVENTS = "session.json", "tape.jsonl", "notices.jsonl", "events.jsonl"
TALK, SENT, REFERENCE, ANSWERS = "talk.wav", "sent.flac", "reference.flac", "answers.flac"
RESERVE = "session.json.new"  # what SESSION becomes; until then it keeps the room for it
LABELS = "talk.labels.csv"  # what somebody says of its sounds; it means nothing without them
FILES = (SESSION, TAPE, NOTICES, EVENTS, TALK, SENT, REFERENCE, ANSWERS, LABELS)
"""What a recording consists of; nothing else in its folder is ever touched."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording on the disk.

    Attributes:
        path: Its folder.
        size: Bytes that it takes.
    """

    path: Path
    size: int

    @property
    def at_work(self) -> bool:
        """Somebody is writing it."""
        try:
            if not (self.path / TAPE).is_file():  # a pipe of that name would wait for a writer
                return False
            with (self.path / TAPE).open("rb") as file:
                return not claimed(file)
        except OSError:
            return False


def is_recording(path: Path) -> bool:
    """Whether a folder is one."""
    return (path / SESSION).is_file()


def kept(folder: Path) -> list[Kept]:
    """All recordings in a folder, the oldest first."""
    try:
        found = sorted(path for path in folder.iterdir() if is_recording(path) and not path.is_symlink())
    except OSError:
        return []
    return [Kept(path, size_of(path)) for path in found]


def size_of(path: Path) -> int:
    """Bytes that a recording takes."""
    total = 0
    for name in FILES:
        try:
            total += (path / name).stat().st_size
        except OSError:
            continue
    return total


def new_folder(folder: Path, when: str, about: str) -> Path:
    """Make a folder for a recording, which only its owner may enter.

    Args:
        folder: Where.
        when: Local date and time, ISO 8601.
        about: Where the talk is held.

    Raises:
        OSError: It can't be made.
    """
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    name = when.replace(":", "-").partition(".")[0]
    plain = "".join(c if c.isalnum() or c in ".-" else "-" for c in about)[:40].strip("-.")
    for number in range(1, 1_000):
        path = folder / "-".join(filter(None, (name, plain, "" if number == 1 else str(number))))
        try:
            path.mkdir(mode=FOLDER)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, f"{folder} holds a thousand recordings of this second")


def delete(path: Path) -> None:
    """Delete a recording, at once; what else its owner put into its folder stays.

    Raises:
        OSError: It can't be deleted.
    """
    for name in (*FILES, RESERVE):
        (path / name).unlink(missing_ok=True)
    if not any(path.iterdir()):
        shutil.rmtree(path)


def make_room(folder: Path, limit: int, own: Path | None = None) -> tuple[list[Path], bool]:
    """Delete the oldest recordings until all take no more than the limit; what is being written stays.

    Returns:
        What was deleted, and whether there is room now.
    """
    found = kept(folder)
    total, gone = sum(each.size for each in found), list[Path]()
    for each in found:
        if total <= limit:
            break
        if each.path == own or each.at_work:
            continue
        try:
            delete(each.path)
        except OSError:
            continue
        total -= each.size
        gone.append(each.path)
    return gone, total <= limit
