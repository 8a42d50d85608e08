"""The sound of a connection: what was asked for, what the session agreed on, and converting to it and from it."""

from __future__ import annotations

import base64
import re
from typing import Any

from msgspec import UNSET, UnsetType

from voice_tui.endpoints.realtime.wire.bounded import newest
from voice_tui.endpoints.realtime.wire.deviations import ALAW as ALAW_ASKED
from voice_tui.endpoints.realtime.wire.deviations import ULAW as ULAW_ASKED
from voice_tui.endpoints.realtime.wire.deviations import Deviations
from voice_tui.endpoints.realtime.wire.dialects import FORMAT_PATHS
from voice_tui.endpoints.realtime.wire.encoding import ALAW, OURS, PCM, RATES, ULAW, Encoding, FromWire, ToWire
from voice_tui.endpoints.realtime.wire.lenient import Tell, standard_base64
from voice_tui.endpoints.realtime.wire.server_events import OutputAudioDelta, OutputAudioDone
from voice_tui.endpoints.realtime.wire.session import AudioFormat, SessionConfig, given
from voice_tui.endpoints.realtime.wire.texts import KEPT

_TELEPHONE = {ULAW_ASKED: ULAW, ALAW_ASKED: ALAW}
INPUT, OUTPUT = FORMAT_PATHS
_NAME = re.compile(r"[A-Za-z][\w./+-]*")


class Sound:
    """Knows how both directions are encoded. Everybody above the wire knows int16, mono, 24 kHz only.

    Args:
        deviations: What is asked for, and what the endpoint speaks untold.
        tell: Takes what did not fit.
    """

    def __init__(self, deviations: Deviations, tell: Tell) -> None:
        self._tell = tell
        self._untold = untold = {
            INPUT: Encoding(PCM, deviations.input_rate),
            OUTPUT: Encoding(PCM, deviations.output_rate),
        }
        telephone = _TELEPHONE.get(deviations.audio_format)
        if telephone is not None and not deviations.sends_formats:
            tell("audio_format", f"this endpoint takes no format, it speaks {untold[OUTPUT]}")
        self.asked = dict.fromkeys(FORMAT_PATHS, telephone) if telephone and deviations.sends_formats else untold
        """By path: what this endpoint is asked for, where it can be."""
        self._now: dict[str, Encoding] = dict(untold)
        self._before = self._now
        self._asking = ""  # event id of the update that asks, until it is answered
        self._streams: dict[tuple[str, str, int], FromWire] = {}
        self._out: ToWire | None = None
        self._hears_ours = self._speaks_ours = False
        self._changed()

    # ---- agreeing

    def asks(self, event_id: str) -> None:
        """An update that names formats goes out: what is sent from now on is as it says."""
        self._before, self._asking = self._now, event_id
        self._now = dict(self.asked)
        self._changed()

    def refused(self, event_id: str | None) -> None:
        """An update was refused; if it was the one that asked, nothing has changed."""
        if event_id and event_id == self._asking:
            self._now, self._asking = self._before, ""
            self._changed()

    def agreed(self, session: SessionConfig, *, asked: bool) -> None:
        """A session as the server has it; ``asked``: it answers an update."""
        audio = given(session.audio, None)
        halves = (given(audio.input, None), given(audio.output, None)) if audio is not None else (None, None)
        now = dict(self._now)
        for path, half in zip(FORMAT_PATHS, halves, strict=True):
            named = given(half.format, None) if half is not None else None
            if named is None:
                continue
            now[path] = self._encoding(path, named, asked=asked)
            if not now[path].known:
                self._tell(path, f"{now[path].type!r} can't be spoken here: that half of the talk stays silent")
            elif asked and now[path] != self.asked[path]:
                self._tell(path, f"{self.asked[path]} was asked for, it is {now[path]}: it is converted")
        if asked:
            self._asking = ""
        if now != self._now:
            self._now = now
            self._changed()

    def _encoding(self, path: str, named: AudioFormat, *, asked: bool) -> Encoding:
        event = "session.updated" if asked else "session.created"
        if not _NAME.fullmatch(named.type):
            usual = self.asked[path] if asked else self._untold[path]
            self._tell(f"{event}: session.{path}.type", f"{named.type!r} names no format: it counts as {usual}")
            return usual
        usual = self.asked[path] if self.asked[path].type == named.type else self._untold[path]
        for telephone in _TELEPHONE.values():
            if named.type == telephone.type:
                return telephone
        rate = given(named.rate, usual.rate)
        if rate not in RATES:
            self._tell(f"{event}: session.{path}.rate", f"{rate} Hz is none: it counts as {usual.rate} Hz")
        return Encoding(named.type, rate if rate in RATES else usual.rate)

    def _changed(self) -> None:
        self._streams.clear()
        self._out = None
        self._hears_ours, self._speaks_ours = self._now[INPUT] == OURS, self._now[OUTPUT] == OURS

    # ---- the user's half

    @property
    def converts_input(self) -> bool:
        """What is appended has to be converted."""
        return not self._hears_ours

    def outgoing(self, audio: bytes) -> bytes:
        """A piece of the microphone, as the endpoint hears it."""
        if self._hears_ours:
            return audio
        if not self._now[INPUT].known:
            return b""
        if self._out is None:
            self._out = ToWire(self._now[INPUT])
        return self._out.take(audio)

    def item(self, event: dict[str, Any]) -> None:
        """A ``conversation.item.create`` with sound in it, converted in place."""
        for part in event["item"].get("content", ()):
            if not self._hears_ours and isinstance(part.get("audio"), str) and self._now[INPUT].known:
                audio, _ = standard_base64(part["audio"])
                part["audio"] = base64.b64encode(ToWire(self._now[INPUT]).take(audio)).decode()

    # ---- the assistant's half

    def incoming(self, event: OutputAudioDelta) -> None:
        """A piece of voice, converted in place to whole samples of ours."""
        rate = event.sample_rate_hz
        if self._speaks_ours and rate is UNSET and not len(event.delta) & 1 and not self._streams:
            return
        if not isinstance(rate, UnsetType) and rate != self._now[OUTPUT].rate:
            self._renamed(rate)
        if not self._now[OUTPUT].known:
            event.delta = b""
            return
        key = (event.response_id, event.item_id, event.content_index)
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = FromWire(self._now[OUTPUT])
            newest(self._streams, KEPT)
        event.delta = stream.take(event.delta)
        if stream.half:
            self._tell("response.output_audio.delta: delta", "half a sample at its end: it is kept for the next one")

    def part_done(self, event: OutputAudioDone) -> None:
        """The voice of a part is complete."""
        self._streams.pop((event.response_id, event.item_id, event.content_index), None)

    def response_done(self, response_id: str) -> None:
        """Nothing of this answer follows."""
        for key in [key for key in self._streams if key[0] == response_id]:
            del self._streams[key]

    def _renamed(self, rate: int) -> None:
        """A delta names its own rate."""
        if self._now[OUTPUT].type != PCM:
            return
        if rate not in RATES:
            self._tell("response.output_audio.delta: sample_rate_hz", f"{rate} Hz is none")
            return
        self._now = self._now | {OUTPUT: Encoding(PCM, rate)}
        self._changed()
