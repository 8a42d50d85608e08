"""Our own recogniser, for turns whose words the endpoint does not write down."""

from __future__ import annotations

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.transcript import Transcript
from voice_tui.conversation.turns import SpokenTurns
from voice_tui.messages.recognition import RecogniserInput, RecogniserReady, WriteDown

WRITES = "voice-tui's own recogniser writes your words down, marked as written here (it understands {} only)"
MISSING = 'pip install "voice-tui[local]", and voice-tui writes your words down itself'


class OwnRecogniser:
    """Asks for words, and puts them where they belong. An endpoint's own words always win.

    Args:
        outbox, transcript, turns: Of the conversation.
    """

    def __init__(self, outbox: Outbox, transcript: Transcript, turns: SpokenTurns) -> None:
        self._outbox, self._transcript, self._turns = outbox, transcript, turns
        self._language = ""
        self._asked: dict[str, tuple[str, str]] = {}  # row under way → what is noted where it gets words, and where not

    @property
    def there(self) -> bool:
        """It is installed."""
        return bool(self._language)

    @property
    def remedy(self) -> str:
        """What is done about words that the endpoint does not write down, or what the user can do."""
        return WRITES.format(self._language) if self.there else MISSING

    def write_down(self, row_id: str, why: str = "", *, note: str = "") -> None:
        """The endpoint gives no words for a turn that is whole.

        Args:
            row_id: Its row.
            why: What is noted there where we have no words for it either.
            note: What is noted there in any case.
        """
        row, pcm = self._transcript.row(row_id), self._turns.kept.get(row_id)
        if row is None:
            return
        if row.text:
            self._transcript.update(row_id, pending=False, note=note or (why if row.pending else row.note))
        elif self.there and len(pcm):
            self._asked[row_id] = note, note or why
            self._transcript.update(row_id, pending=True)
            self._outbox.command(WriteDown(row_id, pcm))
        else:
            self._transcript.update(row_id, pending=False, note=note or why)

    def receive(self, told: RecogniserInput) -> None:
        """It is there, or has written something down."""
        if isinstance(told, RecogniserReady):
            self._language = told.language
            return
        (note, without), row = self._asked.pop(told.row_id, ("", "")), self._transcript.row(told.row_id)
        if row is None or row.text:
            return  # the endpoint's words have come meanwhile
        if told.text:
            self._transcript.update(told.row_id, text=told.text, written_here=True, pending=False, note=note)
        else:
            self._transcript.update(told.row_id, pending=False, note=without)
