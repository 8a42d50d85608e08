"""``voice-tui serve``: the embedded server for other programs, and the console's own child."""

from __future__ import annotations

from pathlib import Path

import click

from voice_tui import plain_file
from voice_tui.cli.child import isolated
from voice_tui.cli.given import GivenPath
from voice_tui.cli.numbers import PORT, Number, Whole
from voice_tui.cli.options import OptionCommand, UsageProblem, configured
from voice_tui.cli.output import complain, say
from voice_tui.drivers.logs import server_log
from voice_tui.plain_text import one_line
from voice_tui.secret import Secret
from voice_tui.settings import paths
from voice_tui.settings.values import ECHO
from voice_tui.speech.loading import Loading


@click.command(cls=OptionCommand)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", default=0, show_default=True, type=PORT, help="0: any free port.")
@configured("brain_url")
@configured("brain_model")
@click.option(
    "--session-minutes",
    default=60.0,
    show_default=True,
    type=Number(min=0, min_open=True),
    help="When a session expires.",
)
@click.option(
    "--api-key-file",
    type=GivenPath(exists=True, dir_okay=False),
    help="Holds the only key that is taken; or set VOICE_TUI_SERVE_KEY. A key on the command line would stand in ps.",
)
@click.option("--allow-origin", multiple=True, metavar="ORIGIN", help="A web page that may connect; may be repeated.")
@click.option("--max-sessions", default=64, show_default=True, type=Whole(min=1), help="At once; more get a 503.")
@configured("log_file")
@click.option("--until-stdin-closes", is_flag=True, hidden=True, help="End when standard input is closed.")
@click.option("--isolated", "alone", is_flag=True, hidden=True, help="Only these options and the brain's key count.")
def serve(
    host: str,
    port: int,
    session_minutes: float,
    api_key_file: Path | None,
    allow_origin: tuple[str, ...],
    max_sessions: int,
    until_stdin_closes: bool,
    alone: bool,
    **given: object,
) -> None:
    """Run the embedded Realtime server; its first line is its URL.

    Where others than this machine reach it (--host), it needs a key.
    """
    if alone:
        config = isolated(given)
    else:
        from voice_tui.cli.configuration import configure  # profiles and what they can hold: half of what is imported
        from voice_tui.cli.effect import without_effect

        config = configure(given, server_log(paths.log_file()), connects=False)
        for line in without_effect(given, config, None):
            complain(f"voice-tui: {line}")
    key = config.serve_key
    if api_key_file is not None:
        key = key_in(api_key_file)
    loading = None if config.brain_url == ECHO else Loading()  # beside what is imported now
    from voice_tui.server import serve as local_serve
    from voice_tui.server.entrance import Entrance

    local_serve.leave(
        local_serve.run(
            host,
            port,
            brain_url=config.brain_url or None,
            brain_model=config.brain_model or None,
            brain_key=config.brain_key.reveal() or None,
            until_stdin_closes=until_stdin_closes,
            session_limit_s=session_minutes * 60,
            entrance=Entrance(key, frozenset(map(_origin, allow_origin)), max_sessions),
            loading=loading,
            say=say,
        )
    )


def _origin(given: str) -> str:
    """A page that may connect, as browsers name it.

    Raises:
        UsageProblem: None is named so.
    """
    from voice_tui.server.entrance import origin

    try:
        return origin(given)
    except ValueError as error:
        raise UsageProblem(f"--allow-origin: {one_line(given)!r} is not allowed, {error}") from error


def key_in(file: Path) -> Secret:
    """The key that a file holds.

    Raises:
        UsageProblem: It cannot be read, or there is no key in it.
    """
    try:
        found = plain_file.text(file).strip()
    except OSError as error:
        raise UsageProblem(f"--api-key-file: {file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"--api-key-file: {file}: it is no text in UTF-8") from error
    if not found or len(found.split()) > 1:
        raise UsageProblem(f"--api-key-file: {file} must hold one key, and nothing else")
    return Secret(found)
