"""Whether the microphone works: a device that delivers nothing, or nothing but zeros, is said with what to do."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import FRAME_MS, Pcm
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.inputs import MicrophoneOpened
from voice_tui.messages.talk import Severity

STALL_S = 3.0
LONGEST_TICK_S = 0.25  # when the whole machine stood still, frames wait behind the first tick: that is no stall
ZEROS_MS = 10_000
PROOF_MS = 500  # so much sound proves that it works: a click at a plug does not
REMEDIES = {
    "nothing for {:g} s": "plug it in again, end other programs that use it, or choose another one with --mic",
    "only zeros for {:g} s": "see whether it is muted in the system or taken by another program; macOS: allow the "
    "terminal in System Settings, Privacy & Security, Microphone",
}
STALLED, ZEROS = REMEDIES


class MicrophoneWatch:
    """Watches a real device while a session is live; each fault is said once, and again only after it had worked.

    A noise gate delivers zeros between sentences, too: each time the microphone proves to work after all, zeros are
    borne for twice as long.

    Args:
        outbox: Of the conversation.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._name, self._real = "", False
        self._now = 0.0
        self._waited_s = 0.0  # without a frame
        self._zeros_ms = self._sound_ms = 0  # in a row; since the last fault
        self._borne_ms = ZEROS_MS
        self._said: str = ""  # the fault that was said and is not over

    def opened(self, opened: MicrophoneOpened) -> None:
        """Another one is in use: nothing is known of it."""
        self._name, self._real = opened.name, opened.real
        self._said, self._borne_ms = "", ZEROS_MS
        self._forget()

    def _forget(self) -> None:
        self._waited_s, self._zeros_ms = 0.0, 0

    def tick(self) -> None:
        """Time has passed."""
        passed, self._now = self._outbox.now - self._now, self._outbox.now
        if not (self._real and self._outbox.live):
            self._forget()
            return
        self._waited_s += min(passed, LONGEST_TICK_S)
        if self._waited_s >= STALL_S:
            self._say(STALLED, STALL_S)

    def frame(self, pcm: Pcm, *, open_: bool) -> None:
        """10 ms came; ``open_``: they are the device's own, and the user has not muted it."""
        self._waited_s = 0.0
        if self._said == STALLED:
            self._said = ""
        if not (self._real and self._outbox.live and open_):
            self._zeros_ms = 0
        elif pcm.any():
            self._zeros_ms = 0
            self._sound_ms += FRAME_MS
            if self._said and self._sound_ms >= PROOF_MS:
                self._said, self._borne_ms = "", 2 * self._borne_ms
        else:
            self._zeros_ms += FRAME_MS
            if self._zeros_ms >= self._borne_ms:
                self._say(ZEROS, self._borne_ms / 1000)

    def _say(self, fault: str, seconds: float) -> None:
        if not self._said:
            self._said, self._sound_ms = fault, 0
            line = f"the microphone {self._name!r} delivers {fault.format(seconds)}: {REMEDIES[fault]}"
            self._outbox.announce(Severity.WARNING, line)
