"""Twelve tasks of a newcomer, in a real terminal: what is pressed, and what has to stand on the screen then.

    python -m tests.integration.walk [--keep FOLDER]

Each task is one step of the same afternoon; ``--keep`` writes what is worth seeing of each as text with its colours,
which `tests.support.cast` makes a picture of.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.integration.tmux import GONE, Tmux
from tests.support.environment import environment

SILENT = ("--mic", "none", "--speaker", "none")
FACT = "my sister is called Ana"
KEY = "a-key-that-nobody-sees"


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        name: What a newcomer wants.
        do: Does it, and raises where the screen does not show it.
    """

    name: str
    do: Callable[[Walk], None]


class Walk:
    """A newcomer with an empty home, a terminal, and a stand-in for Azure.

    Args:
        folder: The home.
        azure: Address of the stand-in.
        size: Columns and lines of the terminal.

    Attributes:
        shown: What is worth seeing: words, and the screen with its colours.
    """

    def __init__(self, folder: Path, azure: str, size: tuple[int, int]) -> None:
        self.folder, self.azure = folder, azure
        self.home = environment(folder) | {"HOME": str(folder), "VOICE_TUI_LOG_FILE": str(folder / "voice-tui.log")}
        self.window = Tmux(folder, self.home, size)
        self.shown: list[tuple[str, str]] = []

    def show(self, words: str, screen: str = "") -> None:
        """This is worth seeing: a screen, without one what stands there now; folders are nobody's business."""
        seen = screen or self.window.screen(coloured=True)
        home = re.compile(rf"{re.escape(str(self.folder))}(\S*)")
        self.shown.append((words, home.sub(lambda found: f"~{found[1]}".ljust(len(found[0])), seen)))

    def console(self, *arguments: str) -> None:
        """Start the console and wait until one can talk."""
        self.window.start(*SILENT, *arguments)
        self.window.until("live")

    def leave(self) -> str:
        """Ctrl+C twice: what stands in the terminal then."""
        self.window.press("C-c", "C-c")
        code, screen = self.window.ended()
        assert code == 0, screen
        return screen.split(GONE)[0].strip()

    def command(self, *arguments: str) -> str:
        """A command without a screen: its output."""
        command = [sys.executable, "-m", "voice_tui", *arguments]
        done = subprocess.run(command, env=self.home, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def talk_without_a_microphone(walk: Walk) -> None:
    """Starts, is told what to do, types a question, reads the answer."""
    walk.console()
    walk.window.until(r"F7")
    walk.window.enter("What is eleven times three?")
    walk.window.until(r"That is 33")
    walk.show("Without a microphone and without a key: type, and read")


def forget_a_fact(walk: Walk) -> None:
    """Tells it something, finds it in the memory, deletes it."""
    walk.window.enter(f"Please remember that {FACT}.")
    walk.window.until("I will remember")
    walk.window.press("M-y")
    walk.window.until("Memory", "called Ana.* today")
    walk.window.press("d")
    walk.window.until("u undo")
    walk.show("Alt+Y: what it remembers; d forgets a fact, u takes that back")
    walk.window.press("Escape")
    walk.window.until("Conversation")
    assert "Ana" not in walk.command("memory", "list")


def look_at_the_context(walk: Walk) -> None:
    """Sees what the model reads, and what it costs."""
    walk.window.press("M-k")
    walk.window.until("Context", "tokens", "eleven times three")
    walk.show("Alt+K: all that the model reads, and what it costs")
    walk.window.press("Escape")
    walk.window.gone("within budget")
    walk.window.until("Conversation")


def interrupt_and_read_why(walk: Walk) -> None:
    """Records, lets the demo caller interrupt, and reads why the answer was cut."""
    walk.window.press("F9", "F7")
    walk.window.until(r"Last cut .*decided here|voice 0 ─ .*cut \d", r"(cancelled|server forgot) \d", within=120)
    walk.show("F7: the demo caller interrupts; what nobody heard is struck through")
    walk.window.press("F5")
    walk.window.until("Why this cut", "how sure")
    walk.show("F5: why it was cut, and what another sureness would have done")
    walk.window.press("PageDown")  # what is said of a slow machine leaves no room for it at 80x24
    walk.window.until("Why this cut", "sureness")
    walk.window.press("Escape")
    walk.window.until("Conversation")


def search_and_copy(walk: Walk) -> None:
    """Finds a word in the conversation and copies the turn that has it."""
    walk.window.press("Escape", "/")
    walk.window.until("Search the conversation")
    walk.window.enter("eleven")
    walk.window.gone("Search the conversation")
    walk.show("A slash searches the conversation; y copies the turn")
    walk.window.press("y")
    walk.window.until("copied|Copied")
    assert "What is eleven times three?" in walk.window.clipboard()
    walk.window.press("Escape", "Enter")


def record_and_replay(walk: Walk) -> None:
    """Leaves, and lives the recorded talk again."""
    walk.show("Ctrl+C twice leaves: how the talk went, and where it is kept", f"$ voice-tui\n{walk.leave()}")
    listed = walk.command("recordings", "list")
    assert "1 recording" in listed, listed
    walk.window.start("replay", "last")
    walk.window.until("Space pause", "lighthouse")
    walk.window.press("Space")
    walk.show("voice-tui replay last: the recorded talk is lived again")


def export(walk: Walk) -> None:
    """Takes the talk home as Markdown and as a page."""
    said = walk.command("recordings", "export", "last", "--format", "md", "-o", str(walk.folder / "talk.md"))
    written = (walk.folder / "talk.md").read_text(encoding="utf-8")
    assert "lighthouse" in written
    told = walk.command("report", "last", "-o", str(walk.folder / "talk.html"))
    assert "<audio" in (walk.folder / "talk.html").read_text(encoding="utf-8")
    lines = (
        "$ voice-tui recordings export last --format md -o talk.md", said,
        "$ voice-tui report last -o talk.html", told,
        "$ cat talk.md", written,
    )  # fmt: skip
    walk.show("Words as Markdown, the whole talk as a page", "\n".join(lines))


def pick_a_device(walk: Walk) -> None:
    """Looks which microphones and loudspeakers there are."""
    walk.window.press("M-d")
    walk.window.until("Devices", "Microphones", "Loudspeakers", "kept for the next start")
    walk.show("Alt+D: microphones with their level, loudspeakers with a tone")
    walk.window.press("Escape")
    walk.window.until("Conversation")


def connect_to_azure(walk: Walk) -> None:
    """Pastes the address that the portal shows and a key, under a name, and talks on there."""
    walk.window.press("M-e")
    walk.window.until("Endpoint", "Address")
    walk.window.type(f"{walk.azure}/openai/realtime?api-version=2025-04-01-preview&deployment=my-deployment")
    walk.window.press("Tab", "Tab")
    walk.window.type(KEY)
    walk.window.press("Tab")
    walk.window.enter("work")
    screen = walk.window.until("It lets us in", "Keep it in")
    assert KEY not in screen, screen
    walk.show("Alt+E: an address as the portal shows it and a key, tried at once (here a stand-in for Azure)")
    walk.window.press("Enter")
    walk.window.until("goes on there, as work")
    walk.window.press("Escape")
    walk.window.until("work", "live")
    walk.window.enter("What is two plus three?")
    walk.window.until("That is 5")


def tune_and_save(walk: Walk) -> None:
    """Turns the sureness up, and keeps it for the next start."""
    walk.window.press("Escape", "Tab", "Right", "Right")
    walk.window.until(r"of 7\.0", r"was 6\.0")
    walk.window.press("s")
    walk.window.until("Saved")
    walk.show("Tab to a knob, arrows turn it, s saves: how sure it has to be that you mean it")


def undo(walk: Walk) -> None:
    """Turns it on, and takes that back."""
    walk.window.press("Right")
    walk.window.until(r"of 7\.5")
    walk.window.press("u")
    walk.window.until(r"of 7\.0")
    walk.show("u takes the last move back")
    walk.window.press("Escape", "Enter")


def leave(walk: Walk) -> None:
    """Ends the replay, and the terminal is as it was."""
    walk.leave()


TASKS = (
    Task("talk without a microphone", talk_without_a_microphone),
    Task("pick a device", pick_a_device),
    Task("search and copy", search_and_copy),
    Task("look at the context", look_at_the_context),
    Task("forget a fact", forget_a_fact),
    Task("connect to Azure (here a stand-in)", connect_to_azure),
    Task("tune and save", tune_and_save),
    Task("undo", undo),
    Task("interrupt, and read why", interrupt_and_read_why),
    Task("record and replay", record_and_replay),
    Task("export", export),
    Task("leave", leave),
)
"""In order."""


@contextmanager
def stand_in(folder: Path) -> Iterator[str]:
    """``voice-tui serve`` in Azure's place: its address."""
    command = [sys.executable, "-m", "voice_tui", "serve", "--log-file", str(folder / "azure.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(folder)) as server:
        assert server.stdout is not None
        try:
            yield re.sub(r"^ws(://[^/]+)/.*", r"http\1", server.stdout.readline().strip())
        finally:
            server.terminate()


@contextmanager
def afternoon(folder: Path, size: tuple[int, int] = (120, 36)) -> Iterator[Walk]:
    """Everything that the tasks need, and nothing of it afterwards."""
    with stand_in(folder) as azure:
        walk = Walk(folder, azure, size)
        try:
            yield walk
        finally:
            with suppress(AssertionError):
                walk.window.close()


def main() -> int:
    """Do them all and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, afternoon(Path(home)) as walk:
        for number, task in enumerate(TASKS, 1):
            print(f"{number:2} {task.name}", flush=True)
            task.do(walk)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            for number, (words, screen) in enumerate(walk.shown, 1):
                (options.keep / f"{number:02} {words}.ansi").write_text(screen, encoding="utf-8")
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
