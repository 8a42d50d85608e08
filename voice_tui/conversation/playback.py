"""The track that the listener hears: what waits for the loudspeaker, what was handed over, and what a cut left of it.

The playback ring is filled two minutes ahead; what is beyond that waits here. A cut drops everything at once; what each
answer was heard of is known when the fade has begun.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from voice_tui.audio.stream.ledger import Account, PlaybackLedger
from voice_tui.audio.stream.pcm import RATE, samples_to_ms, to_pcm
from voice_tui.audio.stream.rings import FADE_MS
from voice_tui.conversation.instruments import Waterfall
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.supply import Supply
from voice_tui.messages.commands import Flush, Play
from voice_tui.messages.inputs import CutDone
from voice_tui.messages.turns import LedgerChanged, Stage

WINDOW_SAMPLES = 120 * RATE  # how far the playback ring is filled ahead; it holds 175 s
INTERVAL_S = 0.1  # the ledger's line: faster than that nobody can read


class Playback:
    """The stream of what the assistant says, by answer."""

    def __init__(self, outbox: Outbox, waterfall: Waterfall) -> None:
        self._outbox, self._waterfall = outbox, waterfall
        self.ledger = PlaybackLedger()
        self._held: deque[tuple[Account, bytes]] = deque()  # audio beyond the window, or gathered before it is played
        self._supply = Supply(outbox)
        self._flushed = 0  # position of the stream at the last flush
        self._number = 0
        self._cuts: dict[int, Callable[[], None]] = {}  # asked for and not carried out → what follows
        self._shown = ""  # the answer that the ledger's line is about
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
        return f"{int(sounded * 2) / 2:.1f} of {int(received)} s played" if accounts else ""

    # ---- audio

    def receive(self, answer: str, part: int, pcm: bytes, *, ends: bool = False) -> Account:
        """A piece of an answer's voice arrived: it is queued, or waits until the ring has room.

        Args:
            answer: The row of the answer.
            part: Which of its parts, where it has several.
            pcm: int16 little-endian at 24 kHz.
            ends: It will be said when there is no more, see `complete`: what comes too slowly is gathered first.
        """
        if ends:
            self._supply.arrived(answer, dry=not self._held and self.ledger.ahead == 0)
        account = self.ledger.account(answer, part)
        account.first_sound.feed(to_pcm(pcm))
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
        self.ledger.queue(account.answer, account.part, len(pcm) // 2)
        self._outbox.command(Play(account.answer, pcm))

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
        buffered = max(0, cut.handed - self.ledger.sounding) if cut.handed < cut.queued else 0
        self._waterfall.reach(Stage.QUIET, at_ms=samples_to_ms(buffered) + FADE_MS)
        self.ledger.cut(cut.handed, cut.queued)
        for number in [n for n in self._cuts if n <= cut.cut]:
            self._cuts.pop(number)()

    # ---- the ledger's line

    def tell(self, current: str) -> None:
        """Tell how far the current answer is, or where the last one was cut; at most ten a second."""
        self._shown = current or self._shown
        if self._outbox.now < self._due:
            return
        accounts = self.ledger.of_answer(self._shown)
        if not accounts:
            return
        kinds = ("received", "queued", "handed", "sounded")
        ms = (samples_to_ms(sum(getattr(account, kind) for account in accounts)) for kind in kinds)
        cuts = [account.truncated_ms for account in accounts if account.truncated_ms is not None]
        received, queued, handed, heard = ms
        truncated = sum(cuts) if cuts else None
        state = LedgerChanged(self._shown, received, queued, handed, heard, truncated)
        if state != self._told:
            self._told, self._due = state, self._outbox.now + INTERVAL_S
            self._outbox.notify(state)
