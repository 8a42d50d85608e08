"""Calibration and echo test on recordings: the very code that runs live."""

from __future__ import annotations

from voice_tui.audio.echo.calibration import Calibration, CalibrationError
from voice_tui.audio.echo.outcome import EchoPath
from voice_tui.audio.echo.path import EchoPathError, EchoProbe, HeardError
from voice_tui.audio.echo.proposal import Proposal
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.replay.frames import Watch, fitted, split, unwatched


def propose(pcm: Pcm, room_ms: int, ref: Pcm | None = None, watch: Watch = unwatched) -> Proposal:
    """Thresholds from one recording.

    Args:
        pcm: First ``room_ms`` of room, then speech.
        room_ms: Length of the room part.
        ref: What the loudspeaker played during the room part, if it did.
        watch: Sees how far it is.

    Raises:
        CalibrationError: There is no speech part, or it is not louder than the room.
    """
    frames, edge = list(split(pcm)), room_ms // 10
    if edge > len(frames):
        raise CalibrationError(f"{len(frames) / 100:.1f} s of audio: give {room_ms / 1000:g} s of room, then speech")
    calibration = Calibration()
    played = None if ref is None else list(split(fitted(ref, edge * FRAME)))
    for i, frame in enumerate(watch(frames)):
        if i < edge:
            calibration.hear_room(frame, None if played is None else played[i])
        else:
            calibration.hear_speech(frame)
    return calibration.propose()


def echo_path(played: Pcm, heard: Pcm, watch: Watch = unwatched) -> EchoPath:
    """What came back of what was played; both recordings begin at the same moment.

    Raises:
        EchoPathError: Hardly anything was played, or too little to tell.
        HeardError: What was heard is too short, or does not begin with what was played.
    """
    probe = EchoProbe()
    for mic, ref in watch(zip(split(heard), split(fitted(played, len(heard))), strict=True)):
        probe.feed(mic, ref)
    try:
        return probe.result()
    except HeardError:
        raise
    except EchoPathError as error:
        if played[len(heard) // FRAME * FRAME :].any():
            raise HeardError(
                f"{len(heard) / RATE:.2g} s are too short to tell whether what was played, "
                f"{len(played) / RATE:.1f} s, was heard"
            ) from error
        raise
