"""Words: what our own recogniser hears in a recording, beside what the endpoint wrote down of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.replay.judge.labels import Channel, LabelError
from voice_tui.replay.judge.transcript import Line, Transcript
from voice_tui.replay.judge.words import Side
from voice_tui.speech.packages import MissingExtraError
from voice_tui.ui.common.figures import FiguresScreen
from voice_tui.ui.common.lines import HANGING, Piece
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import clock
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.keys import Place

LISTENS = "Our own recogniser listens to the recording: a minute of it takes some seconds."
NOTHING = "Nobody says a word in it."
WHO = {Channel.USER: "you", Channel.AGENT: "AI"}
MARKS = {Side.SAME: "{}", Side.THEIRS: "[{}]", Side.OURS: "{{{}}}"}
STYLES = {Side.SAME: "text", Side.THEIRS: "linked", Side.OURS: "found"}
LEGEND: tuple[Section, ...] = (
    (
        "Words",
        (
            ("[$warning]\\[…][/]", "Only the endpoint wrote it down."),
            ("[bold]{…}[/]", "Only our own recogniser heard it (Moonshine, English)."),
            ("differ", "Words to replace, leave out or put in; neither of the two is the truth."),
        ),
    ),
)
_WHEN, _WHO = 7, 5


class WordsScreen(FiguresScreen):
    """It listens once; Esc goes back.

    Args:
        state: What is known of the talk.
        listen: Writes down the whole recording; called on a thread of its own.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.WORDS
    LEGEND = LEGEND
    AUTO_FOCUS = "#words-lines"

    def __init__(self, state: State, listen: Callable[[], Transcript]) -> None:
        super().__init__(state, "words-lines", more=True)
        self._listen = listen
        self._found: Transcript | str = LISTENS
        self.entitle("Words", "heard here, beside the endpoint's")

    def on_mount(self) -> None:
        """Begin to listen."""
        self.run_worker(self._write_down(), exit_on_error=False)

    async def _write_down(self) -> None:
        try:
            self._found = await asyncio.to_thread(self._listen)
        except MissingExtraError as error:
            self._found = f'{error.package} is not installed: pip install "voice-tui[local]"'
        except (RecordingError, LabelError) as error:
            self._found = str(error)
        self.write()

    def written(self, cells: int) -> list[list[Piece]]:
        """Each turn with what differs marked; only those that differ if less is wanted."""
        if isinstance(self._found, str):
            return [[(self._found, "muted")]]
        return list(word_lines(self._found, cells, everything=self.more))


def word_lines(transcript: Transcript, cells: int, *, everything: bool) -> Iterator[list[Piece]]:
    """The transcript in lines.

    Args:
        transcript: What was heard.
        cells: Width of a line.
        everything: Also turns in which nothing differs.
    """
    rates = [(WHO[side], rate) for side in Channel if (rate := transcript.word_errors(side)) is not None]
    if rates:
        yield [("; ".join(f"{who}: {rate.words} words differ" for who, rate in rates), "head")]
        yield []
    if not transcript.lines:
        yield [(NOTHING, "muted")]
    for line in transcript.lines:
        compared = line.difference
        if everything or compared is None or compared.errors:
            yield from _line(line, cells)


def _line(line: Line, cells: int) -> Iterator[list[Piece]]:
    compared = line.difference
    pieces = [(line.ours, "text")]
    if compared is not None:
        pieces = [(MARKS[piece.side].format(piece.text), STYLES[piece.side]) for piece in compared.pieces]
    text = " ".join(piece for piece, _ in pieces)
    styles = [style for piece, style in pieces for _ in f"{piece} "]
    head = f"{clock(line.at_ms / 1000):<{_WHEN}}{WHO[line.channel]:<{_WHO}}"
    lead = " " * len(head)
    for number, (start, end) in enumerate(wrap(text, max(20, cells - len(head) - len(HANGING)))):
        yield [(head if number == 0 else lead, "muted"), *_styled(text, styles, start, end)]


def _styled(text: str, styles: list[str], start: int, end: int) -> Iterator[Piece]:
    """A stretch of a text, in pieces of one style."""
    at = start
    while at < end:
        stop = at
        while stop < end and styles[stop] == styles[at]:
            stop += 1
        yield text[at:stop], styles[at]
        at = stop
