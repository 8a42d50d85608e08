"""A home of the tests' own: nothing of the user who runs them is read or written, whatever terminal they run in."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from platformdirs import PlatformDirs

from tests.support.environment import LEFT_OUT

# Windows is asked for the folder, not the environment, unless the last one stands there.
PLACES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA")
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
DECIDES_COLOURS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
OURS = "VOICE_TUI_TEST_"  # where data for tests lies
USERS = "TESTS_KEEP_OUT_OF"  # told to the processes of a parallel run, for whom the home is ours already
OF_FILES = ("open", "os.mkdir", "os.rename", "os.remove", "sqlite3.connect")
OF_PROCESSES = {"subprocess.Popen": 3, "os.posix_spawn": 2, "os.exec": 2}  # where the environment stands
WATCHED = frozenset({*OF_FILES, *OF_PROCESSES})


def move_in() -> None:
    """From here on, for this process and those that it starts, the user's folders are out of reach."""
    os.environ.setdefault(USERS, os.pathsep.join(sorted(_folders() | _folders(_home_by_account()))))
    folder = tempfile.TemporaryDirectory(prefix="voice-tui-home-", ignore_cleanup_errors=True)
    _kept.append(folder)
    for name in [name for name in os.environ if LEFT_OUT.match(name) or name in DECIDES_COLOURS]:
        if not name.startswith(OURS):
            del os.environ[name]
    # What others keep there can be made again, only slowly: matplotlib's list of fonts.
    os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    os.environ.update(TERMINAL, HOME=folder.name, **dict.fromkeys(PLACES, folder.name))
    watch = Watch(os.environ[USERS].split(os.pathsep), touched)

    def look(event: str, of: tuple[object, ...]) -> None:  # Python tells of every `id(…)`: nearly all is let by here
        if event in WATCHED:
            watch(event, of)

    sys.addaudithook(look)


touched: list[str] = []
"""What reached for the user's folders, until somebody looks."""
_kept: list[object] = []


class Watch:
    """Refuses what would reach the user's folders, and notes it: who catches the refusal hides nothing.

    Args:
        folders: Those of the user.
        noted: Takes a line for each.
    """

    def __init__(self, folders: list[str], noted: list[str]) -> None:
        self._folders, self._noted = tuple(os.path.join(folder, "") for folder in folders), noted

    def __call__(self, event: str, of: tuple[object, ...]) -> None:
        """Python's own: see `sys.addaudithook`."""
        if event in OF_FILES:
            path = of[0]
            if isinstance(path, str | os.PathLike) and os.path.join(os.path.abspath(path), "").startswith(
                self._folders
            ):
                self._refuse(f"{event} {path}")
        elif event in OF_PROCESSES:
            given = of[OF_PROCESSES[event]]
            if isinstance(given, Mapping) and "python" in str(of[:2]) and not self._keeps_out(given):
                self._refuse(f"{of[1]}, which finds the user's home")

    def _is_the_users(self, path: str | os.PathLike[str]) -> bool:
        return os.path.join(os.path.abspath(path), "").startswith(self._folders)

    def _keeps_out(self, given: Mapping[str, str]) -> bool:
        """A process without a home asks the system for the user's."""
        return "HOME" in given or all(name in given for name in PLACES)

    def _refuse(self, what: str) -> None:
        self._noted.append(what)
        raise PermissionError(f"a test has no business there: {what}")


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """The user's folders are in a folder meanwhile; it need not be there."""
    before = {name: os.environ[name] for name in PLACES}
    os.environ.update(dict.fromkeys(PLACES, str(folder)))
    try:
        yield
    finally:
        os.environ.update(before)


def _folders(home: str | None = None) -> set[str]:
    """Where voice-tui keeps things: by the environment as it is, or in a home whose owner moved nothing elsewhere."""
    before = dict(os.environ)
    if home is not None:
        for name in PLACES:
            os.environ.pop(name, None)
        os.environ["HOME"] = home
    dirs = PlatformDirs("voice-tui", appauthor=False)
    found = {dirs.user_config_dir, dirs.user_state_dir, dirs.user_data_dir}
    os.environ.clear()
    os.environ.update(before)
    return found


def _home_by_account() -> str | None:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):  # Windows; a container's user without a name
        return None
