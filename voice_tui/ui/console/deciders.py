"""Who decides: what stands behind each question that the knobs are answers to."""

from __future__ import annotations

from voice_tui.messages.knobs import KNOBS, Question, Side
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.presets import PRESETS, Detector, Policy
from voice_tui.messages.talk import Ack, SettingsChanged

_HERE = ("decided here", "$muted")
_TURN_ENDS: dict[Detector, tuple[str, str]] = {
    Detector.LOCAL_VAD: _HERE,
    Detector.FIXED_WINDOW: ("after its fixed time", "$muted"),
    Detector.KEY: ("your key decides", "$muted"),
}
"""By detector, where the server has no part in it: words and colour."""
_OVER_IT: dict[Policy, tuple[str, str]] = {
    Policy.NATURAL: _HERE,
    Policy.CANCEL: _HERE,
    Policy.DETECT: ("noticed here, and let be", "$muted"),
    Policy.SERVER: ("the server decides", "$muted"),
    Policy.KEY: ("your key decides", "$muted"),
    Policy.IGNORE: ("you are not heard then", "$muted"),
}
_SERVER: dict[Ack, tuple[str, str]] = {
    Ack.NONE: ("server not told yet", "$muted"),
    Ack.PENDING: ("… server is asked", "$warning"),
    Ack.ACKNOWLEDGED: ("✓ server has it", "$success"),
    Ack.REJECTED: ("✗ server refused", "$error"),
}
NOT_SEEN = ("✓? has it, no effect seen", "$warning")


def decider(question: Question, notice: SettingsChanged) -> tuple[str, str]:
    """Who decides in this preset, or what became of telling the server: words and colour."""
    preset = PRESETS.get(notice.preset)
    if preset is None or question not in (Question.OVER_IT, Question.TURN_END):
        return "", "$muted"
    if question is Question.OVER_IT:
        return _OVER_IT[preset.policy]
    if preset.detector in _TURN_ENDS:
        return _TURN_ENDS[preset.detector]
    return NOT_SEEN if doubted(notice) and notice.server is Ack.ACKNOWLEDGED else _SERVER[notice.server]


def doubted(notice: SettingsChanged) -> list[str]:
    """Knobs of the server's that act in this preset, and were not seen to take effect."""
    acting = (name for name in KNOBS if name in notice.active and KNOBS[name].side is Side.SERVER)
    return [name for name in acting if notice.observed.get(name, Observed()).seen is Seen.NOT_SEEN]


def remark(notice: SettingsChanged) -> str:
    """What is to be said of the server's settings: why they were refused, or what was not seen; "" for nothing."""
    if notice.server is Ack.REJECTED:
        return f"The server refused: {notice.reason}" if notice.reason else "The server refused the settings."
    names = doubted(notice) if notice.server is Ack.ACKNOWLEDGED else []
    return f"{KNOBS[names[0]].label}: {notice.observed[names[0]].reason}" if names else ""
