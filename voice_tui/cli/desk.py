"""What the screens of the console keep for the next start: the devices that were chosen, endpoints."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from dotenv import find_dotenv

from voice_tui.drivers.devices.names import Kind
from voice_tui.settings import paths
from voice_tui.settings.config import Config
from voice_tui.settings.edits import NotWritten, set_in_toml
from voice_tui.settings.once import Once
from voice_tui.ui.console.kept_panes import KeptPanes
from voice_tui.ui.devices.desk import Desk
from voice_tui.ui.outset import Outset
from voice_tui.ui.setup.entry import Keeping, Shelf
from voice_tui.ui.tour.card import Tour

FIELDS = {Kind.INPUT: "mic", Kind.OUTPUT: "speaker"}


def desk(config: Config) -> Desk:
    """What is chosen, and how another choice is kept."""

    def keep(kind: Kind, name: str) -> str:
        field, path = FIELDS[kind], paths.config_folder() / "config.toml"
        try:
            set_in_toml(path, field, name)
        except NotWritten as problem:
            return f"It is used now, and not kept: {problem}"
        origin = config.origins.get(field, "")
        if origin and not origin.startswith((str(path), "profile", "command line")):
            return f"It is used now. At the next start {origin} wins over what is kept in {path}."
        return f"It is used now, and kept in {path}."

    return Desk({kind: getattr(config, field) for kind, field in FIELDS.items()}, keep)


def tour(*, wanted: bool = False) -> Tour:
    """It begins by itself where it was never seen, or is wanted; a place that can't be written is no reason to nag."""
    file = paths.tour_file()

    def seen() -> None:
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    return Tour(wanted or not file.exists(), seen)


def keeping() -> Keeping:
    """Where an endpoint that was entered can be kept: where one starts, or for every start."""
    here = Path(find_dotenv(usecwd=True) or Path.cwd() / ".env")
    folder = paths.config_folder()
    shelves = (
        Shelf(here, "for what you start here"),
        Shelf(folder / ".env", "for everything you start"),
    )
    return Keeping(shelves, folder / "config.toml")


def outset(config: Config, opens: str = "", *, tours: bool = False, demo: bool = False) -> Outset:
    """What a run of the console begins with.

    Args:
        config: Of this run.
        opens: A screen that is open from the beginning.
        tours: The tour begins, though it was seen.
        demo: The demo caller talks from the beginning; then there is no tour unless it is asked for.
    """
    return Outset(
        desk(config),
        keeping(),
        Tour() if demo and not tours else tour(wanted=tours),
        demo,
        opens,
        KeptPanes(paths.panes_file()),
        Once(paths.told_file()),
    )
