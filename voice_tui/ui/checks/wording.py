"""How the guided checks are said and drawn: lines of text from their notices, without a widget."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content

from voice_tui.audio.decibels import to_dbfs
from voice_tui.audio.echo.advice import WORDS, EchoAdvice
from voice_tui.audio.echo.outcome import EchoPath, Finding
from voice_tui.audio.echo.proposal import Proposal, Situation
from voice_tui.messages.checks import (
    CalibrationProposed,
    CheckFailed,
    CheckKind,
    CheckNotice,
    CheckPhase,
    CheckProgressed,
    EchoTested,
)
from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.speakers import VoiceEnrolled
from voice_tui.ui.common.geometry import FLOOR_DBFS, TOP_DBFS, Bins

TITLES = {CheckKind.CALIBRATION: "Calibration", CheckKind.ECHO: "Echo test", CheckKind.ENROLMENT: "A known voice"}
PROMISES = {
    CheckKind.CALIBRATION: "Measures the room and your voice, and proposes thresholds. Nothing of it is sent.",
    CheckKind.ECHO: "Plays three sweeps and hears how much of them comes back. Nothing of it is sent.",
    CheckKind.ENROLMENT: "Only a voiceprint is stored, on this computer. Nothing of it is sent.",
}
DIRECTIONS: dict[tuple[CheckKind, CheckPhase], tuple[str, str]] = {
    (CheckKind.CALIBRATION, CheckPhase.WAIT): ("Wait a moment", "The loudspeaker is falling silent."),
    (CheckKind.CALIBRATION, CheckPhase.QUIET): ("Be quiet for 3 s", "The room itself is measured."),
    (CheckKind.CALIBRATION, CheckPhase.SPEAK): ("Now speak as you normally do", "It counts from your first word."),
    (CheckKind.ECHO, CheckPhase.WAIT): ("Wait a moment", "The loudspeaker is falling silent."),
    (CheckKind.ECHO, CheckPhase.QUIET): ("Be quiet until it is over", "First the room, then three short sweeps."),
    (CheckKind.ECHO, CheckPhase.PLAY): ("Be quiet: the test sound plays", "The microphone listens for it."),
    (CheckKind.ENROLMENT, CheckPhase.WAIT): ("Wait a moment", "The loudspeaker is falling silent."),
    (CheckKind.ENROLMENT, CheckPhase.SPEAK): ("Speak: read something aloud", "Only speech counts, of one person."),
    (CheckKind.ENROLMENT, CheckPhase.LISTEN): ("Thank you: one moment", "The voiceprint is being made."),
    (CheckKind.ECHO, CheckPhase.LISTEN): ("Be quiet: nearly done", "The echo's last part."),
}
"""What to do now, and why."""
STARTING = ("Starting", "The microphone is taken from the conversation.")
SITUATIONS = {Situation.QUIET: "A quiet room", Situation.NOISY: "A noisy room", Situation.ECHO: "A room with echo"}
FINDINGS = {
    Finding.HEARD: ("●", "$warning", "The microphone hears the loudspeaker"),
    Finding.NOT_HEARD: ("✓", "$success", "No echo was heard"),
    Finding.DISTURBED: ("✗", "$error", "It was not quiet"),
}
"""Sign, colour and words for what came of the echo test."""
DEAD = ("●", "$warning", "Nothing was heard at all")
"""The same, where not even the room was heard."""
LABEL_CELLS, VALUE_CELLS = 6, 9
_BLOCKS = " ▏▎▍▌▋▊▉█"


class Missing(NamedTuple):
    """A check can't begin.

    Attributes:
        what: Is not there.
        why: One sentence's worth.
        demo: The key of the demo caller.
        called: The demo caller is on the line.
    """

    what: str
    why: str
    demo: str
    called: bool = False


def describe(kind: CheckKind, notice: CheckNotice | Missing | None, width: int) -> Content:
    """All lines for the state that a notice tells; None: nothing was told yet."""
    match notice:
        case CheckProgressed():
            lines = [*_progress(notice, width), *_promise(kind)]
        case CalibrationProposed(proposal):
            lines = _proposal(proposal, width)
        case EchoTested(path):
            lines = _echo(path)
        case VoiceEnrolled(name, seconds, quality):
            lines = [
                *_head(f"✓ {name} is known now", "$success"),
                Content(f"From {seconds:.0f} s of speech; how alike its parts are: {quality:.0%}."),
                Content.styled("Enrol again in another place or on another day to be known there too.", "$muted"),
            ]
        case Missing():
            lines = _missing(notice)
        case CheckFailed(reason=reason):
            lines = [*_head("✗ That did not work", "$error"), Content(_sentence(reason))]
        case None:
            lines = [*_head(STARTING[0], "$foreground"), Content.styled(STARTING[1], "$muted"), *_promise(kind)]
    return Content("\n").join(lines)


def _missing(missing: Missing) -> list[Content]:
    """What is not there, what one can do meanwhile, and that it begins by itself."""
    offer = (
        "The demo caller talks meanwhile: meters and knobs can be tried with it."
        if missing.called
        else f"{missing.demo}: the demo caller talks instead, and meters and knobs can be tried with it."
    )
    return [
        *_head(f"✗ No {missing.what}", "$warning"),
        Content(_sentence(missing.why)),
        Content(""),
        Content(offer),
        Content.styled(f"It begins by itself once there is a {missing.what}.", "$muted"),
    ]


def _head(text: str, hue: str) -> list[Content]:
    return [Content.styled(text, f"bold {hue}"), Content("")]


def _promise(kind: CheckKind) -> list[Content]:
    return [Content(""), Content.styled(PROMISES[kind], "$muted")]


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + "."


# ---- under way


def _progress(now: CheckProgressed, width: int) -> list[Content]:
    wanted, why = DIRECTIONS[now.kind, now.phase]
    hue = "$you" if now.phase is CheckPhase.SPEAK else "$foreground"
    waits = now.phase is CheckPhase.SPEAK and now.remaining_ms == now.total_ms
    left = "waits" if waits else f"{now.remaining_ms / 1000:.1f} s"
    return [
        *_head(wanted, hue),
        Content.styled(why, "$muted"),
        Content(""),
        _row("level", _level_bar(now.level_dbfs, _room(width)), _db(now.level_dbfs)),
        _row("time", _time_bar(now, _room(width)), left),
    ]


def _room(width: int) -> int:
    return max(8, width - LABEL_CELLS - VALUE_CELLS)


def _row(label: str, bar: Content, value: str) -> Content:
    return Content.assemble(label.ljust(LABEL_CELLS), bar, value.rjust(VALUE_CELLS))


def _db(dbfs: float) -> str:
    return f"{dbfs:.0f} dB" if dbfs > FLOOR_DBFS else "– dB"


def _level_bar(dbfs: float, cells: int) -> Content:
    whole, part = divmod(Bins(FLOOR_DBFS, TOP_DBFS, cells).eighths(dbfs), 8)
    bar = "█" * whole + (_BLOCKS[part] if part else "")
    return Content.assemble((bar, "$you"), ("·" * (cells - len(bar)), "$muted"))


def _time_bar(now: CheckProgressed, cells: int) -> Content:
    done = round((1 - now.remaining_ms / max(1, now.total_ms)) * cells)
    return Content.assemble(("━" * done, "$success"), ("─" * (cells - done), "$muted"))


# ---- results


def _proposal(found: Proposal, width: int) -> list[Content]:
    settings = [
        f"{KNOBS[name].label} {KNOBS[name].format(KNOBS[name].check(getattr(found, name)))}"
        for name in ("local_threshold", "interrupt_threshold", "sureness")
    ]
    return [
        *_head(f"✓ {SITUATIONS[found.situation]}", "$success"),
        Content(found.why),
        Content(""),
        *_scale(found, width),
        Content(""),
        Content.assemble(("sets   ", "$muted"), " · ".join(settings)),
        Content.assemble(("       ", ""), f"detector {found.engine}, where the preset has one"),
    ]


def _scale(found: Proposal, width: int) -> list[Content]:
    """Room, threshold and speech as marks on one line of levels, with their figures below."""
    bins = Bins(FLOOR_DBFS, TOP_DBFS, max(20, width))
    threshold = to_dbfs(found.local_threshold)
    room, mark, speech = (bins.column(x) for x in (found.room_dbfs, threshold, found.speech_dbfs))
    cells = [("━", "$muted") if c <= room else ("━", "$you") if c >= mark else ("┄", "$muted") for c in range(speech)]
    cells += [("━", "$you"), *([("·", "$muted")] * (bins.cells - speech - 1))]
    for column, sign, hue in ((room, "○", "$foreground"), (speech, "●", "$you"), (mark, "┃", "$interruption")):
        cells[column] = (sign, f"bold {hue}")
    figures = Content.assemble(
        ("○", "bold"), f" room {_db(found.room_dbfs)}   ",
        ("┃", "bold $interruption"), f" threshold {_db(threshold)}   ",
        ("●", "bold $you"), f" speech {_db(found.speech_dbfs)}",
    )  # fmt: skip
    return [Content.assemble(*cells), figures]


def _echo(path: EchoPath) -> list[Content]:
    dead = path.advice is EchoAdvice.CHECK_MIC
    sign, hue, words = DEAD if dead else FINDINGS[path.finding]
    lines = [*_head(f"{sign} {words}", hue), Content(WORDS[path.advice])]
    if path.finding is Finding.DISTURBED:
        return lines
    if path.leakage_db is None:
        figures = [("leakage", f"below {path.below_db or 0:.0f} dB", "of what is played")]
    else:
        erle = "– dB" if path.erle_db is None else f"{path.erle_db:.0f} dB"
        figures = [
            ("leakage", f"{path.leakage_db:.1f} dB", "microphone over loudspeaker"),
            (
                "delay",
                "– ms" if path.delay_ms is None else f"{path.delay_ms:.0f} ms",
                "of the echo behind what was played",
            ),
            ("ERLE", erle, "what echo cancellation takes away"),
        ]
    noise = "– dBFS" if path.noise_dbfs is None else f"{path.noise_dbfs:.0f} dBFS"
    figures.append(("noise", noise, "of the room meanwhile"))
    rows = [
        Content.assemble((name.ljust(9), "$muted"), (value.rjust(14), "bold"), (f"   {words}", "$muted"))
        for name, value, words in figures
    ]
    return [*lines, Content(""), *rows]
