"""``voice-tui lab sweep --endpoint``: a recorded caller tries the settings of an endpoint, in real time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import click

from voice_tui.cli.calls import Place, agree, callers, places
from voice_tui.cli.output import BROKEN_OFF, complain
from voice_tui.drivers.call import HungUp
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.messages.presets import HANDS_FREE
from voice_tui.messages.usage import dollars
from voice_tui.rehearsal.call import Held, SettingRefused, hold
from voice_tui.rehearsal.caller import Caller
from voice_tui.rehearsal.results import Setup
from voice_tui.rehearsal.tries import heed_cancel
from voice_tui.rehearsal.tuning import Tuning, on_steps, turnable
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.sweep.grid import GridError, axis, combinations
from voice_tui.replay.sweep.sweep import Sweep
from voice_tui.replay.sweep.trial import Settings

USUAL = "server-vad"


def tuned(
    recordings: Sequence[Path],
    params: Sequence[str],
    endpoint: str,
    preset: str,
    false_cost: float,
    user: str,
    keep: Path | None,
    *,
    yes: bool,
) -> Sweep:
    """Make every trial that is not made yet, and give what came of all of them.

    Raises:
        click.ClickException: It can't be done, or not to its end: what is done is kept.
        click.Abort: Nobody agreed to what it costs.
    """
    if preset not in HANDS_FREE:
        raise click.BadParameter(f"{preset}: give {', '.join(HANDS_FREE)}", param_hint="--preset")
    try:
        grid = combinations([on_steps(axis(text, turnable(preset))) for text in params])
    except GridError as error:
        raise click.BadParameter(str(error), param_hint="--param") from error
    with places(endpoint) as (place,):
        tuning = _tuning(place, callers(recordings), grid, preset, UserSpeech(user), keep)
        try:
            tuning.check()
        except OSError as error:
            raise click.ClickException(
                f"{error.filename}: {error.strerror}: results are kept beside a recording, copy it to a folder of yours"
            ) from error
        left = tuning.left()
        if left:
            done = tuning.count - len(left)
            talks = f"{len(left)} talks with {endpoint}{f' ({done} are done)' if done else ''}"
            if not yes:
                agree(talks, tuning.seconds(), place.price(caller for caller, _ in left))
            _make(tuning, len(left))
    result = tuning.result(false_cost)
    assert result is not None, "every trial was made"
    return result


def _tuning(
    place: Place, who: Sequence[Caller], grid: Sequence[Settings], preset: str, speech: UserSpeech, keep: Path | None
) -> Tuning:
    options = place.options(preset)

    async def talk(caller: Caller, settings: Settings, folder: Path) -> Held:
        return await hold(options, caller.pcm, settings, folder, complain)

    return Tuning(who, grid, Setup(place.where, preset, speech.value), talk, keep)


def _make(tuning: Tuning, count: int) -> None:
    """Make the trials.

    Raises:
        click.ClickException: Something ended it.
    """
    files = ", ".join(map(str, tuning.files))
    try:
        asyncio.run(_all(tuning, count))
    except (ConnectionFailed, SettingRefused, HungUp) as error:
        raise click.ClickException(_goes_on(str(error), tuning, files)) from error
    except KeyboardInterrupt:
        complain(f"voice-tui: {_goes_on('broken off', tuning, files)}")
        raise SystemExit(BROKEN_OFF) from None


def _goes_on(why: str, tuning: Tuning, files: str) -> str:
    done = tuning.count - len(tuning.left())
    return f"{why}: {done} of {tuning.count} talks are done and kept in {files}; the same command goes on from there"


async def _all(tuning: Tuning, count: int) -> None:
    spent = Decimal(0)
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=count, label="Talking", file=sys.stderr, hidden=hidden, item_show_func=_said) as bar:
        bar.render_progress()
        while tried := await tuning.one(lambda words: complain(f"voice-tui: {words}")):
            spent += tried.cost or 0
            bar.update(1, f"{dollars(spent)} so far" if spent else "")
            heed_cancel()


def _said(words: str | None) -> str:
    return words or ""
