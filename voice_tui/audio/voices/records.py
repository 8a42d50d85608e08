"""What is known of speakers and of their turns: the records that a `diarise.SpeakerBook` keeps and hands out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voice_tui.audio.voices.clusters import Stretch, together
from voice_tui.audio.voices.voiceprint import Vector


@dataclass(frozen=True, slots=True)
class Relabelled:
    """An earlier turn has another speaker now; None is nobody known."""

    turn_id: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class TurnLabel:
    """What is thought of a turn.

    Attributes:
        speaker: Number, from 1; None if there was too little voice in it.
        confidence: 0-1: the probability of this label given the others, less for short turns.
        relabelled: Earlier turns that this turn corrected.
    """

    speaker: int | None
    confidence: float
    relabelled: tuple[Relabelled, ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice.

    Attributes:
        number: From 1. A number whose voice turned out to be another's is given again.
        name: As the user said, else "Speaker 1".
        named: The user said it.
        turns: How many turns it has.
        seconds: Of speech in them.
    """

    number: int
    name: str
    named: bool
    turns: int
    seconds: float


@dataclass(frozen=True, slots=True)
class VoiceTurn:
    """What is kept of a turn."""

    vector: Vector | None  # None: too little voice, or no longer needed
    seconds: float
    speaker: int | None


@dataclass(frozen=True, slots=True)
class SpeakerVoice:
    """What is kept of a speaker beside the turns that are still open: the enrolled voice, merged and old turns.

    Attributes:
        name: As the user said; None: nothing.
        total: Voiceprints times their seconds, added up.
        seconds: Of speech in ``total``.
        elsewhere_s: Of these, from an enrolment.
    """

    name: str | None = None
    total: Vector | None = None
    seconds: float = 0.0
    elsewhere_s: float = 0.0

    def plus(self, other: SpeakerVoice) -> SpeakerVoice:
        """Both as one."""
        totals = [total for total in (self.total, other.total) if total is not None]
        return SpeakerVoice(
            name=self.name or other.name,
            total=np.sum(totals, axis=0) if totals else None,
            seconds=self.seconds + other.seconds,
            elsewhere_s=self.elsewhere_s + other.elsewhere_s,
        )


def stretch(turn: VoiceTurn) -> Stretch:
    """A turn that has a voiceprint, for clustering."""
    assert turn.vector is not None
    return Stretch(np.asarray(turn.vector * np.float32(turn.seconds)), turn.seconds)


def voice_of(turns: Sequence[VoiceTurn]) -> SpeakerVoice:
    """Turns that have voiceprints as a voice."""
    stretches = [stretch(turn) for turn in turns if turn.vector is not None]
    if not stretches:
        return SpeakerVoice()
    whole = together(stretches)
    return SpeakerVoice(total=whole.total, seconds=whole.seconds)


def lowest_besides(taken: Collection[int]) -> int:
    """The lowest number from 1 that is not taken."""
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def numbers_of(
    clusters: Sequence[Sequence[int | str]], turns: Mapping[str, VoiceTurn], voices: Mapping[int, SpeakerVoice]
) -> list[int]:
    """A speaker for each cluster: the named one in it, else the one that most of it was before, else a new one.

    Args:
        clusters: Of speakers (numbers, for what is kept of their voice) and turns (ids).
        turns: With their speakers so far.
        voices: The speakers so far.
    """
    kept = {number for number, voice in voices.items() if voice.total is not None}
    claims = []
    for at, owners in enumerate(clusters):
        for number, seconds in _shares(owners, turns, voices).items():
            inside = number in owners
            # A speaker whose voice is kept is where that voice is, whatever its turns say.
            if inside or number not in kept:
                named = inside and voices[number].name is not None
                claims.append((not named, not inside, -seconds, number, at))
    given: dict[int, int] = {}
    for *_, number, at in sorted(claims):
        if at not in given and number not in given.values():
            given[at] = number
    for at in range(len(clusters)):
        if at not in given:
            given[at] = lowest_besides({*given.values(), *kept})
    return [given[at] for at in range(len(clusters))]


def _shares(
    owners: Sequence[int | str], turns: Mapping[str, VoiceTurn], voices: Mapping[int, SpeakerVoice]
) -> dict[int, float]:
    """Seconds of each speaker so far in a cluster."""
    shares: dict[int, float] = {}
    for owner in owners:
        number = owner if isinstance(owner, int) else turns[owner].speaker
        seconds = voices[owner].seconds if isinstance(owner, int) else turns[owner].seconds
        if number is not None:
            shares[number] = shares.get(number, 0.0) + seconds
    return shares
