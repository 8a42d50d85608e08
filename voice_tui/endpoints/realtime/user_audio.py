"""The user's audio on its way to the server; while there is none, on its way to the next session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm, mean_level
from voice_tui.conversation.kept import spoken_in
from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.commits import Commits
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferAppend, InputAudioBufferClear

NOT_ANSWERED = "not answered"
JUDGED = 5 * RATE  # samples: who has not spoken by then has not made a turn
SILENCE = 0.003  # mean |x|: below that, outside a turn, nobody speaks


class Keeper(Protocol):
    """Keeps for the next session what is said while there is none."""

    def hear(self, frames: list[Pcm]) -> None:
        """Audio that cannot be sent."""
        ...

    def committed(self, row_id: str) -> None:
        """What was heard is a whole turn: that of this placeholder."""
        ...

    def cleared(self) -> None:
        """What was heard and not committed is to be forgotten."""
        ...


class UserAudio:
    """Appends, commits and clears.

    Args:
        shared: Of the conversation.
        sender, commits: Of the session.
        hearing: Whether the server believes that the user speaks.
        kept_by: Who takes it while there is no session.
    """

    def __init__(
        self,
        shared: Shared,
        sender: EventSender,
        commits: Commits,
        *,
        hearing: Callable[[], bool],
        kept_by: Callable[[], Keeper],
    ) -> None:
        self._shared, self._sender, self._commits = shared, sender, commits
        self._hearing, self._kept_by = hearing, kept_by

    def append(self, frames: list[Pcm]) -> None:
        """Send audio: frames of 10 ms, int16, shape (240,)."""
        if not self._shared.outbox.live:
            self._kept_by().hear(frames)
            return
        pcm = np.concatenate(frames)
        audio = pcm.tobytes()
        open_turn = self._shared.detector.speaking or self._hearing()
        silent = not open_turn and mean_level(pcm) < SILENCE
        self._sender.send(InputAudioBufferAppend(audio=audio), silent=silent)
        self._shared.turns.appended(audio, self._shared.detector.row)

    def commit(self, row_id: str) -> None:
        """What was appended is a whole turn: that of this placeholder."""
        if self._shared.outbox.live:
            self.commit_now(row_id)
        else:
            self._kept_by().committed(row_id)

    def commit_now(self, row_id: str) -> None:
        """The same, in a session that is only being restored as well."""
        turn = self._shared.turns.committed(row_id)

        def forget(why: str) -> None:
            if spoken_in(self._shared.turns.kept.get(row_id)[:JUDGED]):
                self._shared.transcript.forget_name(row_id)
                self._shared.recogniser.write_down(row_id, note=f"{NOT_ANSWERED}: {why}")
            else:
                self._shared.transcript.remove(row_id)
            self._shared.turns.refused(turn)

        self._commits.send(forget)
        self._shared.transcript.await_name(row_id)

    def clear(self) -> None:
        """Forget what was appended and not committed."""
        if not self._shared.outbox.live:
            self._kept_by().cleared()
            return
        self._sender.send(InputAudioBufferClear())
        self._shared.turns.cleared()
