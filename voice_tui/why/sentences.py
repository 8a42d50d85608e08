"""A story in plain sentences: what happened, who decided and on what, what was heard of it, what could have been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voice_tui.conversation.turn_taking.policy import ASKED_MS
from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.knobs import CONFIRMERS, TurnSettings
from voice_tui.messages.measures import Origin
from voice_tui.messages.talk import Ack
from voice_tui.messages.turns import Stage
from voice_tui.why.stories import Cut, Story, Wait
from voice_tui.why.what_if import Outcome, cut_after, late_ms, what_if, when

TRIES = (-2.0, 1.5, 3.5)  # from the sureness as it was: how far the line of other values goes
LATE_MS = 80
"""So late a decision is no matter of buffers any more."""
WORDS = 40  # characters of what the model remembers last

_BY = {
    "local": "Decided here",
    "server": "Decided by the server",
    "key": "Decided by your key",
    "text": "Decided by your typing",
}
_BEGAN = {
    Origin.VOICE: "You spoke over it",
    Origin.SERVER: "The server heard you speak over it; our own ears heard no voice",
    Origin.KEY: "You pressed a key over it",
    Origin.ENTER: "You typed over it",
}

_SOUNDED = "It sounded like you and not like its own echo"
_BY_HAND = ("key", "text")
_HOLDS = {"backchannel_ms": "backchannel", "debounce_ms": "debounce", "immunity_ms": "immunity"}
"""Knobs that hold a cut back, and what they are called."""
AT_ONCE_MS = 60
"""What comes so soon behind a wait comes as it ends: half of what is needed has to add up."""


def sentences(story: Story) -> list[str]:
    """What there is to say, one sentence or two a line."""
    return [line for line in (_of_cut(story) if isinstance(story, Cut) else _of_wait(story)) if line]


def _of_cut(cut: Cut) -> Iterable[str]:
    stages = dict(cut.timed.steps)
    preset = f" ({cut.preset})" if cut.preset else ""
    if cut.timed.resumed:
        went_on = _after(stages, Stage.RESUME)
        yield f"Something sounded like you, and did not go on; the answer did, {went_on}{preset}."
    elif not cut.timed.by:
        yield f"{_BEGAN[cut.timed.origin]}. Nothing is decided yet{preset}."
    else:
        verb = "stopped" if Stage.CONFIRM not in stages else f"stopped after {_stopped_ms(cut, stages)} ms"
        yield f"{_BEGAN[cut.timed.origin]}; it {verb}. {_BY.get(cut.timed.by, 'Decided')}{preset}."
    yield _on_the_way(stages)
    yield _evidence(cut)
    yield _server(cut, stages)
    yield _heard(cut)
    yield _could_have(cut)


def _stopped_ms(cut: Cut, stages: dict[Stage, int]) -> int:
    """When it was decided, or silent: a pause silences it before the cut, which waits to be sure."""
    if cut.timed.by in _BY_HAND:
        return stages[Stage.CONFIRM]
    return min(stages[Stage.CONFIRM], stages.get(Stage.QUIET) or stages[Stage.CONFIRM])


def _after(stages: dict[Stage, int], stage: Stage) -> str:
    return f"after {stages[stage]} ms" if stage in stages else "again"


def _on_the_way(stages: dict[Stage, int]) -> str:
    told = {
        Stage.DUCK: "turned down",
        Stage.PAUSE: "paused",
        Stage.QUIET: "silent at the loudspeaker",
    }
    paused = stages.get(Stage.QUIET) == 0
    parts = [
        f"{words} after {stages[stage]} ms"
        for stage, words in told.items()
        if stage in stages and not (paused and stage is Stage.QUIET)
    ]
    lead = "The answer was between two sentences when you began. " if paused else ""
    return lead + (f"It was {_listed(parts)}." if parts else "")


def _evidence(cut: Cut) -> str:
    if cut.traced is None:
        return ""
    knobs = cut.traced.settings
    needed = f"{knobs.sureness:g}"
    as_it_was, at = what_if(cut.traced, knobs), cut_after(cut, knobs)
    peak = max((frame.sum for frame in cut.traced.frames), default=0.0)
    if cut.timed.resumed and peak >= knobs.sureness:
        return _held_back(cut, cut.traced, f"{_SOUNDED} by more than the {needed} that are needed to cut")
    if cut.timed.resumed:
        return f"{_SOUNDED} by {peak:.1f} at most; {needed} are needed to cut."
    if at is None:
        sooner = ", but you were faster" if cut.timed.by in _BY_HAND and peak >= knobs.sureness else ""
        return f"{_SOUNDED} by {peak:.1f}; {needed} are needed{sooner}."
    if (late := late_ms(cut)) >= LATE_MS:
        return (
            f"{_SOUNDED}: the {needed} that are needed were there after {at - late} ms, "
            f"but the decision came {late} ms behind that sound: this machine was busy."
        )
    found = f"{_SOUNDED}: the {needed} that are needed were there after"
    sooner_ms, waited_for = _before_waits(cut, cut.traced, as_it_was)
    if sooner_ms is None or as_it_was.cut_ms is None:
        return f"{found} {at} ms."
    return f"{found} {at - as_it_was.cut_ms + sooner_ms} ms; the cut came after {at} ms, {waited_for}."


def _before_waits(cut: Cut, traced: VoiceTraced, as_it_was: Outcome) -> tuple[int | None, str]:
    """When there was enough for a cut, on the talk's clock, and what it waited for then; None: for nothing."""
    held, free = _held(traced.settings), _without(traced.settings, _HOLDS)
    at_once = what_if(traced, free, waits=False)
    if not _sooner(at_once, as_it_was):
        return None, ""
    reasons = {
        what_if(traced, replace(free, **{knob: ms}), waits=False).cut_ms or 0: f"since *{_HOLDS[knob]}* is {ms:g} ms"
        for knob, ms in held.items()
    }
    asked = what_if(traced, free).cut_ms or 0
    if not reasons or asked >= max(reasons):
        stages = dict(cut.timed.steps)
        if stages.get(Stage.CONFIRM, 0) - stages.get(Stage.DUCK, 0) - ASKED_MS > AT_ONCE_MS:
            return at_once.cut_ms, f"since what is heard in the first {ASKED_MS} ms of a turned down answer counts half"
        return at_once.cut_ms, f"when the answer had been turned down for {ASKED_MS} ms"
    return at_once.cut_ms, reasons[max(reasons)]


def _held(knobs: TurnSettings) -> dict[str, float]:
    """The knobs that hold a cut back, and for how long, ms."""
    return {knob: getattr(knobs, knob) for knob in _HOLDS if getattr(knobs, knob)}


def _without(knobs: TurnSettings, holds: Iterable[str]) -> TurnSettings:
    return replace(knobs, **dict.fromkeys(holds, 0))


def _sooner(other: Outcome, as_it_was: Outcome) -> bool:
    """It would have cut the same voice sooner: nothing went on in between."""
    if other.cut_ms is None or as_it_was.cut_ms is None or other.cut_ms >= as_it_was.cut_ms:
        return False
    return as_it_was.resume_ms is None or not other.cut_ms <= as_it_was.resume_ms < as_it_was.cut_ms


def _held_back(cut: Cut, traced: VoiceTraced, found: str) -> str:
    """The evidence was there and the answer went on: what held the cut back."""
    knobs = traced.settings
    if cut_after(cut, knobs) is not None and CONFIRMERS[int(knobs.confirm)] == "both":
        return f"{found}, but the server did not hear you: *confirmed by* is both."
    held = _held(knobs)
    for some in [*([knob] for knob in held), list(held)]:
        without = cut_after(cut, _without(knobs, some))
        if some and without is not None:
            asked = " and ".join(f"the {held[knob]:g} ms of *{_HOLDS[knob]}*" for knob in some)
            return f"{found}, but it ended before {asked}; without them it would have been cut {when(without)}."
    if what_if(traced, knobs, waits=False).cut_ms is not None:
        return f"{found}, but no longer when the answer had been turned down for {ASKED_MS} ms."
    return f"{found}, but not at a moment at which it may be cut."


def _server(cut: Cut, stages: dict[Stage, int]) -> str:
    if Stage.SERVER not in stages or cut.timed.by == "server":
        return ""
    return f"The server heard you after {stages[Stage.SERVER]} ms."


def _heard(cut: Cut) -> str:
    truncated, row = cut.truncated, cut.answer
    if cut.timed.resumed or truncated is None:
        return ""
    if truncated.deleted:
        return "Nothing of it was heard, so it was taken out of the conversation."
    heard = f"Heard {truncated.audio_end_ms / 1000:.2f} of {truncated.received_ms / 1000:.2f} s."
    if truncated.ack is Ack.REJECTED:
        return f"{heard} The server refused to forget the rest: the model believes that it said all of it."
    if truncated.ack is Ack.PENDING:
        return f"{heard} The server has not answered yet whether it forgot the rest."
    words = row.text.strip() if row is not None else ""
    if not words:
        return f"{heard} The model remembers no more than that."
    end = words if len(words) <= WORDS else f"… {words[-WORDS:].split(' ', 1)[-1]}"
    return f"{heard} The model remembers it up to: “{end}”."


def _could_have(cut: Cut) -> str:
    """With the sureness elsewhere, by running it."""
    if cut.traced is None or (cut.timed.by and cut.timed.by != "local"):
        return ""
    knobs = cut.traced.settings
    was = what_if(cut.traced, knobs)
    if was.cut_ms is None and was.peak >= knobs.sureness:
        return ""  # it was not the sureness that decided
    if (was.cut_ms is None) != cut.timed.resumed:
        return ""  # the trace does not tell what the talk did, so it can't tell what else it would have done
    tries = [sureness for by in TRIES if (sureness := round(knobs.sureness + by, 1)) >= 1]
    cuts = {sureness: cut_after(cut, replace(knobs, sureness=sureness)) for sureness in tries}
    if tries and all(at is None for at in cuts.values()):
        return f"With a sureness of {tries[0]:g} it would not have been cut either."
    parts = [f"at {sureness:g} " + ("not at all" if at is None else when(at)) for sureness, at in cuts.items()]
    return f"With another sureness it would have been cut {_listed(parts)}." if parts else ""


def _of_wait(wait: Wait) -> Iterable[str]:
    timed = wait.timed
    end = {Origin.ENTER: "Enter", Origin.KEY: "the key"}.get(timed.origin, "the end of your turn")
    yield f"The first sound of the answer came {timed.audible_ms} ms after {end}."
    parts = sorted(timed.parts, key=lambda part: -part.ms)
    if parts:
        most = parts[0]
        yield f"Most of it: {most.words} {most.ms} ms ({most.spender.value})."
    if len(parts) > 1:
        yield f"Then {_listed([f'{part.words} {part.ms} ms' for part in parts[1:]])}."
    if wait.held:
        yield "The request was held back because the turn did not sound finished."
    elif wait.waited:
        yield "The request had to wait until the answer before it had ended, or until it was known who spoke."
    if timed.tools_ms:
        yield f"For {timed.tools_ms} ms of it tools were at work."
    if timed.round_trip_ms is not None:
        yield f"The wire to the endpoint takes {timed.round_trip_ms:.0f} ms there and back."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
