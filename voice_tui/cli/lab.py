"""The `lab` commands: recordings in, JSON lines out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from voice_tui.audio.echo.advice import WORDS
from voice_tui.audio.echo.calibration import CalibrationError
from voice_tui.audio.echo.path import EchoPathError, HeardError
from voice_tui.audio.echo.powers import AUDIBLE_POWER, powers
from voice_tui.audio.echo.proposal import Reference
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, FULL_SCALE, Pcm
from voice_tui.audio.thresholds import SPEECH_LEVEL
from voice_tui.audio.vad.engines import DROPPED, ENGINES, EnergyEngine, VadEngine, unknown
from voice_tui.audio.vad.segmenter import SegmentLimits
from voice_tui.cli.compare import compare
from voice_tui.cli.given import GivenPath
from voice_tui.cli.numbers import Number
from voice_tui.cli.options import Group
from voice_tui.cli.output import complain, say
from voice_tui.cli.policy import turned
from voice_tui.cli.progress import watched
from voice_tui.cli.recorded import length, look_at_order, recorded
from voice_tui.cli.steps import steps
from voice_tui.cli.sweep import sweep
from voice_tui.cli.versus import versus
from voice_tui.conversation.checks.runs import QUIET_FRAMES
from voice_tui.conversation.turn_taking.policy import POLICIES, Action
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.plain_text import one_line
from voice_tui.replay.barge import closed_loop, echo_delay_ms, open_loop
from voice_tui.replay.calibration import echo_path, propose
from voice_tui.replay.vad import detect

LIMITS = SegmentLimits()
ROOM_S = QUIET_FRAMES * FRAME_MS // 1000
DONE = {
    Action.CUT: "nothing was cut",
    Action.DUCK: "nothing was turned down",
    Action.PAUSE: "nothing was paused",
    Action.RESUME: "nothing went on",
}
UNHEARD = {
    Reference.NONE: "nothing of it is loud enough to be heard while the room is: no echo is looked for",
    Reference.SHORT: "less than half a second of it sounds while the room is heard, too short to tell an echo",
    Reference.NOT_HEARD: "no echo of it is to be seen",
}
WAV = GivenPath(dir_okay=False)


class Engine(click.Choice[str]):
    """A detector that there is; for one that there was, the one that took its place is named."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """From what was given."""
        if value in DROPPED:
            self.fail(unknown(value), param, ctx)
        return super().convert(value, param, ctx)


PROBABILITY, LONG = Number(0, 1), Number(min=0)
ECHO_DELAY = Number(0, 2000)
KIND = click.Choice([a.value for a in Action])


class _Group(Group):
    """Turns a file that cannot be read into one line."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RecordingError as error:
            raise click.ClickException(str(error)) from error


@contextmanager
def _telling(path: Path, heard: Path | None = None) -> Iterator[None]:
    """Turns a recording that tells nothing into one line that names it.

    Args:
        path: Which it usually is.
        heard: Which it is where what was heard is to blame.
    """
    try:
        yield
    except (CalibrationError, EchoPathError) as error:
        blamed = heard if heard and isinstance(error, HeardError) else path
        raise click.ClickException(one_line(f"{blamed}: {error}")) from error


@click.group(cls=_Group)
def lab() -> None:
    """Offline work on recordings: what a detector hears, what a policy does, what other settings would have done."""


lab.add_command(sweep)
lab.add_command(compare)
lab.add_command(versus)
lab.add_command(steps)


@lab.command()
@click.argument("wav", type=WAV)
@click.option("--engine", type=Engine(list(ENGINES)), default="fused", show_default=True)
@click.option("--threshold", type=PROBABILITY, help="Probability that opens speech; for the engine energy: the level.")
@click.option("--stop", type=PROBABILITY, help="Probability below which it is silence.")
@click.option("--min-speech", type=LONG, default=LIMITS.min_speech_ms, show_default=True, help="ms")
@click.option("--max-silence", type=LONG, default=LIMITS.max_silence_ms, show_default=True, help="ms")
@click.option("--preroll", type=LONG, default=LIMITS.preroll_ms, show_default=True, help="ms")
def vad(
    wav: Path,
    engine: str,
    threshold: float | None,
    stop: float | None,
    min_speech: float,
    max_silence: float,
    preroll: float,
) -> None:
    """Speech segments and probabilities of a recording, JSON lines in seconds.

    WAV is a recording of any kind and rate; its channels are averaged.
    """
    judge: VadEngine
    if engine == "energy":
        judge, start = EnergyEngine(SPEECH_LEVEL if threshold is None else threshold), LIMITS.start
    else:
        judge, start = ENGINES[engine](), LIMITS.start if threshold is None else threshold
    if stop is None:
        stop = start * LIMITS.stop / LIMITS.start
    if stop > start:
        raise click.BadParameter(
            f"{stop:g} is not allowed, give up to {start:g}, which opens speech", param_hint="--stop"
        )
    limits = SegmentLimits(start, stop, min_speech, max_silence, preroll)
    pcm = recorded(wav)
    with watched("Hearing", pcm) as watch:
        heard = detect(pcm, judge, limits, watch)
    if not heard.probabilities:
        complain(f"voice-tui: {wav}: {length(pcm)} of sound are too short to be judged")
    for s in heard.segments:
        times = {"start": s.start_ms, "end": s.end_ms, "decided": s.decided_ms, "end_decided": s.end_decided_ms}
        say(json.dumps({k: round(ms / 1000, 3) for k, ms in times.items()}))
    say(json.dumps({"t0": 0.01, "hop": 0.01, "p": [round(p, 4) for p in heard.probabilities]}))


@lab.command()
@click.argument("wavs", type=WAV, nargs=-1, required=True, metavar="MIC REF | NEAR ECHO REST REF")
@click.option("--closed", is_flag=True, help="NEAR ECHO REST REF: playback follows the policy.")
@click.option("--echo-delay", type=ECHO_DELAY, help="--closed: how late the echo is, ms; else as ECHO tells.")
@click.option("--preset", type=click.Choice(list(POLICIES)), default="natural", show_default=True)
@click.option("--option", multiple=True, metavar="NAME=VALUE", help="One setting of the policy; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Ducks, pauses and resumes too.")
@click.option("--kind", "kinds", type=KIND, multiple=True, help="Which decisions to print, else cuts; repeatable.")
def barge(
    wavs: tuple[Path, ...],
    closed: bool,
    echo_delay: float | None,
    preset: str,
    option: tuple[str, ...],
    everything: bool,
    kinds: tuple[str, ...],
) -> None:
    """When the policy would cut: MIC REF in open loop, or --closed NEAR ECHO REST REF.

    MIC is what the microphone heard, REF what was played meanwhile. With --closed the microphone is made of its parts:
    NEAR is the user alone, ECHO the loudspeaker as the microphone hears it, REST all other sounds. All of them begin at
    the same moment; the first says how long it lasts, and what another lacks at its end is silence. Playback is turned
    down as it would be live: what was played before is on its way still. A line for each decision: seconds, and what
    was done.
    """
    if len(wavs) != (4 if closed else 2):
        raise click.UsageError("give NEAR ECHO REST REF with --closed, else MIC REF")
    if echo_delay is not None and not closed:
        raise click.UsageError("--echo-delay acts with --closed only")
    if everything and kinds:
        raise click.UsageError("--all and --kind exclude each other")
    settings = turned(POLICIES[preset], option)
    sounds = [recorded(each) for each in wavs]
    at = 1 if closed else 0  # the echo is what the microphone hears of what was played
    look_at_order(wavs[at], sounds[at], wavs[-1], sounds[-1])
    with watched("Hearing", sounds[0]) as watch:
        if closed:
            near, echo, rest, ref = sounds
            if echo_delay is None:
                echo_delay = echo_delay_ms(echo, ref)
            if echo_delay is None and (powers(echo / FULL_SCALE) > AUDIBLE_POWER).any():
                told = (
                    f"{wavs[1]}: how late the echo is does not show; a gain acts on it at once, else give --echo-delay"
                )
                complain(f"voice-tui: {one_line(told)}")
            decisions = closed_loop(near, echo, rest, ref, settings, echo_delay, watch)
        else:
            mic, ref = sounds
            decisions = open_loop(mic, ref, settings, watch)
        if sys.stderr.isatty():  # a line of its own says how far it is, until all is heard
            decisions = iter(list(decisions))
    wanted = set(Action) if everything else {Action(kind) for kind in kinds} or {Action.CUT}
    found = False
    for d in decisions:
        if d.action in wanted:
            found = True
            say(json.dumps({"t": round(d.t, 3), "kind": d.action.value}))
    if not found:
        complain(f"voice-tui: {_nothing(wanted, sounds[0])}")


def _nothing(wanted: set[Action], heard: Pcm) -> str:
    """That nothing was decided, and where there was too little sound for it."""
    done = "nothing was decided" if wanted == set(Action) else ", ".join(DONE[a] for a in Action if a in wanted)
    if len(heard) < FRAME:
        return f"{done}: {length(heard)} of sound are too short to be judged"
    return f"{done} over {length(heard)}"


@lab.command()
@click.argument("wav", type=WAV)
@click.option("--room", type=LONG, default=ROOM_S, show_default=True, help="Seconds of the room at the beginning.")
@click.option("--ref", type=WAV, help="What was played meanwhile, to find an echo.")
def calibrate(wav: Path, room: float, ref: Path | None) -> None:
    """Three seconds of the room, then three of speech: thresholds and what kind of place it is.

    WAV begins with the room and goes on with speech. --ref is what was played meanwhile; both begin at the same moment.
    """
    pcm, reference = recorded(wav), None if ref is None else recorded(ref)
    if ref is not None and reference is not None:
        look_at_order(wav, pcm, ref, reference)
    with _telling(wav), watched("Hearing", pcm) as watch:
        proposal = propose(pcm, round(room * 1000), reference, watch)
    if ref is not None and proposal.reference in UNHEARD:
        complain(f"voice-tui: {ref}: {UNHEARD[proposal.reference]}")
    say(json.dumps(proposal.as_json()))


@lab.command()
@click.argument("played", type=WAV)
@click.argument("heard", type=WAV)
def echo(played: Path, heard: Path) -> None:
    """How much of PLAYED came back in HEARD, which begins at the same moment: leakage, delay, what to do.

    PLAYED is what was handed to the loudspeaker, best some seconds of speech, noise or sweeps with pauses between them;
    HEARD is what the microphone heard meanwhile, while nobody spoke.
    """
    reference, mic = recorded(played), recorded(heard)
    with _telling(played, heard), watched("Hearing", mic) as watch:
        path = echo_path(reference, mic, watch)
    look_at_order(heard, mic, played, reference)
    say(json.dumps(path.as_json() | {"words": WORDS[path.advice]}))
