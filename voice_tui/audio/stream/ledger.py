"""The playback ledger: for every answer, what was received, queued, handed over, sounded and cut.

It follows the playback stream by absolute positions alone, so it needs no clock and holds across underruns: they delay
samples, they lose none.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from voice_tui.audio.stream.audible import Audibility
from voice_tui.audio.stream.pcm import samples_to_ms

LEVELLED = 8  # parts whose levels are kept: nobody asks how loud what was played long ago was


@dataclass(slots=True)
class Account:
    """One part of one answer, in samples.

    Invariant: ``sounded <= handed <= queued <= received``. Which answer and which part is the caller's to say.
    """

    answer: str
    part: int
    received: int = 0
    queued: int = 0
    handed: int = 0
    sounded: int = 0
    cut: bool = False
    sounds: Audibility = field(default_factory=Audibility)
    """What can be heard of it."""
    truncated_ms: int | None = None
    """Where a cut left it, ms; None: it was not cut."""

    @property
    def received_ms(self) -> int:
        """What arrived, ms."""
        return samples_to_ms(self.received)

    @property
    def handed_ms(self) -> int:
        """What was handed to the device, ms, rounded down: the ``audio_end_ms`` of a truncation."""
        return samples_to_ms(self.handed)

    @property
    def heard_ms(self) -> int:
        """What the listener had of it, ms: nothing, as long as only silence was handed over."""
        return self.handed_ms if self.audible is not None and self.handed > self.audible else 0

    @property
    def audible(self) -> int | None:
        """The sample at which its first audible 10 ms begin; None: nothing of it can be heard so far."""
        return self.sounds.first

    @property
    def unplayed(self) -> bool:
        """Whether some of it was received and not handed over, and was not dropped by a cut."""
        return not self.cut and self.handed < self.received


@dataclass(slots=True)
class _Span:
    account: Account | None  # None: of no answer, such as a test sound
    start: int
    stop: int
    offset: int  # samples of the account before this span


@dataclass(slots=True)
class PlaybackLedger:
    """Maps positions of the playback stream to answers."""

    queued: int = 0
    """Position behind the last queued sample."""
    handed: int = 0
    """Position up to which the device has taken content."""
    sounding: int = 0
    """Position at the converter."""
    received: int = 0
    """Samples that arrived, of all answers."""
    _accounts: dict[tuple[str, int], Account] = field(default_factory=dict)
    _spans: deque[_Span] = field(default_factory=deque)
    _by_answer: dict[str, list[Account]] = field(default_factory=dict)
    _levelled: deque[Account] = field(default_factory=deque)

    def account(self, answer: str, part: int = 0) -> Account:
        """The account of a part, opened on first use."""
        key = (answer, part)
        if key not in self._accounts:
            account = self._accounts[key] = Account(answer, part)
            self._by_answer.setdefault(answer, []).append(account)
            self._levelled.append(account)
            while len(self._levelled) > LEVELLED and not self._levelled[0].unplayed:
                self._levelled.popleft().sounds.forget()
        return self._accounts[key]

    def of_answer(self, answer: str) -> list[Account]:
        """The accounts of an answer, in order of their parts' arrival."""
        return self._by_answer.get(answer, [])

    @property
    def ahead(self) -> int:
        """Samples queued and not yet handed over."""
        return self.queued - self.handed

    @property
    def playing(self) -> bool:
        """Whether queued content has not yet sounded to its end."""
        return self.sounding < self.queued

    @property
    def speaking(self) -> bool:
        """Whether queued content of an answer has not yet sounded to its end."""
        return any(span.account is not None and span.stop > self.sounding for span in self._spans)

    @property
    def to_be_spoken(self) -> bool:
        """Whether queued content of an answer has not yet been handed over."""
        return any(span.account is not None and span.stop > self.handed for span in self._spans)

    @property
    def current(self) -> Account | None:
        """Whose audio is being handed over, or is next; None for nobody's."""
        return self._spans[0].account if self._spans else None

    def last_handed(self, handed: int) -> Account | None:
        """Whose audio lies before a position that has been handed over; None: nobody's, or it has sounded."""
        spans = [span for span in self._spans if span.start < handed]
        return spans[-1].account if spans else None

    def receive(self, answer: str, part: int, samples: int) -> Account:
        """Count audio that arrived."""
        account = self.account(answer, part)
        account.received += samples
        self.received += samples
        return account

    def queue(self, answer: str, part: int, samples: int) -> None:
        """Count audio that was appended to the playback stream."""
        account = self.account(answer, part)
        last = self._spans[-1] if self._spans else None
        if last is not None and last.account is account and last.stop == self.queued:
            last.stop += samples
        else:
            self._spans.append(_Span(account, self.queued, self.queued + samples, account.queued))
        account.queued += samples
        self.queued += samples

    def queue_sound(self, samples: int) -> None:
        """Count audio of no answer that was appended to the playback stream: nobody is credited with it."""
        self._spans.append(_Span(None, self.queued, self.queued + samples, 0))
        self.queued += samples

    def progress(self, handed: int, sounding: int) -> None:
        """The stream moved on; positions never go back."""
        self.handed = max(self.handed, min(handed, self.queued))
        self.sounding = max(self.sounding, min(sounding, self.handed))
        for span in self._spans:
            if span.start >= self.handed:
                break
            if span.account is not None and not span.account.cut:
                self._count(span, span.account)
        # A span is kept until it has sounded: "what sounds now" still asks for it.
        while self._spans and self._spans[0].stop <= self.sounding:
            self._spans.popleft()

    def _count(self, span: _Span, account: Account) -> None:
        account.handed = max(account.handed, span.offset + min(span.stop, self.handed) - span.start)
        if self.sounding > span.start:
            account.sounded = max(account.sounded, span.offset + min(span.stop, self.sounding) - span.start)

    def cut(self, handed: int, resumes: int) -> None:
        """A cut was carried out: everything between the two positions was dropped.

        Args:
            handed: Position at which the fade began.
            resumes: Position at which later content goes on.
        """
        self.progress(handed, min(self.sounding, handed))
        for span in self._spans:
            if span.account is not None and span.start < resumes and span.stop > handed:
                span.account.cut = True
        self._spans = deque(span for span in self._spans if span.start >= resumes)
        self.handed = max(self.handed, resumes)
        self.sounding = max(self.sounding, resumes)
