"""Stands at the engine's door and drains: keeps what goes through while it is asked to, and tells telemetry."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from voice_tui.audio.stream.pcm import RATE
from voice_tui.conversation.engine import Engine
from voice_tui.drivers.devices.loudspeakers import RingSpeaker
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.recorder import Recorder
from voice_tui.drivers.telemetry import Telemetry
from voice_tui.endpoints.families import Family
from voice_tui.messages.commands import Command
from voice_tui.messages.inputs import Input, Reported, Ticked
from voice_tui.messages.link import DevicesChanged, Introduction, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Place
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import Announced, Severity
from voice_tui.tape.circumstances import Circumstances
from voice_tui.tape.confided import Confided
from voice_tui.tape.standing import Standing

log = logging.getLogger(__name__)

PRIVATE = "this is a private conversation: nothing is recorded"
CONFIDED = "something was said in private, and the model goes on knowing it: nothing of this conversation is recorded"
NOWHERE = "recordings can't be made here"
LONGEST_S = 2.0  # of what was heard that is still there to be read


class Deck:
    """The way into the engine and out of it.

    Args:
        engine: Of the conversation; nothing goes past this.
        circumstances: How it begins.
        family: Of the endpoint.
        options: How it is kept; None: it can't be.
        private: Nothing is stored.
        clock: The time of day, s since 1970; None: nobody knows.
        telemetry: Is told every notice; None: nobody wants to know.
    """

    def __init__(
        self,
        engine: Engine,
        circumstances: Circumstances,
        family: Family,
        options: RecordingOptions | None,
        private: bool = False,
        clock: Callable[[], float] | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._engine, self._circumstances, self._family = engine, circumstances, family
        self._telemetry = telemetry
        self._options, self._private, self._clock = options, private, clock
        self._recorder: Recorder | None = None
        self._closing: list[Recorder] = []  # their files may not be closed yet
        self._untouched = True  # the engine has been told nothing
        self._standing, self._confided = Standing(), Confided()
        self._now = self._talk_began = 0.0
        self._speaker: RingSpeaker | None = None
        self._rendered = 0  # samples of that loudspeaker that were kept or passed over

    @property
    def recording(self) -> bool:
        """The conversation is being kept."""
        return self._recorder is not None

    # ---- what goes through

    def receive(self, happened: Input, behind: int = 0) -> None:
        """Tell the engine what happened; so many frames were read together with these and are yet to come."""
        if isinstance(happened, Ticked):
            self._now = happened.now
        self._untouched = False
        if self._recorder is not None:
            self._keep(self._recorder.received, happened, self._now, behind)
        self._engine.receive(happened)

    def commands(self) -> list[Command]:
        """What the engine wants done."""
        commands = self._engine.commands()
        if self._recorder is not None and commands:
            self._keep(self._recorder.commanded, commands)
        return commands

    def notices(self) -> list[Notice]:
        """What the engine tells."""
        notices, known = self._engine.notices(), self._circumstances
        for notice in notices:
            self._standing.observe(self._now, notice)
            self._confided.observe(notice, private=self._private)
            if isinstance(notice, LinkChanged) and notice.endpoint:  # at its end nobody says where it was
                self._circumstances = replace(self._circumstances, endpoint=notice.endpoint, model=notice.model)
            elif isinstance(notice, DevicesChanged):
                self._circumstances = replace(self._circumstances, mic=notice.mic, speaker=notice.speaker)
        if self._recorder is not None:
            if self._circumstances != known:
                self._keep(self._recorder.known, self._circumstances)
            self._keep(self._recorder.drained, notices, self._now)
        if self._telemetry is not None:
            self._telemetry.observe(self._now, notices)
        return notices

    def introduction(self, place: Place | None) -> Introduction | None:
        """What another connection has to be told before it takes over."""
        if self._recorder is not None:
            self._keep(self._recorder.introduced, place)
        return self._engine.session.introduction(place)

    def finish(self) -> None:
        """The conversation is over: the engine may have something left to tell."""
        if self._recorder is not None:
            self._recorder.finished()
        self._engine.finish()

    def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
        """An event went over the wire, see `WireTap`."""
        if self._recorder is not None:
            self._keep(self._recorder.write, self._now, direction, raw, connection, dialect)

    def listen(self, speaker: RingSpeaker, now: float) -> None:
        """Look what was handed to the loudspeaker since the last time, and whether somebody is in trouble."""
        if self._telemetry is not None and (problem := self._telemetry.problem):
            self._say(problem, Severity.WARNING)
        recorder = self._recorder
        if recorder is None:
            return
        if recorder.problem:
            self._end(recorder.problem)
            return
        for path in recorder.deleted():
            self._say(f"recording: {path.name} was deleted to make room (--record-limit)")
        written, until = speaker.reached
        if speaker is not self._speaker:
            self._speaker, self._rendered = speaker, max(0, written - int(LONGEST_S * RATE))
        if written > self._rendered:
            start = max(self._rendered, written - int(LONGEST_S * RATE))
            recorder.heard(speaker.rendered.copy(start, written), until + now - speaker.stream_time(now))
            self._rendered = written

    # ---- switching it on and off

    def _keep(self, call: Callable[..., None], *happened: object) -> None:
        """Whatever goes wrong with a recording ends it, and nothing else."""
        try:
            call(*happened)
        except Exception as error:
            log.exception("the recording failed")
            if self._recorder is not None:
                self._recorder.fail(f"{type(error).__name__}: {error}")

    def begin(self, now: float) -> None:
        """The conversation begins, at this time on the driver's clock, s."""
        self._now = self._talk_began = now
        if self._telemetry is not None:
            self._telemetry.begin(now, private=self._private)
        if self._options is not None and self._options.always:
            self.record(True)

    def record(self, on: bool | None) -> None:
        """Keep the conversation from now on, or no longer; None: the other way round."""
        on = not self.recording if on is None else on
        if on == self.recording:
            return
        if not on:
            self._end("")
        elif self._private:
            self._say(PRIVATE, Severity.WARNING)
        elif self._confided.anything:
            self._say(CONFIDED, Severity.WARNING)
        elif self._options is None:
            self._say(NOWHERE, Severity.WARNING)
        else:
            self._start(self._options)

    def set_private(self, on: bool) -> None:
        """Nothing is stored from now on, or something is again."""
        self._private = on
        if self._telemetry is not None:
            self._telemetry.set_private(on, self._now)
        if on and self.recording:
            self._end("", PRIVATE)
        elif not on and self._options is not None and self._options.always:
            self.record(True)

    def close(self) -> None:
        """The conversation is over."""
        if self._telemetry is not None:
            self._telemetry.finish(self._now)
        if self._recorder is not None:
            self._recorder.close(self._circumstances)
            self._closing.append(self._recorder)
            self._recorder = None
        for each in self._closing:
            each.wait()

    def _start(self, options: RecordingOptions) -> None:
        whole, speaker = self._untouched, self._speaker
        circumstances = replace(
            self._circumstances,
            whole=whole,
            talk_s=self._now - self._talk_began,
            lasted_s=self._standing.lasted_s(self._now),
            preset=self._standing.preset or self._circumstances.preset,
        )
        try:
            recorder = Recorder(
                options, circumstances, self._family, self._now, self._clock() if self._clock is not None else 0.0
            )
        except OSError as error:
            where = error.filename or options.folder
            self._tell(RecordingChanged(False, problem=f"recording: {where}: {error.strerror or error}"))
            return
        self._recorder, self._speaker = recorder, None
        self._keep(recorder.stood, self._standing.notices)
        if speaker is not None:
            self._speaker, self._rendered = speaker, speaker.reached[0]
        log.info("recording to %s", recorder.path)
        self._tell(RecordingChanged(True, str(recorder.path)))

    def _end(self, problem: str, why: str = "") -> None:
        recorder = self._recorder
        assert recorder is not None, "it is at work"
        self._recorder = None
        recorder.close(self._circumstances, problem or why)
        self._closing.append(recorder)
        log.info("the recording is over: %s", recorder.path)
        self._tell(RecordingChanged(False, str(recorder.path), problem))
        if why:
            self._say(why)

    def _tell(self, notice: RecordingChanged) -> None:
        self.receive(Reported(notice))
        if notice.problem:
            self._say(notice.problem, Severity.WARNING)

    def _say(self, words: str, severity: Severity = Severity.INFORMATION) -> None:
        self.receive(Reported(Announced(severity, words)))
