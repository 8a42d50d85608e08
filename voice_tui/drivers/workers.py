"""Those who work beside a conversation, each on a thread of its own: memory, tools, voiceprints, our own recogniser."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.drivers.memory.worker import MemoryWorker
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.recognition import RecogniserWorker
from voice_tui.drivers.tools.worker import ToolWorker
from voice_tui.drivers.voices.worker import Voiceprints
from voice_tui.drivers.wirelog import Taps
from voice_tui.memory.tools import CALLS
from voice_tui.messages.commands import Command
from voice_tui.messages.context import Embed
from voice_tui.messages.inputs import Input
from voice_tui.messages.recognition import WriteDown
from voice_tui.messages.speakers import Identify, JudgeVoice, KeepVoices
from voice_tui.messages.tools import CallTool, CancelCall


class Workers:
    """What the engine wants done that takes its time, and who does it.

    Args:
        options: Of the conversation.
        receive: Takes what they found out: the engine's door.
        wire: What the recogniser hears stands there.

    Attributes:
        memory: What is remembered beyond the conversation.
        tools: What the model may call.
        voices: How the user's voices are told apart.
    """

    def __init__(self, options: RunnerOptions, receive: Callable[[Input], None], wire: Taps) -> None:
        self.memory = MemoryWorker(options.memory, receive, private=options.private)
        self.tools = ToolWorker(options.tools, receive, dict.fromkeys(CALLS, self.memory.call))
        self.voices = Voiceprints(options.voices, receive, private=options.private)
        self._recogniser = RecogniserWorker(options.recogniser, receive, wire)

    def begin(self) -> None:
        """Start them."""
        self.memory.begin()
        self.tools.begin()
        self.voices.begin()
        self._recogniser.begin()

    def poll(self) -> None:
        """Pass on what they have found out since the last time."""
        self.memory.poll()
        self.tools.poll()
        self.voices.poll()
        self._recogniser.poll()

    def carry_out(self, command: Command) -> None:
        """Do what the engine wants, if it is theirs to do."""
        match command:
            case CallTool():
                self.tools.call(command)
            case CancelCall():
                self.tools.cancel(command)
            case Embed():
                self.memory.embed(command)
            case Identify() | JudgeVoice() | KeepVoices():
                self.voices.carry_out(command)
            case WriteDown():
                self._recogniser.write_down(command)

    def set_private(self, on: bool) -> None:
        """Whether nothing may be stored from now on."""
        self.memory.set_private(on)
        self.voices.set_private(on)

    def end_hearing(self) -> None:
        """Nothing more is written down: what a recording keeps is whole from then on."""
        self._recogniser.end()

    def end(self) -> None:
        """Stop them; what is to be stored is stored."""
        self.tools.end()
        self.memory.end()
        self.voices.end()
