"""A story in plain sentences: what happened, who decided and on what, what was heard of it, what could have been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voice_tui.conversation.turn_taking.policy import ASKED_MS
from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.measures import Origin
from voice_tui.messages.talk import Ack
from voice_tui.messages.turns import Stage
from voice_tui.why.stories import Cut, Story, Wait
from voice_tui.why.what_if import cut_after, late_ms, what_if, when

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
        verb = "stopped" if Stage.CONFIRM not in stages else f"stopped after {_stopped_ms(stages)} ms"
        yield f"{_BEGAN[cut.timed.origin]}; it {verb}. {_BY.get(cut.timed.by, 'Decided')}{preset}."
    yield _on_the_way(stages)
    yield _evidence(cut)
    yield _server(cut, stages)
    yield _heard(cut)
    yield _could_have(cut)


def _stopped_ms(stages: dict[Stage, int]) -> int:
    """When it was decided, or silent: a pause silences it before the cut, which waits to be sure."""
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


_ASKED = f"when the answer had been turned down for {ASKED_MS} ms"


def _evidence(cut: Cut) -> str:
    if cut.traced is None:
        return ""
    needed = cut.traced.settings.sureness
    as_it_was = what_if(cut.traced, cut.traced.settings)
    peak = max((frame.sum for frame in cut.traced.frames), default=0.0)
    if cut.timed.resumed and peak >= needed:
        return _too_short(cut.traced, cut, needed)
    if cut.timed.resumed:
        return f"It sounded like you and not like its own echo by {peak:.1f} at most; {needed:g} are needed to cut."
    if as_it_was.cut_ms is None:
        return f"It sounded like you and not like its own echo by {peak:.1f}; {needed:g} are needed."
    at, late = cut_after(cut, cut.traced.settings), late_ms(cut)
    if at is not None and late >= LATE_MS:
        return (
            f"It sounded like you and not like its own echo: the {needed:g} that are needed were there after "
            f"{at - late} ms, but the decision came {late} ms behind that sound: this machine was busy."
        )
    sooner = what_if(cut.traced, cut.traced.settings, waits=False).cut_ms
    if at is not None and sooner is not None and sooner < as_it_was.cut_ms:
        return (
            f"It sounded like you and not like its own echo: the {needed:g} that are needed were there after "
            f"{at - as_it_was.cut_ms + sooner} ms, and still after {at} ms, {_ASKED}."
        )
    return f"It sounded like you and not like its own echo: the {needed:g} that are needed were there after {at} ms."


def _too_short(traced: VoiceTraced, cut: Cut, needed: float) -> str:
    """The evidence was there; what held the cut back."""
    found = f"It sounded like you and not like its own echo by more than the {needed:g} that are needed to cut"
    asked = traced.settings.backchannel_ms
    at = cut_after(cut, replace(traced.settings, backchannel_ms=0))
    if (not asked or at is None) and what_if(traced, traced.settings, waits=False).cut_ms is not None:
        return f"{found}, but no longer {_ASKED}."
    if not asked or at is None:
        return f"{found}, but not at a moment at which it may be cut."
    return (
        f"{found}, but it ended before the {asked:g} ms of *backchannel*; "
        f"without them it would have been cut {when(at)}."
    )


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
