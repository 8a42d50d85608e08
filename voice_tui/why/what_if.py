"""What would have happened with other knobs: the policy again, over the evidence as it was.

The evidence is that of the talk. What a louder or a softer answer would have changed about it is not known, and behind
a cut nothing played any more: a later cut is told from the voice as it went on alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_tui.audio.barge_in.evidence import Evidence
from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.conversation.turn_taking.policy import Action, InterruptionPolicy, policy_settings
from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.turns import Stage
from voice_tui.why.stories import Cut


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy does over a trace.

    Attributes:
        duck_ms, pause_ms, cut_ms, resume_ms: On the talk's clock, ends of frames; None: it does not.
        peak: The most evidence for a cut, nats.
    """

    duck_ms: int | None = None
    pause_ms: int | None = None
    cut_ms: int | None = None
    resume_ms: int | None = None
    peak: float = 0.0


def late_ms(cut: Cut) -> int:
    """By how much the decision came behind the sound that it was made on: buffers, and whoever was slow."""
    was = None if cut.traced is None else what_if(cut.traced, cut.traced.settings).cut_ms
    decided = dict(cut.timed.steps).get(Stage.CONFIRM)
    return 0 if was is None or decided is None else decided - (was - cut.at_ms)


def cut_after(cut: Cut, knobs: TurnSettings) -> int | None:
    """When these knobs would have cut, ms since the first sound of the voice, as late as it was; None: never."""
    at = None if cut.traced is None else what_if(cut.traced, knobs).cut_ms
    return None if at is None else at - cut.at_ms + late_ms(cut)


def when(cut_ms: int) -> str:
    """How `cut_after` is said: where it would have happened before this voice, something else would have done it."""
    return f"after {cut_ms} ms" if cut_ms >= 0 else f"already {-cut_ms / 1000:.1f} s before this voice"


_FIELDS = {Action.DUCK: "duck_ms", Action.PAUSE: "pause_ms", Action.CUT: "cut_ms", Action.RESUME: "resume_ms"}


def what_if(traced: VoiceTraced, knobs: TurnSettings, *, waits: bool = True) -> Outcome:
    """The first duck, pause, cut and end of a false alarm with these knobs.

    Args:
        traced: What our ears went by.
        knobs: How turns would have been taken.
        waits: A cut waits for what the duck asks: whether it goes on while playback is down.
    """
    policy = InterruptionPolicy(traced.habit, traced.playing_ms, followed=waits)
    settings = policy_settings(knobs)
    found = Outcome()
    began = False
    for i, frame in enumerate(traced.frames):
        began = began or frame.playing
        evidence = Evidence(frame.duck, frame.cut, frame.voiced, frame.played_s)
        decision = policy.feed(evidence, began, settings)
        found = replace(found, peak=max(found.peak, decision.sum * settings.sureness))
        if decision.action is not None:
            field = _FIELDS[decision.action]
            if getattr(found, field) is None:
                found = replace(found, **{field: traced.start_ms + (i + 1) * FRAME_MS})
        if found.cut_ms is not None:
            break
    return found
