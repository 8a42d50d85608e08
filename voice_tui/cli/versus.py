"""``voice-tui lab versus``: the same recorded caller with several endpoints."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from voice_tui.cli.given import GivenPath
from voice_tui.cli.judge import found
from voice_tui.cli.judge_options import user_option
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import BROKEN_OFF, complain, say
from voice_tui.cli.pictures import chart_option, draw
from voice_tui.cli.targets import OutputFolder
from voice_tui.messages.presets import HANDS_FREE
from voice_tui.replay.judge.speech import UserSpeech

USUAL = "server-vad"


@click.command(cls=OptionCommand)
@click.argument("recordings", type=GivenPath(exists=True), nargs=-1, required=True)
@click.option("--endpoint", "endpoints", multiple=True, metavar="NAME", help="Of [endpoints.NAME], or a provider.")
@click.option("--preset", type=click.Choice(list(HANDS_FREE)), default=USUAL, show_default=True, help="Everywhere.")
@user_option()
@click.option("--yes", is_flag=True, help="Do not ask before it takes time and money.")
@click.option(
    "--keep",
    metavar="DIR",
    type=OutputFolder(),
    help="Keep the recordings in this folder.",
)
@chart_option(".svg", ".png")
@click.option("--json", "as_json", is_flag=True, help="One judgement a line, an endpoint each; failed: why.")
def versus(
    recordings: tuple[Path, ...],
    endpoints: tuple[str, ...],
    preset: str,
    user: str,
    yes: bool,
    keep: Path | None,
    picture: Path | None,
    as_json: bool,
) -> int:
    """How endpoints take turns with the same recorded caller, side by side.

    The caller of each recording talks to each endpoint in real time; the talks are recorded and judged. Of a stereo
    recording the left channel is the caller, of another the whole. What was held before an endpoint fails, or before
    Ctrl-C, is judged all the same; the exit code is not 0 then.
    """
    from voice_tui.cli.calls import Place, agree, callers, places  # what talks: only when asked for
    from voice_tui.drivers.report import cost_words
    from voice_tui.rehearsal.call import Held, hold
    from voice_tui.rehearsal.caller import Caller
    from voice_tui.rehearsal.versus import Side
    from voice_tui.rehearsal.versus import versus as compared
    from voice_tui.rehearsal.wording import lines, png, svg

    if len(endpoints) < 2 or len(set(endpoints)) < len(endpoints):
        raise click.UsageError("give --endpoint at least twice, another one each time")

    def told(words: str) -> None:
        complain(f"voice-tui: {words}")

    def talks(place: Place) -> Side:
        options = place.options(preset)

        async def talk(caller: Caller, folder: Path) -> Held:
            return await hold(options, caller.pcm, {}, folder, lambda words: told(f"{place.name}: {words}"))

        return Side(place.name, talk)

    with places(*endpoints) as there:
        who = callers(found(recordings))
        count = len(who) * len(there)
        if not yes:
            prices = [f"{place.name} {price}" for place in there if (price := place.price(who))]
            seconds = len(there) * sum(caller.length_ms / 1000 + 5 for caller in who)
            agree(f"{count} talks with {', '.join(endpoints)}", seconds, "; ".join(prices))
        sides = [talks(place) for place in there]
        code = 0
        with click.progressbar(length=count, label="Talking", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            try:
                asyncio.run(compared(sides, who, keep, UserSpeech(user), told, lambda: bar.update(1)))
            except KeyboardInterrupt:
                told(f"broken off: {sum(len(side.judgements) for side in sides)} of {count} talks are done")
                code = BROKEN_OFF
    for remark in (remark for side in sides for remark in side.remarks):
        told(remark)
    judgements = [side.judgement for side in sides if side.judgements]
    if as_json:
        for side in sides:
            say(json.dumps(side.judgement.as_json() | ({"failed": side.failure} if side.failure else {})))
    else:
        if judgements:
            say("\n".join(lines(judgements, "endpoint")))
        for side, place in zip(sides, there, strict=True):
            if place.endpoint is not None and place.endpoint.billing.costs:
                for bill in side.bills:
                    say(f"{side.name}: {cost_words(bill, 0.0)}")
    if judgements:  # behind the figures, which cost time and money: it may fail
        draw(picture, {".svg": lambda: svg(judgements), ".png": lambda: png(judgements)})
    return code or int(any(side.failure for side in sides))
