"""Engine, fake server and fake loudspeaker connected, so that a test reads as a story.

Whatever the engine sent that the story did not `expect`, and every moment it told that the story did not take, fails
the test when the story `end`s.
"""

from __future__ import annotations

from typing import Any, TypeVar

from tests.support.fakes import FRAME_MS, Audio, FakePlayer, FakeServer, frame
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.conversation.engine import Engine
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.endpoints.realtime.session import RealtimeSession
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, InputAudioBufferAppend, SessionUpdate
from voice_tui.endpoints.realtime.wire.session import TurnDetection
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Command, Flush, Play, Send, SetGain
from voice_tui.messages.inputs import Arrived, FramesCaptured, Lost, Ticked, UserWanted
from voice_tui.messages.intents import Intent
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.recognition import WriteDown
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.speakers import Identify, JudgeVoice, KeepVoices, SpeakerCommand

MOMENTS = (n.Announced, n.Interrupted, n.Truncated, n.VoiceNoticed, n.TurnTimed)

N = TypeVar("N")

CLASSIC = (  # one detector and one policy each
    "server-vad",
    "push-to-talk",
    "step1-fixed-window",
    "step2-local-vad",
    "step3-detect",
    "step4-cancel",
)


class Harness:
    """Engine, server and loudspeaker, connected."""

    def __init__(self, preset: str = "server-vad", *, greeting: str = "") -> None:
        self.open(Profile(greeting=greeting), preset)
        self.server = FakeServer(self._event)
        self.player = FakePlayer()
        self.now = 100.0
        self.captured = 0
        self.out: list[ClientEvent | Flush | Audio] = []
        self.audio = b""
        self.played: list[Play] = []
        self.gains: list[float] = []
        self.voices: list[SpeakerCommand] = []
        self.to_write: list[WriteDown] = []
        self.moments: list[n.Notice] = []
        self.notices: list[n.Notice] = []
        self.row_order = RowOrder()
        self.rows: list[n.Row] = []
        self.phase = n.PhaseChanged(n.Phase.LISTENING)
        self.settings: n.SettingsChanged | None = None
        self.tick(0)

    def open(self, profile: Profile, preset: str, capabilities: Capabilities | None = None) -> None:
        """An engine of its own, with a session of the Realtime family."""
        self.engine = Engine(lambda shared: self._session(shared, profile, capabilities or Capabilities()), preset)

    def _session(self, shared: Shared, profile: Profile, capabilities: Capabilities) -> RealtimeSession:
        self.shared, self.session = shared, RealtimeSession(shared, profile, capabilities)
        return self.session

    @property
    def detector(self) -> TurnDetector:
        """The detector at work: scripted ears are put into it."""
        return self.engine._capture.detector

    # ---- driving

    def connect(self) -> Harness:
        """To the moment the session is live; what a greeting sends is left to be expected."""
        self.server.session_created()
        assert type(self.out.pop(0)).__name__ == "SessionUpdate"
        self.server.session_updated()
        return self

    def want(self, intent: Intent) -> None:
        """The user wants something."""
        self.engine.receive(UserWanted(intent))
        self.drain()

    def lose_connection(self) -> None:
        self.server.active = None
        self.engine.receive(Lost())
        self.drain()

    def speak(self, ms: int, level: float = 0.1) -> None:
        """Microphone and loudspeaker run on, 10 ms by 10 ms."""
        for _ in range(ms // FRAME_MS):
            self.tick(FRAME_MS)
            self.engine.receive(FramesCaptured(frame(self.captured, level), self.captured * FRAME))
            self.captured += 1
            self.drain()
            self._render()

    def hear(self, pcm: Pcm, together: int = 1) -> None:
        """Such a sound at the microphone, so many frames at once; what is no whole frame at its end is left out."""
        for at in range(0, len(pcm) - FRAME + 1, together * FRAME):
            frames = pcm[at : at + together * FRAME]
            self.tick(FRAME_MS * len(frames) // FRAME)
            self.engine.receive(FramesCaptured(frames, self.captured * FRAME))
            self.captured += len(frames) // FRAME
            self.drain()
            self._render()

    def silence(self, ms: int) -> None:
        self.speak(ms, 0.0)

    def play(self, ms: int) -> None:
        """Only the loudspeaker runs on."""
        for _ in range(ms // FRAME_MS):
            self.tick(FRAME_MS)
            self._render()

    def tick(self, ms: float) -> None:
        self.now += ms / 1000
        self.engine.receive(Ticked(self.now))
        self.drain()

    def drain(self) -> None:
        """Carry out commands, note what was told."""
        for command in self.engine.commands():
            self._carry_out(command)
        for notice in self.engine.notices():
            self._note(notice)

    # ---- looking

    def doing(self) -> n.Phase:
        """The phase that was told last."""
        return self.phase.phase

    def expect(self, *kinds: type) -> Any:
        """Exactly these went out since the last call, in this order; audio counts only where `Audio` is expected.

        Returns:
            What went out: one thing, or a list.
        """
        out = self.out if Audio in kinds else [x for x in self.out if not isinstance(x, Audio)]
        assert [type(x).__name__ for x in out] == [kind.__name__ for kind in kinds], out
        self.out = []
        return out[0] if len(out) == 1 else out

    def told(self, kind: type[N]) -> list[N]:
        """Take the moments of a kind."""
        taken: list[N] = [m for m in self.moments if isinstance(m, kind)]
        self.moments = [m for m in self.moments if not isinstance(m, kind)]
        return taken

    def row(self, item_id: str) -> n.Row:
        return next(row for row in self.rows if row.item_id == item_id)

    @property
    def order(self) -> list[str]:
        return [row.item_id for row in self.rows]

    def end(self) -> None:
        """Nothing went out and nothing happened that the story did not name."""
        self.expect()
        assert not self.moments, self.moments

    # ---- wiring

    def _event(self, event: se.ServerEvent) -> None:
        self.engine.receive(Arrived(event))
        self.drain()

    def _render(self) -> None:
        for progress in self.player.render():
            self.engine.receive(progress)
        self.drain()

    def _carry_out(self, command: Command) -> None:
        match command:
            case Send(InputAudioBufferAppend(audio=audio)):
                self.audio += audio
                last = self.out.pop() if self.out and isinstance(self.out[-1], Audio) else Audio(b"")
                assert isinstance(last, Audio)
                self.out.append(Audio(last.pcm + audio))
            case Send(event):
                self.out.append(event)  # type: ignore[arg-type]  # a session of this family sends nothing else
            case Play():
                self.played.append(command)
                self.player.take(command)
            case Flush():
                self.out.append(command)
                self.player.take(command)
            case Identify() | JudgeVoice() | KeepVoices():
                self.voices.append(command)
            case WriteDown():
                self.to_write.append(command)
            case SetGain(gain):
                self.gains.append(gain)
                self.player.take(command)

    def _note(self, notice: n.Notice) -> None:
        self.notices.append(notice)
        match notice:
            case n.RowChanged() | n.RowRemoved():
                self.row_order.observe(notice)
                self.rows = list(self.row_order)
            case n.PhaseChanged():
                self.phase = notice
            case n.SettingsChanged():
                self.settings = notice
        if isinstance(notice, MOMENTS):
            self.moments.append(notice)


def detection(update: SessionUpdate) -> TurnDetection | None:
    """The turn detection in an update; a partial update carries nothing else."""
    assert isinstance(update, SessionUpdate)
    session = update.session
    assert session.type == "realtime"
    assert session.audio
    assert session.audio.input
    found = session.audio.input.turn_detection
    assert found is None or isinstance(found, TurnDetection), "it is always said, if only null"
    return found
