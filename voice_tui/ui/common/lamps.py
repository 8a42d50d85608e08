"""Two lamps, YOU and AI, each by itself: what one side is doing whatever the other one does."""

from __future__ import annotations

from typing import NamedTuple

from voice_tui.messages.link import DevicesChanged, Link, LinkChanged
from voice_tui.messages.presets import PRESETS, Detector, Policy
from voice_tui.messages.talk import LevelMeasured, Phase, PhaseChanged, SettingsChanged, SidesChanged, SwitchesChanged
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import shown_key

YOU_CELLS, AI_CELLS = 9, 11  # of the longest word: what follows stands still


class Lamp(NamedTuple):
    """What a lamp shows.

    Attributes:
        sign, word: What the side is doing.
        hue: Colour of both.
        lit: It can be heard.
    """

    sign: str
    word: str
    hue: str
    lit: bool = False


QUIET = Lamp("·", "quiet", "$muted")
AWAY = Lamp("○", "away", "$muted")
NOT_HEARD = Lamp("◌", "not heard", "$warning")


def ignored(state: State) -> bool:
    """Whether the preset lets nobody speak just now: it hears nothing until the assistant has finished."""
    preset = PRESETS.get(state.last(SettingsChanged).preset)
    busy = state.last(PhaseChanged).phase in (Phase.THINKING, Phase.ASSISTANT_SPEAKING)
    return preset is not None and preset.policy is Policy.IGNORE and (busy or state.last(SidesChanged).sounding)


class _Deaf(NamedTuple):
    """Why nobody listens: with a key that helps, and the command it is of; and as it is told of a recording."""

    command: str
    now: str
    recorded: str


_MUTED = _Deaf("mute", "your microphone is muted: {key} opens it", "the microphone is muted")
_MISSING = _Deaf("demo", "no microphone: type, or {key} for the demo caller", "there is no microphone")
_KEY_UP = _Deaf("talk", "{key} and you are heard", "the talk key is up")


def deaf(state: State) -> str:
    """Why nobody listens to the user although there is a connection, and what to press; "" where somebody does."""
    switches, preset = state.last(SwitchesChanged), PRESETS.get(state.last(SettingsChanged).preset)
    why: _Deaf | None = None
    if switches.demo:
        pass
    elif switches.muted:
        why = _MUTED
    elif state.last(DevicesChanged).mic_problem:
        why = _MISSING
    elif preset is not None and preset.detector is Detector.KEY and not switches.talking:
        why = _KEY_UP
    if why is None:
        return ""
    return why.recorded if state.replayed else why.now.format(key=shown_key(state.commands, why.command))


def you(state: State) -> Lamp:
    """The user's side."""
    switches, sides, devices = state.last(SwitchesChanged), state.last(SidesChanged), state.last(DevicesChanged)
    preset = PRESETS.get(state.last(SettingsChanged).preset)
    detector = preset.detector if preset is not None else None
    speaking = state.last(PhaseChanged).phase is Phase.USER_SPEAKING  # all that recordings of old know of it
    if switches.muted and not switches.demo:
        return Lamp("✗", "muted", "$interruption")
    if ignored(state):
        return NOT_HEARD
    if detector is Detector.FIXED_WINDOW and sides.here:
        return Lamp("●", "recorded", "$you", lit=True)
    if detector is Detector.KEY:
        return Lamp("●", "key down", "$you", lit=True) if switches.talking else Lamp("○", "key up", "$muted")
    if sides.here or sides.server or speaking:
        return Lamp("●", "heard", "$you", lit=True)
    return Lamp("○", "no mic", "$warning") if devices.mic_problem and not switches.demo else QUIET


def ai(state: State) -> Lamp:
    """The assistant's side."""
    phase, gain = state.last(PhaseChanged).phase, state.last(LevelMeasured).gain
    if phase is Phase.INTERRUPTED:
        return Lamp("■", "stopped", "$interruption")
    if state.last(SidesChanged).sounding or phase is Phase.ASSISTANT_SPEAKING:
        if gain <= 0:
            return Lamp("‖", "paused", "$interruption", lit=True)
        if gain < 1:
            return Lamp("▾", "turned down", "$interruption", lit=True)
        return Lamp("▶", "speaking", "$assistant", lit=True)
    if state.hung_up or state.last(LinkChanged).link is not Link.LIVE:
        return AWAY
    return Lamp("◐", "thinking", "$foreground") if phase is Phase.THINKING else QUIET


def both(state: State) -> bool:
    """Whether both can be heard at once."""
    return you(state).lit and ai(state).lit
