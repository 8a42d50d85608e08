"""Every knob of turn-taking: one table that feeds the sliders, the checks and the help."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from voice_tui.audio.thresholds import INTERRUPTION_LEVEL, LEVELS, SPEECH_LEVEL, SURENESS
from voice_tui.messages.knob import Knob, Question, SettingError, Side

__all__ = ["KNOBS", "Knob", "Question", "SettingError", "Side", "TurnSettings", "change"]


EAGERNESS = ("auto", "low", "medium", "high")
EFFORTS = ("auto", "minimal", "low", "medium", "high", "xhigh")
"""How hard a model thinks before it answers; the first leaves it to the endpoint."""
CONFIRMERS = ("here", "either", "both")
"""Who makes sure of a voice, by the values of `Confirm`: our ears; they or the server; both."""
ACKNOWLEDGEMENTS = ("nothing", "brief", "sorry")
"""What an answer to an interruption begins with."""
LATENCY_KNOBS = ("chunk_ms", "prebuffer_ms", "effort")
"""Knobs of which nothing but the latency tells: they stand beside it."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Where the knobs stand. Defaults are the workshop's.

    Levels are the mean of ``|x|`` with full scale 1.0 (0.015 is -36.5 dBFS); durations are in ms
    of audio, never of wall clock.
    """

    threshold: float = 0.5
    """Server VAD: speech probability that opens a turn, 0-1."""
    prefix_padding_ms: float = 300
    """Audio kept from before the start of speech, ms (server VAD and local pre-roll)."""
    silence_duration_ms: float = 500
    """Server VAD: silence that ends a turn, ms."""
    eagerness: float = 0
    """Semantic VAD: how soon a turn is over; index of `EAGERNESS`."""
    local_threshold: float = SPEECH_LEVEL
    """Local VAD: level that is speech."""
    min_speech_ms: float = 300
    """Local VAD: speech shorter than this is no turn, ms."""
    max_silence_ms: float = 800
    """Local VAD: silence that ends a turn, ms."""
    interrupt_threshold: float = INTERRUPTION_LEVEL
    """Level that is an interruption while the assistant speaks."""
    debounce_ms: float = 0
    """How long a voice must last before it interrupts, ms."""
    sureness: float = SURENESS["natural"]
    """Evidence that has to add up before a voice cuts the assistant off, nats."""
    backchannel_ms: float = 0
    """A voice shorter than this is an "uh-huh" and does not cut, ms."""
    immunity_ms: float = 0
    """No cut in the first moments of an answer, ms."""
    resume_ms: float = 300
    """After a false alarm: without a sign of a voice for this long the answer goes on, ms."""
    duck_gain: float = 0.2
    """Playback gain while it is not sure yet, 0-1; 0.2 is -14 dB: quiet, but the words can be followed."""
    confirm: float = 0
    """Who confirms that a voice cuts the assistant off: a `Confirm`."""
    hold_ms: float = 0
    """How long the request for the answer waits while the turn sounds unfinished, ms; 0: it never waits."""
    adapt: float = 0
    """Share by which ``max_silence_ms`` gets shorter at a finished end and longer at an unfinished one, 0-0.8."""
    chunk_ms: float = 20
    """How much audio goes out at a time while somebody speaks, ms."""
    prebuffer_ms: float = 0
    """How much of an answer is gathered before it is played, at least, ms; more where it comes too slowly."""
    effort: float = 0
    """How hard the model thinks before it answers; index of `EFFORTS`."""
    patience_s: float = 8
    """How long nothing of an answer may be heard after a turn before it is said which event is missing, s."""
    acknowledge: float = 1
    """After an interruption the answer begins with: 0 nothing special, 1 a brief acknowledgement, 2 an apology."""


# fmt: off
KNOBS: dict[str, Knob] = {
    k.name: k
    for k in (
        Knob("sureness", "sureness", "", 1, 12, 0.5, Side.LOCAL,
             "Higher: fewer noises cut it off, voices later.", question=Question.OVER_IT),
        Knob("interrupt_threshold", "interrupt at", "dBFS", *LEVELS, 0.0001, Side.LOCAL,
             "Higher: only louder voices interrupt it.", question=Question.OVER_IT),
        Knob("duck_gain", "turn down to", "dB", 0.0, 1.0, 0.001, Side.LOCAL,
             "Higher: it stays louder while it is not sure.", least="silence", question=Question.OVER_IT),
        Knob("confirm", "confirmed by", "", 0, 2, 1, Side.LOCAL,
             "Who makes sure that it is you: our ears, either side, both.", CONFIRMERS,
             question=Question.OVER_IT),
        Knob("acknowledge", "then it says", "", 0, 2, 1, Side.LOCAL,
             "After an interruption it says: nothing, a word, or sorry.", ACKNOWLEDGEMENTS,
             question=Question.OVER_IT),
        Knob("debounce_ms", "debounce", "ms", 0, 1000, 10, Side.LOCAL,
             "Higher: a voice must last longer before it interrupts.", least="off", question=Question.OVER_IT),
        Knob("backchannel_ms", "backchannel", "ms", 0, 1000, 50, Side.LOCAL,
             'Higher: short words like "uh-huh" let it talk on.', least="off", question=Question.OVER_IT),
        Knob("resume_ms", "resume after", "ms", 100, 1500, 50, Side.LOCAL,
             "Higher: it waits longer before it goes on.", question=Question.OVER_IT),
        Knob("immunity_ms", "immunity", "ms", 0, 3000, 100, Side.LOCAL,
             "Higher: an answer can't be cut in its first moments.", least="off", question=Question.OVER_IT),
        Knob("silence_duration_ms", "silence", "ms", 100, 2000, 50, Side.SERVER,
             "Higher: the server waits longer before it answers.", question=Question.TURN_END),
        Knob("local_threshold", "speech level", "dBFS", *LEVELS, 0.0001, Side.LOCAL,
             "Higher: quiet speech and noise no longer open a turn.", question=Question.TURN_END),
        Knob("max_silence_ms", "max silence", "ms", 100, 3000, 50, Side.LOCAL,
             "Higher: longer pauses stay inside one turn.", question=Question.TURN_END),
        Knob("eagerness", "eagerness", "", 0, 3, 1, Side.SERVER,
             "How soon it answers; auto leaves that to the server.", EAGERNESS, question=Question.TURN_END),
        Knob("threshold", "threshold", "", 0.0, 1.0, 0.05, Side.SERVER,
             "Higher: the server needs clearer speech to open a turn.", question=Question.TURN_END),
        Knob("hold_ms", "hold", "ms", 0, 2000, 50, Side.LOCAL,
             "Higher: it waits longer after what sounds unfinished.",
             least="off", question=Question.TURN_END),
        Knob("prefix_padding_ms", "prefix padding", "ms", 0, 1000, 50, Side.SERVER,
             "Higher: more audio from before the first word is kept.", question=Question.TURN_END),
        Knob("min_speech_ms", "min speech", "ms", 0, 2000, 50, Side.LOCAL,
             "Higher: short noises no longer make a turn.", question=Question.TURN_END),
        Knob("adapt", "adapt", "", 0.0, 0.8, 0.1, Side.LOCAL,
             "Higher: max silence shrinks at a clear end, grows in mid-sentence.", least="off",
             question=Question.TURN_END),
        Knob("chunk_ms", "chunk", "ms", 10, 100, 10, Side.LOCAL,
             "Higher: fewer and larger pieces of your voice, each a little later."),
        Knob("prebuffer_ms", "prebuffer", "ms", 0, 1000, 20, Side.LOCAL,
             "Higher: an answer begins later, and a slow line makes fewer gaps in it."),
        Knob("effort", "effort", "", 0, len(EFFORTS) - 1, 1, Side.SERVER,
             "How hard the model thinks before it answers; auto leaves that to the endpoint.", EFFORTS),
        Knob("patience_s", "patience", "s", 2, 60, 1, Side.LOCAL,
             "Higher: it waits longer before it says that no answer comes."),
    )
}
# fmt: on
assert set(KNOBS) == {f.name for f in fields(TurnSettings)}


def change(settings: TurnSettings, name: str, value: float) -> TurnSettings:
    """The settings with one knob moved.

    Raises:
        SettingError: No such knob, or the value is out of its range.
    """
    knob = KNOBS.get(name)
    if knob is None:
        raise SettingError(f"{name}: no such setting, there are {', '.join(KNOBS)}")
    return replace(settings, **{name: knob.check(value)})
