"""A transcript of our own of a recording, beside that of the endpoint where there is one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from voice_tui.audio.stream.audible import Stretch
from voice_tui.audio.stream.pcm import FRAME_MS, Pcm, ms_to_samples
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.talk import Row
from voice_tui.plain_text import clean_text, one_line
from voice_tui.replay.account import Said, account_of
from voice_tui.replay.frames import NOBODY, Onlooker, Watch
from voice_tui.replay.judge.figures import Rate
from voice_tui.replay.judge.labels import Channel
from voice_tui.replay.judge.timeline import Timeline
from voice_tui.replay.judge.words import Difference, difference
from voice_tui.speech import packages
from voice_tui.speech.packages import MissingExtraError
from voice_tui.speech.recogniser import LocalRecogniser, Recogniser

AROUND_MS = 200  # a recogniser needs a moment of silence before a word
SOON_S = 1.0  # a row is told so long behind its first sound at most
APART_S = 3.0  # what comes so long behind the rest of a row is none of it: the endpoint has no words for it
ROLES = {Channel.USER: "user", Channel.AGENT: "assistant"}


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said.

    Attributes:
        at_ms: Since the beginning of the recording.
        channel: Who.
        ours: In the words of our own recogniser.
        theirs: In those of the endpoint; None: there are none.
    """

    at_ms: int
    channel: Channel
    ours: str
    theirs: str | None = None

    @property
    def difference(self) -> Difference | None:
        """How the two differ; None where there is nothing to compare."""
        return None if self.theirs is None else difference(self.theirs, self.ours)

    @property
    def text(self) -> str:
        """As a line for people: with what differs marked."""
        compared = self.difference
        words = self.ours if compared is None else compared.text
        return f"{self.at_ms // 60_000:02d}:{self.at_ms // 1000 % 60:02d}  {self.channel}: {words}"


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that was said, in order."""

    lines: tuple[Line, ...]

    def word_errors(self, channel: Channel) -> Rate | None:
        """Words that differ, of those of the endpoint; None where it wrote none."""
        compared = [d for line in self.lines if line.channel is channel and (d := line.difference) is not None]
        return Rate(sum(d.errors for d in compared), sum(d.words for d in compared)) if compared else None

    def as_json(self) -> dict[str, object]:
        """The differences by side, and line by line."""
        errors = {channel.value: rate.as_json() for channel in Channel if (rate := self.word_errors(channel))}
        lines = [{"t": line.at_ms / 1000, "channel": line.channel, "ours": line.ours, "theirs": line.theirs,
                  "differs": bool((d := line.difference) and d.errors)} for line in self.lines]  # fmt: skip
        return {"word_errors": errors, "lines": lines}


def transcript_of(
    left: Pcm,
    right: Pcm,
    timeline: Timeline,
    talk: RecordedTalk | None,
    ears: Recogniser,
    onlooker: Onlooker = NOBODY,
) -> Transcript:
    """Write down what is said in a recording.

    Args:
        left: The user's microphone, int16 at 24 kHz.
        right: What the listener heard, the same length.
        timeline: Who speaks when.
        talk: What the endpoint wrote down stands in it; None: it is no recording of ours.
        ears: Our own recogniser.
        onlooker: Sees how far it is.
    """
    said = account_of(talk).said if talk is not None else []
    user = [Stretch(sound.start_ms, sound.end_ms) for sound in timeline.user if not sound.typed]
    sides = ((Channel.USER, left, user), (Channel.AGENT, right, timeline.agent))
    with onlooker.hearing("Writing down", sum(s.ms for _, _, spoken in sides for s in spoken) // FRAME_MS) as watch:
        found = [
            line
            for channel, pcm, spoken in sides
            for line in _side(channel, pcm, spoken, said, ears, watch, compared=talk is not None)
        ]
    return Transcript(tuple(sorted(found, key=lambda line: line.at_ms)))


def _side(
    channel: Channel,
    pcm: Pcm,
    stretches: Sequence[Stretch],
    said: Sequence[Said],
    ears: Recogniser,
    watch: Watch,
    *,
    compared: bool,
) -> Iterator[Line]:
    """What one of them said: by row of the endpoint's, else stretch by stretch."""
    heard = list[tuple[Stretch, str]]()
    for stretch in stretches:
        heard.append((stretch, one_line(ears.transcribe(_cut_out(pcm, stretch)))))
        deque(watch(range(stretch.ms // FRAME_MS)), 0)  # all of them at once: a stretch is heard as a whole
    if not compared:
        yield from (Line(stretch.start_ms, channel, words) for stretch, words in heard if words)
        return
    rows = sorted((one for one in said if _is_spoken(one.row, channel)), key=lambda one: one.at_s)
    ours: dict[int, list[str]] = {}
    until_s = {i: one.at_s for i, one in enumerate(rows)}  # of what was heard of each
    for stretch, words in heard:
        start_s = stretch.start_ms / 1000
        begun = [i for i, one in enumerate(rows) if one.at_s <= start_s + SOON_S]
        if begun and start_s - until_s[begun[-1]] <= APART_S:
            ours.setdefault(begun[-1], []).append(words)
            until_s[begun[-1]] = stretch.end_ms / 1000
        elif words:
            yield Line(stretch.start_ms, channel, words, "")
    for i, one in enumerate(rows):
        text = one_line(clean_text(one.row.text))
        words = " ".join(ours.get(i, []))
        if text or words:
            yield Line(round(one.at_s * 1000), channel, words, text)


def _is_spoken(row: Row, channel: Channel) -> bool:
    """Whether it came as sound, and its words are the endpoint's."""
    return row.role == ROLES[channel] and row.spoken and not row.written_here


def _cut_out(pcm: Pcm, stretch: Stretch) -> Pcm:
    return pcm[ms_to_samples(max(0, stretch.start_ms - AROUND_MS)) : ms_to_samples(stretch.end_ms + AROUND_MS)]


def missing_ears() -> str:
    """Why our own recogniser can't be had, one line; "" where it can."""
    try:
        packages.folder("moonshine_voice", "moonshine-voice")
        packages.load("onnxruntime", "onnxruntime")
    except MissingExtraError as error:
        return f'{error.package} is not installed: pip install "voice-tui[local]"'
    return ""


@lru_cache(1)
def local_ears() -> Recogniser:
    """Our own recogniser, loaded once in a process.

    Raises:
        MissingExtraError: It is not installed.
    """
    return LocalRecogniser()
