"""A conversation that is watched: what must hold after whatever happens."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from tests.support.context_story import CLOCK
from tests.support.harness import Harness
from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire.items import ResponseParams
from voice_tui.messages.commands import Command, Flush, Play, Send
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import CallTool

MS = RATE // 1000
TEST_SOUND = 5  # a level that no answer is made of


class Watched(Harness):
    """Checks each command as it comes out."""

    def __init__(self, preset: str, greeting: str) -> None:
        self.live = False
        self.inbox: deque[ce.ClientEvent] = deque()
        self.dead: set[str] = set()
        self.items: dict[str, int] = {}  # answer -> the sample value it is made of
        self.open_requests = 0  # that no answer and no error has followed
        self.asides: deque[ce.ResponseCreate] = deque()  # asked beside the conversation
        self.calls: list[str] = []
        super().__init__(preset, greeting=greeting)
        self.open(Profile(greeting=greeting, tools=(CLOCK,)), preset)
        self.tick(0)
        self.captured = 1

    def _carry_out(self, command: Command) -> None:
        match command:
            case Send(event):
                assert isinstance(event, ce.ClientEventBase)
                assert self.live or isinstance(event, ce.SessionUpdate), f"{event} before the session was live"
                if isinstance(event, ce.ResponseCreate) and not beside(event):
                    assert self.server.active is None, "asked while an answer is being made"
                    assert self.open_requests == 0, "asked twice"
                    self.open_requests += 1
                if isinstance(event, ce.ConversationItemTruncate):
                    heard = int(np.count_nonzero(self.player.heard == self.items[event.item_id]))
                    assert event.audio_end_ms == heard // MS, "heard is what came out before the fade"
                self.inbox.append(event)  # type: ignore[arg-type]  # every base is one of the union
            case CallTool(call_id):
                self.calls.append(call_id)
            case Play("", pcm=pcm):
                command = replace(command, pcm=np.full(len(pcm) // 2, TEST_SOUND, np.int16).tobytes())
            case Play(item_id):
                assert item_id not in self.dead, "played after its interruption"
            case Flush():
                self.dead |= set(self.items)
        super()._carry_out(command)


def beside(event: ce.ResponseCreate) -> bool:
    """Whether it is asked out of band."""
    return isinstance(event.response, ResponseParams) and event.response.conversation == "none"
