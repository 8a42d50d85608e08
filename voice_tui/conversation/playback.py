"""The track that the listener hears: what waits for the loudspeaker, what was handed over, and what a cut left of it.

The playback ring is filled two minutes ahead; what is beyond that waits here. A cut drops everything at once; what each
answer was heard of is known when the fade has begun.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from voice_tui.audio.stream.ledger import Account, PlaybackLedger
from voice_tui.audio.stream.pcm import FRAME, RATE, ms_to_samples, samples_to_ms, to_pcm
from voice_tui.audio.stream.rings import FADE_MS
from voice_tui.conversation.instruments import Waterfall
from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.latency import TurnTimer
from voice_tui.conversation.origins import Origins
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.supply import Supply
from voice_tui.messages.commands import Flush, Play
from voice_tui.messages.inputs import CutDone
from voice_tui.messages.measures import Moment
from voice_tui.messages.turns import LedgerChanged, Stage

SAMPLES_A_MS = RATE / 1000
LOOKED_AT_MS = 20  # so often at least, while it runs
FADING = 0.6  # what a fade leaves of its first 10 ms
UNSURE = 1.2  # times: so near to what can be heard nobody knows, for it depends on where in them the sound lies
GAINS = 64  # changes of the gain that are remembered: a duck comes back up in twenty steps
WINDOW_SAMPLES = 120 * RATE  # how far the playback ring is filled ahead; it holds 175 s
INTERVAL_S = 0.1  # the ledger's line: faster than that nobody can read


class _Mark(NamedTuple):
    """Where the playback stream comes to a moment of an answer."""

    position: int
    moment: Moment
    answer: str


class Playback:
    """The stream of what the assistant says, by answer."""

    def __init__(self, outbox: Outbox, waterfall: Waterfall, timer: TurnTimer, origins: Origins, knobs: Knobs) -> None:
        self._outbox, self._waterfall, self._timer, self._origins = outbox, waterfall, timer, origins
        self._marks: deque[_Mark] = deque()  # that have not come to the converter, in order
        self._audible: set[str] = set()  # answers of which some sound has been queued
        self._gains: deque[tuple[int, float]] = deque([(0, 1.0), (0, 1.0)], GAINS)  # from which position, and which
        self._moved_ms = 0  # when the stream was last seen to move, on the talk's clock
        self.ledger = PlaybackLedger()
        self._held: deque[tuple[Account, bytes]] = deque()  # audio beyond the window, or gathered before it is played
        self._supply = Supply(outbox, knobs)
        self._flushed = 0  # position of the stream at the last flush
        self._number = 0
        self._cuts: dict[int, Callable[[], None]] = {}  # asked for and not carried out → what follows
        self._shown = ""  # the answer that the ledger's line is about
        self._ending = ""  # the one before, of which the end has not been told
        self._told: LedgerChanged | None = None
        self._due = 0.0

    # ---- what is going on

    @property
    def sounding(self) -> bool:
        """Some of an answer is on its way to the ear."""
        return (self._ahead_of_cut and self.ledger.speaking) or bool(self._held) or self._supply.starving

    @property
    def stoppable(self) -> bool:
        """Some of an answer has not been handed over and can be dropped."""
        return bool(self._held) or (self._ahead_of_cut and self.ledger.to_be_spoken)

    @property
    def fading(self) -> bool:
        """A cut was asked for and has not been carried out."""
        return bool(self._cuts)

    @property
    def _ahead_of_cut(self) -> bool:
        """Something was queued since the last flush (a flush is acknowledged up to a callback later)."""
        return self.ledger.queued > self._flushed

    @property
    def answer(self) -> str:
        """The answer that sounds now or is next, "" for none."""
        account = self.ledger.current
        return account.answer if account is not None and self.ledger.playing else ""

    def progress_of(self, answer: str) -> str:
        """How far an answer is, in steps that one can read."""
        accounts = self.ledger.of_answer(answer)
        sounded, received = (sum(getattr(a, kind) for a in accounts) / RATE for kind in ("sounded", "received"))
        halves = int(sounded * 2) / 2
        return f"{halves:.1f} of {max(int(received), halves):g} s played" if accounts else ""

    # ---- audio

    def receive(self, answer: str, part: int, pcm: bytes, *, ends: bool = False) -> Account:
        """A piece of an answer's voice arrived: it is queued, or waits until the ring has room.

        Args:
            answer: The row of the answer.
            part: Which of its parts, where it has several.
            pcm: int16 little-endian at 24 kHz.
            ends: It will be said when there is no more, see `complete`: what comes too slowly is gathered first.
        """
        self._timer.audio_arrived(answer)
        if ends:
            self._supply.arrived(answer, len(pcm) // 2, dry=not self._held and self.ledger.ahead == 0)
        account = self.ledger.account(answer, part)
        account.sounds.feed(to_pcm(pcm))
        self.ledger.receive(answer, part, len(pcm) // 2)
        if self._held or self._supply.gathering or self.ledger.ahead >= WINDOW_SAMPLES:
            self._held.append((account, pcm))
            self.fill()
        else:
            self._play(account, pcm)
        return account

    def play_sound(self, pcm: bytes) -> None:
        """Queue a sound that is no answer's: int16 little-endian at 24 kHz."""
        self.ledger.queue_sound(len(pcm) // 2)
        self._outbox.command(Play("", pcm))

    def hush_sound(self) -> None:
        """Stop such a sound, unless an answer waits behind it."""
        if not self.sounding and self._ahead_of_cut and self.ledger.ahead > 0:
            self._flushed = self.ledger.queued
            self._ask_cut(lambda: None)

    def _play(self, account: Account, pcm: bytes) -> None:
        start = self.ledger.queued - account.queued  # where it would begin that all of the account lay together
        if not account.queued:
            self._timer.sounded(Moment.QUEUED, account.answer)
            self._marks.append(_Mark(start, Moment.PLAYED, account.answer))
        self.ledger.queue(account.answer, account.part, len(pcm) // 2)
        if account.answer not in self._audible and account.audible is not None and account.audible < account.queued:
            self._audible.add(account.answer)
            self._marks.append(_Mark(start + account.audible, Moment.AUDIBLE, account.answer))
        self._outbox.command(Play(account.answer, pcm))

    def progressed(self, handed: int, sounding: int) -> None:
        """The stream moved on; see `PlaybackLedger.progress`."""
        ledger, now, before = self.ledger, self._outbox.ms, self.ledger.sounding
        if self._outbox.gain != self._gains[-1][1]:
            self._gains.append((ledger.handed, self._outbox.gain))
        ledger.progress(handed, sounding)
        # What stands still was seen to move for the last time a moment after it did.
        ran = self._moved_ms + round((ledger.sounding - before) / SAMPLES_A_MS)
        self._moved_ms = ran if ran < now <= self._moved_ms + LOOKED_AT_MS else now
        while self._marks and self._marks[0].position < ledger.sounding:
            mark = self._marks.popleft()
            at_ms = now - round((ledger.sounding - mark.position) / SAMPLES_A_MS)
            if mark.moment is Moment.AUDIBLE and self._origins.sounding_since_ms is None:
                self._origins.sounding_since_ms = at_ms
            self._timer.sounded(mark.moment, mark.answer, at_ms)
        if not self.sounding:
            self._origins.sounding_since_ms = None
        self.fill()

    def fill(self) -> None:
        """Queue what waits, as far as the ring has room, once enough is gathered."""
        if self._supply.waits(sum(len(pcm) // 2 for _, pcm in self._held) if self._supply.gathering else 0):
            return
        while self._held and self.ledger.ahead < WINDOW_SAMPLES:
            account, pcm = self._held.popleft()
            self._play(account, pcm)

    def complete(self, answer: str) -> None:
        """No more of an answer will come."""
        self._supply.complete(answer)
        self.fill()

    # ---- cuts

    def cut(self, settle: Callable[[], None]) -> None:
        """Fade out and drop what is queued; ``settle`` is called when it is known what was heard."""
        self._held.clear()
        self._supply.stop()
        self._flushed = self.ledger.queued
        self._ask_cut(settle)

    def _ask_cut(self, settle: Callable[[], None]) -> None:
        self._number += 1
        self._cuts[self._number] = settle
        self._outbox.command(Flush(self._number))

    def cut_done(self, cut: CutDone) -> None:
        """The fade began. A cut asked for before the callback had seen the one before stands for both."""
        self._waterfall.reach(Stage.CUT)
        account, sounding = self.ledger.last_handed(cut.handed), self.ledger.sounding
        self.ledger.cut(cut.handed, cut.queued)
        ends = cut.handed if account is None else self._last_sound(account, cut)
        self._waterfall.reach(Stage.QUIET, self._moved_ms + round((ends - sounding) / SAMPLES_A_MS))
        self._marks = deque(mark for mark in self._marks if mark.position >= cut.queued)
        self._origins.sounding_since_ms = None
        for number in [n for n in self._cuts if n <= cut.cut]:
            self._cuts.pop(number)()

    def _last_sound(self, account: Account, cut: CutDone) -> int:
        """Where in the stream the last sound of an answer ends that could be heard, the fade at the cut included."""
        begins = cut.handed - account.handed  # where it would begin that all of the account lay together
        gain = self._gains[-1][1] or self._gains[-2][1]  # what is paused was faded out before
        faded = account.handed, account.handed + FRAME
        if cut.handed < cut.queued and account.sounds.last(*faded, gain * FADING * UNSURE) is not None:
            sure = account.sounds.last(*faded, gain * FADING / UNSURE) is not None
            return cut.handed + (ms_to_samples(FADE_MS) if sure else FRAME // 2)
        stop = account.handed
        for changed, gain in reversed(self._gains):
            start = max(0, changed - begins)
            last = account.sounds.last(start, stop, gain)
            if last is not None:
                return begins + last
            stop = start
        return begins

    # ---- the ledger's line

    def tell(self, current: str) -> None:
        """Tell how far the current answer is, or where the last was cut, at most ten times a second; and each end."""
        if current and current != self._shown:
            self._ending = self._shown
            self._shown = current
        if self._ending:
            self._tell_end()
        if self._outbox.now < self._due:
            return
        line = self._line(self._shown)
        if line is not None and line != self._told:
            self._told, self._due = line, self._outbox.now + INTERVAL_S
            self._outbox.notify(line)

    def _tell_end(self) -> None:
        end, now = self._line(self._ending), self._line(self._shown)
        over = now is not None and now.heard_ms > 0  # nothing more is heard of the one before
        if over or end is None or end.heard_ms == end.queued_ms or end.truncated_ms is not None:
            self._ending = ""
            if end is not None and end != self._told:
                self._outbox.notify(end)

    def _line(self, answer: str) -> LedgerChanged | None:
        """How far an answer is; None: it is not known."""
        accounts = self.ledger.of_answer(answer)
        if not accounts:
            return None
        kinds = ("received", "queued", "handed", "sounded")
        received, queued, handed, heard = (
            samples_to_ms(sum(getattr(account, kind) for account in accounts)) for kind in kinds
        )
        cuts = [account.truncated_ms for account in accounts if account.truncated_ms is not None]
        return LedgerChanged(answer, received, queued, handed, heard, sum(cuts) if cuts else None)
