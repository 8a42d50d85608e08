"""What a setting did in a talk that was held with an endpoint: which turns it ended, which voices it stopped for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from voice_tui.drivers.devices.recordings import read_tracks
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Interrupted, SpeechStopped
from voice_tui.rehearsal.call import Held
from voice_tui.rehearsal.caller import Caller
from voice_tui.replay.judge.facts import OWN_EARS, facts_of
from voice_tui.replay.judge.judgement import Judgement, judged
from voice_tui.replay.judge.labels import Label, labels_path, write_labels
from voice_tui.replay.judge.recording import HearingSettings, Material
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.judge.timeline import TURNS, Timeline
from voice_tui.replay.sweep.cuts import judged_cuts
from voice_tui.replay.sweep.ends import judged_ends
from voice_tui.replay.sweep.presets import Decision
from voice_tui.replay.sweep.talk import Wanted, denied, wanted_cuts
from voice_tui.replay.sweep.trial import Trial

BOTH = Decision("meets", "turns and interruptions", "false ends and cuts", "the talk")


def timeline_of(talk: Path, kinds: Sequence[Label] = (), speech: UserSpeech = UserSpeech.VOICE) -> Timeline:
    """Who spoke when in a recording of ours.

    An assistant of whom nothing can be heard is judged like another: some settings and presets are so.

    Args:
        talk: Its folder.
        kinds: What is known of the caller's sounds.
        speech: What counts as the caller's speech.

    Raises:
        RecordingError: It can't be read.
    """
    material = Material(read_tracks(talk / shelf.TALK), list(kinds), facts_of(open_recording(talk).notices()))
    # Nothing of a loudspeaker is in this microphone.
    return material.timeline(HearingSettings(keep_echo=True, speech=speech))


def _held(held: Held, caller: Caller, speech: UserSpeech) -> Timeline:
    """The same of a call; what is known of the caller's sounds is written beside its recording."""
    kinds = [replace(label, verdict=None) for label in caller.labels_from(held.begins_ms) if label.kind is not None]
    if kinds:
        write_labels(labels_path(held.folder / shelf.TALK), kinds)
    return timeline_of(held.folder, kinds, speech)


def judgement_of(name: str, held: Held, caller: Caller, speech: UserSpeech = UserSpeech.VOICE) -> Judgement:
    """All measures of a talk.

    Raises:
        RecordingError: See `timeline_of`.
        OSError: The labels can't be written.
    """
    return judged(name, _held(held, caller, speech))


def trial_of(held: Held, caller: Caller, preset: str, speech: UserSpeech = UserSpeech.VOICE) -> Trial:
    """Which ends of turns were found and which interruptions were let through, and what nobody wanted.

    Args:
        held: The talk.
        caller: Who was to be heard.
        preset: How turns were taken: it says whose word about the end of a turn counts.
        speech: What counts as the caller's speech.

    Raises:
        RecordingError: See `timeline_of`.
        OSError: The labels can't be written.
    """
    timeline, labels = _held(held, caller, speech), caller.labels_from(held.begins_ms)
    ends, cuts = _decisions(held.folder, "server" if PRESETS[preset].server_turns else "local")
    turns = [Wanted(s.start_ms, s.end_ms) for s in timeline.user if s.kind in TURNS and not denied(s, labels)]
    wanted, _ = wanted_cuts(timeline, labels)
    # Where it has begun to answer into a turn, that was the fault: stopping again is none.
    apart = [t for t in turns if not any(w.start_ms == t.start_ms for w in wanted)]
    stopped = judged_cuts(wanted, 0, [cut for cut in cuts if not any(t.start_ms < cut < t.end_ms for t in apart)])
    return judged_ends(turns, timeline.length_ms, ends) + stopped


def _decisions(folder: Path, source: str) -> tuple[list[int], list[int]]:
    """When it was decided that a turn is over, and that the assistant is cut off, ms of the recording."""
    ends, cuts = list[int](), list[int]()
    for told in open_recording(folder).notices():
        match told.notice:
            case SpeechStopped(by) if by == source:
                ends.append(round(told.t * 1000))
            case Interrupted(source=by) if by in OWN_EARS:
                cuts.append(round(told.t * 1000))
    return ends, cuts
