"""Which number a cluster of turns gets, so that speakers keep theirs while the clusters change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from voice_tui.audio.speaker_records import Turn, Voice


def lowest_besides(taken: Collection[int]) -> int:
    """The lowest number from 1 that is not taken."""
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def numbers_of(
    clusters: Sequence[Sequence[int | str]], turns: Mapping[str, Turn], voices: Mapping[int, Voice]
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


def _shares(owners: Sequence[int | str], turns: Mapping[str, Turn], voices: Mapping[int, Voice]) -> dict[int, float]:
    """Seconds of each speaker so far in a cluster."""
    shares: dict[int, float] = {}
    for owner in owners:
        number = owner if isinstance(owner, int) else turns[owner].speaker
        seconds = voices[owner].seconds if isinstance(owner, int) else turns[owner].seconds
        if number is not None:
            shares[number] = shares.get(number, 0.0) + seconds
    return shares
