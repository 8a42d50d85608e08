"""Labels, set where the replay is: which cut and which sound are meant, and what a key makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from voice_tui.audio.stream.audible import Stretch
from voice_tui.replay.judge.label_book import LabelBook, kind_of, verdict_on, with_kind, with_verdict
from voice_tui.replay.judge.so_far import TalkSoFar
from voice_tui.replay.judge.timeline import Kind, Sound, Timeline, Verdict
from voice_tui.tape.told import Told
from voice_tui.ui.common.wording import clock
from voice_tui.ui.replay.marks import CUT, Mark, kind_words, labelled, marks_of

NEAR_S = 2.0  # what is so near is meant
ON_A_CUT: tuple[Verdict | None, ...] = (Verdict.REAL, Verdict.FALSE, None)
ON_NONE: tuple[Verdict | None, ...] = (Verdict.MISSED, Verdict.FALSE, None)
"""What can be said where nobody was cut: somebody wanted it, or rightly nobody did."""
ELSE: tuple[Kind | None, ...] = (Kind.BACKCHANNEL, Kind.TIC, Kind.OTHERS, None)
"""What a sound is if it is no turn, in the order in which the key goes through them; at last nothing is said."""
Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Here:
    """What is meant.

    Attributes:
        cut: Where a verdict belongs, ms; None: nothing is there.
        was_cut: Whether somebody was cut there.
        cut_words: What it is.
        sound: The user's sound; None: there is none.
    """

    cut: Stretch | None = None
    was_cut: bool = False
    cut_words: str = ""
    sound: Sound | None = None


class Desk:
    """Knows the sounds and cuts of a talk, and what is said of them.

    Args:
        told: The notices of the recording.
        book: Its labels.
        offset_ms: Where the talk's clock stood as the recording began.

    Attributes:
        book: See above.
        marks: What one jumps to, with the labels.
    """

    def __init__(self, told: Sequence[Told], book: LabelBook, offset_ms: int = 0) -> None:
        self.book = book
        self._told_marks = marks_of(told, offset_ms)
        self._talk = TalkSoFar(offset_ms)
        for each in told:
            self._talk.observe(each.notice)
        self._sounds: Sequence[Sound] = ()
        self.marks: list[Mark] = []
        self.changed()

    def changed(self) -> None:
        """Other labels stand in the book."""
        self._talk.labels = self.book.labels
        self._whole = self._talk.timeline
        self._sounds = [sound for sound in self._whole.user if not sound.typed]
        self.marks = labelled(self._told_marks, self.book.labels)

    def timeline(self, position: float) -> Timeline:
        """Who spoke when, up to where the replay is, s."""
        return self._whole.until(round(position * 1000))

    # ---- what is meant

    def here(self, position: float) -> Here:
        """What lies where the replay is, s, or so near that it is meant."""
        near = [mark for mark in self._told_marks if mark.cut is not None and abs(mark.t - position) <= NEAR_S]
        mark = min(near, key=lambda mark: abs(mark.t - position), default=None)
        at_ms = round(position * 1000)
        if mark is None or mark.cut is None:
            sound = self._sound(at_ms)
            over = sound is not None and self._whole.speaking(sound.start_ms) is not None
            if sound is None or not over:
                return Here(sound=sound)
            return Here(_span(sound), False, "your voice cut nothing", sound)
        over_it = [s for s in self._sounds if s.overlaps(mark.cut)]
        sound = over_it[-1] if over_it else self._sound(at_ms)
        return Here(mark.cut, mark.sign == CUT, f"{mark.sign} {mark.words}", sound)

    def _sound(self, at_ms: int) -> Sound | None:
        away = [(max(s.start_ms - at_ms, at_ms - s.end_ms, 0), s.end_ms - s.start_ms, s) for s in self._sounds]
        near = min(away, key=lambda one: one[:2], default=None)  # of two there the shorter one
        return near[2] if near is not None and near[0] <= NEAR_S * 1000 else None

    # ---- what is said of it

    def next_verdict(self, here: Here) -> bool:
        """Say the next verdict on what is meant; False: there is nothing.

        Raises:
            LabelError: The file of labels can't be read or written.
        """
        cut = here.cut
        if cut is None:
            return False
        choices = ON_A_CUT if here.was_cut else ON_NONE
        verdict = _behind(choices, verdict_on(self.book.labels, cut))
        self.book.change(lambda labels: with_verdict(labels, cut, verdict))
        return True

    def next_kind(self, here: Here) -> bool:
        """Say the next kind of the sound that is meant; False: there is none.

        Raises:
            LabelError: The file of labels can't be read or written.
        """
        if here.sound is None:
            return False
        span = _span(here.sound)
        over = self._whole.speaking(span.start_ms) is not None
        kind = _behind((Kind.INTERRUPTION if over else Kind.TURN, *ELSE), kind_of(self.book.labels, span))
        self.book.change(lambda labels: with_kind(labels, span, kind))
        return True

    def words(self, here: Here, verdict_key: str, kind_key: str) -> list[str]:
        """What is meant and what was said of it, with the keys that say more."""
        out = []
        if here.cut is not None:
            said = verdict_on(self.book.labels, here.cut) or ("real or false?" if here.was_cut else "missed?")
            out.append(f"{here.cut_words}: {said} {verdict_key}")
        if here.sound is not None:
            kind = kind_of(self.book.labels, _span(here.sound))
            named = kind_words(kind) if kind else f"{here.sound.kind}?"
            at = f"{clock(here.sound.start_ms / 1000)}, {(here.sound.end_ms - here.sound.start_ms) / 1000:.1f} s"
            out.append(f"you at {at}: {named} {kind_key}")
        return out


def _span(sound: Sound) -> Stretch:
    return Stretch(sound.start_ms, sound.end_ms)


def _behind(choices: Sequence[Choice], now: Choice) -> Choice:
    at = choices.index(now) if now in choices else -1
    return choices[(at + 1) % len(choices)]
