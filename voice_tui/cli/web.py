"""``voice-tui web``: the console in a browser of this machine."""

from __future__ import annotations

import asyncio
import shlex
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from voice_tui.cli.given import GivenPath
from voice_tui.cli.numbers import PORT
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import fail, say
from voice_tui.drivers.signals import on_signals
from voice_tui.settings import paths

HOST = "127.0.0.1"
MISSING = 'the console in a browser needs textual-serve, which is not installed: pip install "voice-tui[web]"'


@click.command(cls=OptionCommand)
@click.option("--port", default=0, show_default=True, type=PORT, help="0: any free one.")
@click.option(
    "--recordings",
    metavar="DIR",
    type=GivenPath(file_okay=False),
    help="The folder whose reports are listed, if it is not the usual one.",
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPTION…]")
def web(port: int, recordings: Path | None, options: tuple[str, ...]) -> None:
    """Serve the console to one browser of this machine, with the reports of what was recorded.

    It prints an address with a code in it, that lets one browser in, once. Nobody but this machine reaches it. The
    sound stays here too: microphone and loudspeaker are this machine's, not the browser's. What stands behind -- are
    options of the console.

    Example: voice-tui web -- --preset natural --mic none
    """
    if find_spec("textual_serve") is None:
        fail(MISSING)
    try:
        asyncio.run(_serve(port, recordings or paths.recordings_folder(), options))
    except OSError as error:
        fail(f"cannot listen on {HOST}:{port}: {error.strerror or error}")
    except KeyboardInterrupt:  # where the loop has no signal handlers (Windows)
        pass


def command_of(options: Sequence[str]) -> str:
    """The command line of a console, as the shell of this system reads it."""
    words = [sys.executable, "-m", "voice_tui", *options]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


async def _serve(port: int, recordings: Path, options: Sequence[str]) -> None:
    from aiohttp.web_runner import AppRunner, SockSite

    from voice_tui.web.door import Door
    from voice_tui.web.house import House
    from voice_tui.web.pages import HERE

    listens = socket.create_server((HOST, port))
    door = Door(listens.getsockname()[1])
    runner = AppRunner(House(command_of(options), recordings, door).application(), access_log=None)
    await runner.setup()
    stop = asyncio.Event()
    on_signals(stop.set)
    try:
        await SockSite(runner, listens, shutdown_timeout=1.0).start()
        say(f"http://{HOST}:{door.port}/#{door.code}")
        say(f"The code lets one browser in, once. {HERE}")
        await stop.wait()
    finally:
        await runner.cleanup()
