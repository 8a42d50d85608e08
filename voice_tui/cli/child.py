"""What the embedded server's own process is told: little, so that it is ready soon and has no key to lose."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from voice_tui.cli.options import UsageProblem, switch_of
from voice_tui.drivers.logs import log_to
from voice_tui.settings import paths
from voice_tui.settings.config import Config, load
from voice_tui.settings.options import OPTIONS


def isolated(given: dict[str, object]) -> Config:
    """The configuration of the embedded server's process: the command line and the brain's key, nothing else.

    Whatever the user's environment, ``.env`` and files hold, it has no key that it could lose.
    """
    key = OPTIONS["brain_key"].variable
    config, problems = load(given, {key: os.environ.get(key, "")})
    return logged(config, problems, paths.log_file())


def logged(config: Config, problems: list[str], usual: Path) -> Config:
    """The configuration with the log file that was begun.

    Raises:
        UsageProblem: Something on the command line is wrong.
    """
    for problem in problems:
        if problem.startswith("command line: "):
            name, _, why = problem.removeprefix("command line: ").partition(": ")
            raise UsageProblem(f"{switch_of(name)}: {why}")
    wanted = Path(config.log_file) if config.log_file else usual
    try:
        log = log_to(wanted, config.secrets)
    except OSError as error:
        problems.append(f"log_file: {wanted}: {error.strerror}: going on without a log")
        return replace(config, log_file=str(log_to(Path(os.devnull), config.secrets)))
    if config.log_file and log.name != wanted.name:
        problems.append(f"log_file: another run writes {wanted}, this one writes {log}")
    return replace(config, log_file=str(log))
