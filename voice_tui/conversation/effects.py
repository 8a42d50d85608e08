"""Whether the endpoint's own settings are seen to work: what a probe found, and what our ears say meanwhile.

That a setting is acknowledged says little: some servers echo what they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, Side
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.talk import Severity

DEAF_MS = 2_000  # of a voice; servers need 0.1 to 0.4 s to hear one
APART_MS = 1_500  # a pause so long parts two utterances
NEAR_MS, NEAR_SHARE = 250.0, 0.3  # the end of a turn is where the setting puts it, give or take the larger of both
OPENS = ("threshold", "eagerness")  # what a turn that was heard shows to work
DEAF = f"you spoke for {DEAF_MS // 1000} s, and the server said nothing"


class Effects:
    """Compares what the local detector hears with what the server says of it.

    Args:
        outbox: Of the conversation.
        knobs: Take what was observed.
    """

    def __init__(self, outbox: Outbox, knobs: Knobs) -> None:
        self._outbox, self._knobs = outbox, knobs
        self._probed: Mapping[str, Observed] = {}
        self._live: dict[str, Observed] = {}
        self._voice_ms = 0
        self._last_ms: int | None = None  # when the voice was last heard, on the microphone's clock
        self._hearing = self._deaf = False

    def begin(self, probed: Mapping[str, Observed]) -> None:
        """Another endpoint, and what a probe found there, by the knob's name.

        A probe measured, so nothing but deafness goes before it.
        """
        self.forget()
        self._live.clear()
        self._probed, self._deaf = probed, False
        self._tell()

    def voice(self, heard: bool) -> None:
        """10 ms of what the server was sent: whether our ears hear a voice in it."""
        now = self._outbox.heard_ms
        if heard:
            self._last_ms = now
            self._voice_ms += FRAME_MS
        elif self._last_ms is None or now - self._last_ms > APART_MS:
            self._voice_ms = 0
        asked = self._outbox.live and self._knobs.acknowledged and self._knobs.preset.server_turns
        if self._hearing or not asked:
            self._voice_ms = 0
        elif self._voice_ms >= DEAF_MS and not self._deaf:
            self._deaf = True
            self._tell()
            labels = ", ".join(KNOBS[name].label for name in KNOBS if name in self._acting)
            self._outbox.announce(Severity.WARNING, f"{DEAF}: {labels} acknowledged, not seen to work")

    def server_began(self) -> None:
        """The server heard the user begin."""
        self._hearing, self._deaf, self._voice_ms = True, False, 0
        for name in OPENS:
            if name in self._acting:
                self._live[name] = Observed(Seen.WORKS, "the server heard you")
        self._tell()

    def server_ended(self, at_ms: int) -> None:
        """The server heard the user end, on the microphone's clock, ms."""
        self._hearing = False
        name, asked = "silence_duration_ms", self._knobs.settings.silence_duration_ms
        if self._last_ms is None or name not in self._acting:
            return
        waited = at_ms - self._last_ms
        if abs(waited - asked) <= max(NEAR_MS, NEAR_SHARE * asked):
            words = f"your turn ended {waited} ms after your last word, {asked:.0f} asked for"
            self._live[name] = Observed(Seen.WORKS, words)
            self._tell()

    def forget(self) -> None:
        """What the server was hearing comes to nothing."""
        self._hearing, self._voice_ms, self._last_ms = False, 0, None

    @property
    def _acting(self) -> frozenset[str]:
        server = {name for name in self._knobs.preset.knobs if KNOBS[name].side is Side.SERVER}
        return frozenset(server.difference(LATENCY_KNOBS))  # those are about no turn

    def _tell(self) -> None:
        observed = {**self._live, **self._probed}
        if self._deaf:
            observed |= dict.fromkeys(self._acting, Observed(Seen.NOT_SEEN, DEAF))
        self._knobs.observe(observed)
