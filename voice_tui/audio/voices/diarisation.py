"""Who said which turn: voices are told apart as they are heard, and earlier labels are corrected when more is known.

After each turn everything heard is clustered again (see `voice_clusters`); clusters keep the number of the speaker
whose turns they hold. What the user says (a name, a merge, an enrolled voice) is never undone by what is heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from voice_tui.audio.voices.clusters import Stretch, cluster, log_odds, together
from voice_tui.audio.voices.records import (
    Relabelled,
    Speaker,
    SpeakerVoice,
    TurnLabel,
    VoiceTurn,
    lowest_besides,
    numbers_of,
    stretch,
    voice_of,
)
from voice_tui.audio.voices.voiceprint import Likeness, Vector, unit

MOST = 6  # speakers
FULL_S = 1.2  # a shorter turn is given to a voice that is there; it neither opens a speaker nor teaches one
FREE = 60  # turns that can still be corrected; what was said before them only teaches the voices


class SpeakerBook:
    """The speakers of a conversation.

    Args:
        method: Name of the voiceprinter: vectors of another one do not compare.
        likeness: Of the same voiceprinter.
        most: Speakers that there can be, besides enrolled ones that stay silent.

    Raises:
        ValueError: ``most`` is below 1.
    """

    def __init__(self, method: str, likeness: Likeness, most: int = MOST) -> None:
        if most < 1:
            raise ValueError(f"most: {most} speakers, must be 1 or more")
        self.method = method
        self._likeness = likeness
        self._most = most
        self._turns: dict[str, VoiceTurn] = {}
        self._voices: dict[int, SpeakerVoice] = {}

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """By number; enrolled ones from the start, with no turns yet."""
        return tuple(self._speaker(number) for number in sorted(self._voices))

    def label(self, turn_id: str) -> int | None:
        """Whose turn it is, as known now.

        Raises:
            KeyError: The turn was not heard.
        """
        return self._turns[turn_id].speaker

    def labels(self) -> dict[str, int | None]:
        """All turns in the order heard."""
        return {turn_id: turn.speaker for turn_id, turn in self._turns.items()}

    def name(self, number: int) -> str:
        """What to call a speaker.

        Raises:
            ValueError: There is no such speaker.
        """
        return self._voice(number).name or f"Speaker {number}"

    def hear(self, turn_id: str, vector: Vector | None, seconds: float) -> TurnLabel:
        """Take a turn.

        Args:
            turn_id: A turn heard before is heard anew: its voiceprint is replaced.
            vector: Its voiceprint; None if there was too little voice for one.
            seconds: Of speech in it, above 0 if there is a vector.

        Raises:
            ValueError: ``seconds`` is not.
        """
        if vector is not None and seconds <= 0:
            raise ValueError(f"seconds: {seconds} s of speech in a turn that has a voiceprint, must be above 0")
        before = self.labels()
        self._turns.pop(turn_id, None)
        self._turns[turn_id] = VoiceTurn(vector, seconds, before.get(turn_id))
        if vector is None:
            self._label(turn_id, None)
        self._condense()
        confidences = self._cluster_again()
        before.pop(turn_id, None)
        return TurnLabel(self._turns[turn_id].speaker, confidences.get(turn_id, 0.0), self._changes(before))

    def rename(self, number: int, name: str) -> None:
        """Give a speaker a name; from now on it never becomes one with another named speaker.

        Raises:
            ValueError: There is no such speaker, the name is empty or another's.
        """
        voice = self._voice(number)
        name = self._free_name(name, number)
        if voice.name is None:
            # What it sounds like now is remembered as its voice; the turns themselves stay open to correction.
            voice = voice.plus(voice_of([turn for turn in self._turns.values() if turn.speaker == number]))
        self._voices[number] = replace(voice, name=name)

    def enrol(self, name: str, vector: Vector, seconds: float = 10.0) -> int:
        """Make a voice known before it is heard; its number. A name that is there already gets this voice too.

        Raises:
            ValueError: The name is empty, or ``seconds`` is not above 0.
        """
        if seconds <= 0:
            raise ValueError(f"seconds: {seconds} s of speech in an enrolled voice, must be above 0")
        voice = SpeakerVoice(name.strip(), np.asarray(vector * np.float32(seconds)), seconds, elsewhere_s=seconds)
        same = next((number for number, other in self._voices.items() if other.name == voice.name), None)
        if same is not None:
            self._voices[same] = self._voices[same].plus(voice)
            return same
        self._free_name(name, None)
        number = lowest_besides(self._voices.keys())
        self._voices[number] = voice
        return number

    def merge(self, into: int, other: int) -> tuple[Relabelled, ...]:
        """Say that two speakers are one: the other's turns become ``into``'s, for good.

        Raises:
            ValueError: There is no such speaker, or they are the same already.
        """
        first, second = self._voice(into), self._voice(other)
        if into == other:
            raise ValueError(f"merge: speaker {into} cannot be merged with itself")
        before = self.labels()
        self._voices[into] = first.plus(second)
        del self._voices[other]
        for turn_id, turn in self._turns.items():
            if turn.speaker in (into, other):
                self._label(turn_id, into)
                self._keep(turn_id)
        return self._changes(before)

    def forget(self, number: int) -> tuple[Relabelled, ...]:
        """Drop a voice: its turns are nobody's, and if it is heard again it is somebody new.

        Raises:
            ValueError: There is no such speaker.
        """
        self._voice(number)
        before = self.labels()
        del self._voices[number]
        for turn_id, turn in self._turns.items():
            if turn.speaker == number:
                self._turns[turn_id] = VoiceTurn(None, turn.seconds, None)
        return self._changes(before)

    def drop(self, turn_id: str) -> None:
        """A turn was none: nothing of it stays, unless it is so old that it has become part of a voice.

        Raises:
            KeyError: The turn was not heard.
        """
        del self._turns[turn_id]
        used = {turn.speaker for turn in self._turns.values()}
        self._voices = {n: v for n, v in self._voices.items() if n in used or v.total is not None or v.name is not None}

    def prints(self, besides: str = "") -> Vector:
        """Voiceprints of the speakers that have one, shape (speakers, dim); the turn ``besides`` does not count."""
        totals = [
            voice.plus(voice_of([t for key, t in self._turns.items() if t.speaker == number and key != besides])).total
            for number, voice in self._voices.items()
        ]
        heard = [unit(total) for total in totals if total is not None]
        return np.stack(heard) if heard else np.zeros((0, 0), np.float32)

    # Clustering

    def _cluster_again(self) -> dict[str, float]:
        """Label all free turns anew; the confidence of each."""
        free = {key: turn for key, turn in self._turns.items() if turn.vector is not None}
        founders = {number: voice for number, voice in self._voices.items() if voice.total is not None}
        full = [key for key, turn in free.items() if turn.seconds >= FULL_S]
        if not full and not founders:
            full = list(free)
        owners: list[int | str] = [*founders, *full]
        stretches = [*(self._founder(number) for number in founders), *(stretch(free[key]) for key in full)]
        clusters = [[owners[i] for i in indices] for indices in cluster(stretches, self._likeness, self._most)]
        numbers = numbers_of(clusters, self._turns, self._voices)
        voices = {number: self._voices.get(number, SpeakerVoice()) for number in numbers}
        for number, owned in zip(numbers, clusters, strict=True):
            for absorbed in owned:
                if isinstance(absorbed, int) and absorbed != number:
                    voices[number] = voices[number].plus(self._voices[absorbed])
                    for key, turn in self._turns.items():
                        if turn.speaker == absorbed and turn.vector is None:
                            self._label(key, number)
        parts = dict(zip(numbers, clusters, strict=True))
        self._voices = voices
        by_owner = dict(zip(owners, stretches, strict=True))
        confidences = {}
        for key, turn in free.items():
            number, confidences[key] = self._judge(key, turn, parts, by_owner)
            self._label(key, number)
        return confidences

    def _judge(
        self, key: str, turn: VoiceTurn, parts: dict[int, list[int | str]], by_owner: dict[int | str, Stretch]
    ) -> tuple[int, float]:
        """Whose turn it is, given the clusters, and how sure that is."""
        own = next((number for number, owned in parts.items() if key in owned), None)
        others = {
            number: together([by_owner[owner] for owner in owned if owner != key])
            for number, owned in parts.items()
            if owned != [key]
        }
        odds = np.exp(np.clip(log_odds(self._likeness, stretch(turn), list(others.values())), -30, 30))
        chances = dict(zip(others, odds.tolist(), strict=True))
        number = own if own is not None else max(chances, key=lambda n: (chances[n], -n))
        # Somebody who was not heard yet has the odds 1.
        share = chances.get(number, 1.0) / (1.0 + sum(chances.values()))
        return number, share * turn.seconds / (turn.seconds + self._likeness.blur_s)

    def _founder(self, number: int) -> Stretch:
        voice = self._voices[number]
        assert voice.total is not None
        known = number if voice.name is not None else None
        return Stretch(voice.total, voice.seconds, known, voice.elsewhere_s, fixed=True)

    def _condense(self) -> None:
        free = [key for key, turn in self._turns.items() if turn.vector is not None]
        for key in free[:-FREE]:
            self._keep(key)

    def _keep(self, turn_id: str) -> None:
        """A turn's label stays as it is from now on; its voiceprint becomes part of the speaker's voice."""
        turn = self._turns[turn_id]
        if turn.vector is not None and turn.speaker is not None:
            self._voices[turn.speaker] = self._voices[turn.speaker].plus(voice_of([turn]))
        self._turns[turn_id] = replace(turn, vector=None)

    # Bookkeeping

    def _speaker(self, number: int) -> Speaker:
        turns = [turn for turn in self._turns.values() if turn.speaker == number]
        named = self._voices[number].name is not None
        return Speaker(number, self.name(number), named, len(turns), sum(turn.seconds for turn in turns))

    def _voice(self, number: int) -> SpeakerVoice:
        if number not in self._voices:
            known = ", ".join(map(str, sorted(self._voices))) or "none yet"
            raise ValueError(f"speaker: there is no {number}; there are: {known}")
        return self._voices[number]

    def _free_name(self, name: str, number: int | None) -> str:
        name = name.strip()
        if not name:
            raise ValueError("name: is empty, must be at least one letter")
        taken = next((n for n, voice in self._voices.items() if voice.name == name and n != number), None)
        if taken is not None:
            raise ValueError(f"name: {name!r} is speaker {taken} already; merge the two if they are one")
        return name

    def _label(self, turn_id: str, number: int | None) -> None:
        self._turns[turn_id] = replace(self._turns[turn_id], speaker=number)

    def _changes(self, before: Mapping[str, int | None]) -> tuple[Relabelled, ...]:
        return tuple(
            Relabelled(turn_id, old, self._turns[turn_id].speaker)
            for turn_id, old in before.items()
            if self._turns[turn_id].speaker != old
        )
