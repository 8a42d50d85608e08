"""A recording as the folder that the scripts of Full-Duplex-Bench read: the whole talk, and a sample of each event.

``whole/1`` is the talk; ``smooth_turn_taking/N`` each turn that begins in silence, ``user_interruption/N`` each that
begins while the agent speaks. When words were said is known to the sentence only: they stand evenly in what is heard.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import soundfile

from voice_tui.audio.stream.audible import Stretch, audible_frames, stretches
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.plain_text import one_line
from voice_tui.replay.account import Said, account_of
from voice_tui.replay.judge.recording import HearingSettings, material_of
from voice_tui.replay.judge.sample import INPUT, OUTPUT, WORDS
from voice_tui.replay.judge.timeline import TURNS, Kind, Sound, Timeline

AROUND_MS = 500  # before a turn
GAP_MS = 100  # a shorter silence stands inside a word
LONGEST = 100_000  # characters of what is said in one row
TURN, INTERRUPTION, USERS_WORDS = "turn_taking.json", "interrupt.json", "transcription.json"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and when it is said, ms."""

    text: str
    start_ms: float
    end_ms: float


def full_duplex_folder(talk: RecordedTalk) -> dict[str, bytes]:
    """The files, by their paths in the folder.

    Raises:
        Unreadable: The recording can't be read.
        RecordingError: Nothing can be heard in one of its channels.
        LabelError: The labels beside it can't be read.
    """
    timeline = material_of(talk.path / shelf.TALK).timeline(HearingSettings())
    said = [each for each in account_of(talk).said if each.row.text and each.row.spoken]
    agent = list(_agents_words(said, talk.heard))
    turns = list(_users(said, timeline))
    user = [word for sound, text in turns for word in spread_words(text, [Stretch(sound.start_ms, sound.end_ms)])]
    found: dict[str, bytes] = {}

    def sample(name: str, start_ms: int, end_ms: int, words: Sequence[Word], **more: Any) -> None:
        for file, pcm in ((INPUT, talk.microphone), (OUTPUT, talk.heard)):
            found[f"{name}/{file}"] = _wav(pcm[start_ms * RATE // 1000 : end_ms * RATE // 1000])
        found[f"{name}/{WORDS}"] = _json(_transcript(words, start_ms, end_ms))
        found[f"{name}/{USERS_WORDS}"] = _json(_transcript(user, start_ms, end_ms))
        for file, content in more.items():
            found[f"{name}/{file}.json"] = _json(content)

    sample("whole/1", 0, timeline.length_ms, agent)
    numbers = {Kind.TURN: 0, Kind.INTERRUPTION: 0}
    spoken = [sound for sound in timeline.user if sound.kind in TURNS]
    for i, sound in enumerate(spoken):
        numbers[sound.kind] += 1
        until = spoken[i + 1].start_ms if i + 1 < len(spoken) else timeline.length_ms
        if sound.kind is Kind.TURN:
            begin = max(0, sound.start_ms - AROUND_MS)
            end_s = (sound.end_ms - begin) / 1000
            event: dict[str, Any] = {"turn_taking": [{"timestamp": [end_s, end_s]}]}
            sample(f"smooth_turn_taking/{numbers[sound.kind]}", begin, until, agent, **event)
            continue
        before = spoken[i - 1] if i else sound
        begin = max(0, before.start_ms - AROUND_MS)
        at = [(sound.start_ms - begin) / 1000, (sound.end_ms - begin) / 1000]
        texts = {"context": _text_of(before, turns) if i else "", "interrupt": _text_of(sound, turns)}
        event = {"interrupt": [{**texts, "timestamp": at}]}
        behind = [word for word in agent if word.start_ms >= sound.end_ms]  # what is rated is the answer to it
        sample(f"user_interruption/{numbers[sound.kind]}", begin, until, behind, **event)
    return found


def spread_words(text: str, sounding: Sequence[Stretch]) -> Iterator[Word]:
    """Words evenly over the time in which something sounds, each as long as it is written.

    Args:
        text: The words.
        sounding: When they can be heard, in order; nothing is given where they can't.
    """
    words = one_line(text, LONGEST).split()
    total_ms = sum(stretch.ms for stretch in sounding)
    letters = sum(map(len, words))
    if not letters or not total_ms:
        return
    done = 0
    for word in words:
        start = _at(sounding, total_ms * done / letters)
        done += len(word)
        yield Word(word, start, _at(sounding, total_ms * done / letters, end=True))


def _at(sounding: Sequence[Stretch], ms: float, *, end: bool = False) -> float:
    """Where in the talk so much has sounded."""
    for stretch in sounding:
        if ms < stretch.ms or (end and ms <= stretch.ms):
            return stretch.start_ms + ms
        ms -= stretch.ms
    return float(sounding[-1].end_ms)


def _agents_words(said: Iterable[Said], heard: Pcm) -> Iterator[Word]:
    answers = sorted((each for each in said if each.row.role == "assistant"), key=lambda each: each.at_s)
    sounding = stretches(audible_frames(heard), GAP_MS)
    for each, following in zip(answers, [*answers[1:], None], strict=False):
        begin, end = round(each.at_s * 1000), round(following.at_s * 1000) if following else len(heard) * 1000 // RATE
        within = [Stretch(max(s.start_ms, begin), min(s.end_ms, end)) for s in sounding]
        yield from spread_words(each.row.text, [stretch for stretch in within if stretch.ms > 0])


def _users(said: Iterable[Said], timeline: Timeline) -> Iterator[tuple[Sound, str]]:
    """Which sound of the user's each row stands for: the last one that has begun when the row came."""
    for each in said:
        if each.row.role == "user":
            begun = [sound for sound in timeline.turns if sound.start_ms <= each.at_s * 1000 + AROUND_MS]
            if begun:
                yield begun[-1], each.row.text


def _text_of(sound: Sound, turns: Iterable[tuple[Sound, str]]) -> str:
    return " ".join(one_line(text, LONGEST) for other, text in turns if other == sound)


def _transcript(words: Iterable[Word], start_ms: int, end_ms: int) -> Mapping[str, Any]:
    """The words of a sample on its own clock, s."""
    within = [word for word in words if start_ms <= word.start_ms < end_ms]
    chunks = [
        {"text": w.text, "timestamp": [round((t - start_ms) / 1000, 3) for t in (w.start_ms, min(w.end_ms, end_ms))]}
        for w in within
    ]
    return {"text": " ".join(word.text for word in within), "chunks": chunks}


def _wav(pcm: Pcm) -> bytes:
    out = BytesIO()
    soundfile.write(out, pcm, RATE, "PCM_16", format="WAV")
    return out.getvalue()


def _json(content: object) -> bytes:
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"
