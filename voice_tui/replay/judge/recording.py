"""From a file to its timeline: a stereo recording of anybody's, with the labels beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from voice_tui.audio.echo.presence import lead_ms
from voice_tui.audio.stream.audible import audible_frames
from voice_tui.audio.stream.pcm import FRAME_MS, RATE, Pcm, samples_to_ms
from voice_tui.drivers.devices.recordings import RecordingError, Tracks, read_tracks
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.plain_text import one_line
from voice_tui.replay.frames import NOBODY, Onlooker, fitted
from voice_tui.replay.judge.facts import Facts, facts_of
from voice_tui.replay.judge.judgement import Judgement, judged
from voice_tui.replay.judge.labels import Label, LabelError, labels_path, read_labels, rulings, sounds
from voice_tui.replay.judge.sample import INPUT, sample_tracks, sample_words
from voice_tui.replay.judge.so_far import with_typed
from voice_tui.replay.judge.speech import Microphone, UserSpeech, agent_speech, broken_off, user_speech, without_echo
from voice_tui.replay.judge.timeline import Timeline
from voice_tui.replay.judge.transcript import Transcript, transcript_of
from voice_tui.speech.recogniser import Recogniser
from voice_tui.tape.codec import Unreadable


@dataclass(frozen=True, slots=True)
class HearingSettings:
    """How the two channels are listened to.

    Attributes:
        swapped: In a recording that is none of ours the user is right, and left what the listener heard.
        keep_echo: What of the right channel is in the left one stays there.
        speech: What counts as the user's speech.
    """

    swapped: bool = False
    keep_echo: bool = False
    speech: UserSpeech = UserSpeech.VOICE


def timeline_of(
    left: Pcm,
    right: Pcm,
    labels: list[Label],
    settings: HearingSettings,
    facts: Facts | None = None,
    onlooker: Onlooker = NOBODY,
) -> Timeline:
    """Who spoke when.

    Args:
        left: The user's microphone, int16 at 24 kHz.
        right: What the listener heard, the same length.
        labels: What somebody said of it.
        settings: How it is listened to.
        facts: What a recording of ours knows besides.
        onlooker: Sees how far it is.
    """
    agent = agent_speech(right, facts)
    mic = Microphone(left, left, cleaned=False) if settings.keep_echo else without_echo(left, right, onlooker)
    user = sounds(user_speech(mic, agent, settings.speech, onlooker), agent, labels)
    return Timeline(
        user=with_typed(user, agent, facts) if facts else user,
        agent=tuple(agent),
        length_ms=samples_to_ms(len(right)) // FRAME_MS * FRAME_MS,
        rulings=rulings(labels),
        broken_off=broken_off(right, agent),
        facts=facts,
    )


@dataclass(frozen=True, slots=True)
class Material:
    """What there is of a recording.

    Attributes:
        tracks: Its two channels.
        labels: What somebody said of it.
        facts: What it knows besides, where it is one of ours.
        words: When the agent's words begin, ms, where a recogniser wrote that down.
    """

    tracks: Tracks
    labels: list[Label]
    facts: Facts | None = None
    words: tuple[int, ...] | None = None

    def timeline(self, settings: HearingSettings, onlooker: Onlooker = NOBODY) -> Timeline:
        """Who spoke when."""
        right = fitted(self.tracks.right, len(self.tracks.left))
        heard = timeline_of(self.tracks.left, right, self.labels, settings, self.facts, onlooker)
        return replace(heard, words=self.words)


def material_of(path: Path, *, swapped: bool = False, onlooker: Onlooker = NOBODY) -> Material:
    """The two channels of a recording in which something can be heard, and what stands beside them.

    Args:
        path: A stereo file, or the folder of a sample of Full-Duplex-Bench.
        swapped: See `HearingSettings`.
        onlooker: Sees how far it is.

    Raises:
        RecordingError: It can't be read, has not two channels, or a channel is silent.
        LabelError: The labels beside it can't be read.
    """
    sample = path.is_dir()
    tracks = sample_tracks(path, onlooker) if sample else _tracks(path, onlooker)
    beside = labels_path(path / INPUT if sample else path)
    ours = path.name == shelf.TALK and shelf.is_recording(path.parent)
    sides = {"left": tracks.left, "right": tracks.right}
    facts = None
    if ours:
        facts, left_out = _facts(path.parent)
        tracks = replace(tracks, remark="; ".join(filter(None, (tracks.remark, left_out))))
    elif not sample:
        if swapped:
            tracks = replace(tracks, left=tracks.right, right=tracks.left)
        tracks = looked_at(path, tracks, "is --swap right?" if swapped else "are they in the right order (--swap)?")
    for side, pcm in sides.items():
        whose = "the user" if pcm is tracks.left else "what the listener heard"
        typed = pcm is tracks.left and facts is not None and facts.typed  # who types need not speak
        if not (typed or audible_frames(pcm).any()):
            raise RecordingError(one_line(f"{path}: nothing can be heard in the {side} channel ({whose})"))
    labels = read_labels(beside) if beside.exists() else []
    beyond = [label for label in labels if label.start_ms >= samples_to_ms(len(tracks.left))]
    if beyond:
        at_s, length_s = beyond[0].start_ms / 1000, len(tracks.left) / RATE
        behind = f"a label at {at_s:.3f} s is behind the end of the recording, which is {length_s:.1f} s long"
        raise LabelError(one_line(f"{beside}: {behind}"))
    return Material(tracks, labels, facts, sample_words(path) if sample else None)


def _tracks(path: Path, onlooker: Onlooker) -> Tracks:
    with onlooker.reading(path) as told:
        return read_tracks(path, told)


def looked_at(path: Path, tracks: Tracks, question: str) -> Tracks:
    """The same, and where the channels seem to be in the wrong order a remark that says so.

    Args:
        path: The recording.
        tracks: What is in it: first the user's microphone.
        question: What is asked then.
    """
    lead = lead_ms(tracks.left, tracks.right)
    if lead is None:
        return tracks
    early = f"the user's channel comes {lead:.0f} ms before the other one, which holds the same: {question}"
    return replace(tracks, remark=one_line(f"{tracks.remark}; {early}" if tracks.remark else f"{path}: {early}"))


def _facts(folder: Path) -> tuple[Facts | None, str]:
    """What a recording of ours knows besides its sound, and what can't be read of that, one line; "" for nothing."""
    try:
        talk = open_recording(folder)
    except Unreadable as error:
        return None, one_line(f"{error}: only its sound is judged")
    facts = facts_of(talk.notices())
    return facts, one_line(
        f"{folder}: {talk.unread} of its notices can't be read here, left out"
    ) if talk.unread else ""


def judge_recording(
    path: Path, name: str, settings: HearingSettings, onlooker: Onlooker = NOBODY
) -> tuple[Judgement, str]:
    """The judgement of a recording, and what is wrong with its file ("" for nothing).

    Args:
        path: The recording.
        name: What it is called.
        settings: How it is listened to.
        onlooker: Sees how far it is.

    Raises:
        RecordingError: See `material_of`.
        LabelError: See `material_of`.
    """
    material = material_of(path, swapped=settings.swapped, onlooker=onlooker)
    return judged(name, material.timeline(settings, onlooker)), material.tracks.remark


def write_down(path: Path, settings: HearingSettings, ears: Recogniser, onlooker: Onlooker = NOBODY) -> Transcript:
    """What our own recogniser hears in a recording, beside what the endpoint wrote down of it.

    Args:
        path: The recording.
        settings: How it is listened to.
        ears: The recogniser.
        onlooker: Sees how far it is.

    Raises:
        RecordingError: See `material_of`.
        LabelError: See `material_of`.
    """
    material = material_of(path, swapped=settings.swapped, onlooker=onlooker)
    right = fitted(material.tracks.right, len(material.tracks.left))
    talk = open_recording(path.parent) if material.facts is not None else None
    timeline = material.timeline(settings, onlooker)
    return transcript_of(material.tracks.left, right, timeline, talk, ears, onlooker)
