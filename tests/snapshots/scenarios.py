"""What the voice side says in each state worth a picture: name → notices; a number lets so many seconds pass."""

from __future__ import annotations

from typing import TypeAlias

from voice_tui.audio.pcm import from_dbfs
from voice_tui.conversation.notices import (
    Ack,
    Announced,
    CountersChanged,
    Cut,
    DevicesChanged,
    Interrupted,
    LevelMeasured,
    Link,
    LinkChanged,
    Notice,
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
from voice_tui.conversation.presets import PRESETS

Step: TypeAlias = Notice | float


def level(mic: float, assistant: float = -90.0) -> LevelMeasured:
    return LevelMeasured(mic_dbfs=mic + 2, assistant_dbfs=assistant, mic_mean=from_dbfs(mic), t=0.0)


def preset(name: str, server: Ack = Ack.NONE, reason: str = "") -> SettingsChanged:
    return SettingsChanged(name, PRESETS[name].settings, PRESETS[name].knobs, server, reason)


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
    4.0,
    SpeechStarted("server", 4010),
    2.2,
    SpeechStopped("server", 6230),
    ASKED,
    0.6,
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
        level(-18.0, -24.0),
        1.8,
        SpeechStarted("server", 8610),
        0.1,
        Interrupted("a1", "server", cancelled=False, at=9.0),
        Truncated("a1", 1840, 5200, Ack.PENDING),
        RowChanged(Row("a1", "assistant", "Assistant", HEARD, UNHEARD, cut=cut), "u1"),
        RowChanged(Row("u2", "user", "You", "No, Porto! I meant Porto.", interrupting=True), "a1"),
        0.1,
        Truncated("a1", 1840, 5200, ack),
        CountersChanged(1, 1, 0),
    ]


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
    "assistant-speaking": [*ANSWERED, *answering(HEARD), level(-55.0, -20.0)],
    "interrupted": [
        *interrupted(Ack.ACKNOWLEDGED),
        RowChanged(
            Row("a2", "assistant", "Assistant", "Sorry, Porto. Tomorrow in Porto it will be", pending=True), "u2"
        ),
        PhaseChanged(Phase.ASSISTANT_SPEAKING, "0.8 s of 1.9 s played"),
        TurnTimed("a2", 96, 388, 415),
        UsageCounted("r2", "completed", 1412, 640),
        level(-47.0, -22.0),
    ],
    "interrupted-rejected": [
        *interrupted(Ack.REJECTED, "Audio content of 1800ms is already shorter than 1840ms"),
        PhaseChanged(Phase.INTERRUPTED, "you talked over it at 1.84 s"),
        level(-16.0, -40.0),
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
        level(-60.0, -20.0),
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
