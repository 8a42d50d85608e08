"""A memory beside a conversation, driven by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from voice_tui.drivers.memory.options import MemoryOptions
from voice_tui.drivers.memory.thread import MemoryThread
from voice_tui.drivers.memory.worker import MemoryWorker
from voice_tui.memory.embedding import WordParts
from voice_tui.memory.records import StoredItem
from voice_tui.messages.inputs import Embedded, Input, Reported, UserWanted
from voice_tui.messages.memory import ExtractFacts, FoundFact, MemoryChanged, MemoryRequest, RetellTalk
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Row, RowChanged
from voice_tui.messages.tools import CallTool, ToolFinished

NOW = 1_780_000_000.0
LISBON, DOG = FoundFact("user", "The user lives in Lisbon."), FoundFact("dog", "The dog is called Rex.")


class Held:
    """A conversation with a memory, played by hand."""

    def __init__(self, options: MemoryOptions | None) -> None:
        self.options = options
        self.notices: list[Notice] = []
        self.outputs: dict[str, Any] = {}
        self.vectors: dict[str, Any] = {}
        self.extracted: list[ExtractFacts] = []
        self.retold: list[RetellTalk] = []
        self.memory = MemoryWorker(options, self._receive)
        self.memory.begin()

    def _receive(self, told: Input) -> None:
        match told:
            case Reported(notice):
                self.notices.append(notice)
            case ToolFinished(call_id, output):
                assert call_id not in self.outputs, "answered twice"
                self.outputs[call_id] = json.loads(output)
            case Embedded(key, vector):
                self.vectors[key] = vector
            case UserWanted(ExtractFacts() as extract):
                self.extracted.append(extract)
            case UserWanted(RetellTalk() as talk):
                self.retold.append(talk)
            case _:
                raise AssertionError(f"the memory has no business with {told}")

    def settle(self) -> None:
        """Wait for the threads, and pick up what they did."""
        if self.options is not None:
            for thread in (self.options.pen, self.options.memory):
                thread.submit(lambda memory: None).exception(5)
        self.memory.poll()

    def row(self, item_id: str, text: str, after: str | None = None, role: str = "user", **more: Any) -> None:
        speaker = more.pop("speaker", "You" if role == "user" else "AI")
        self.memory.observe(RowChanged(Row(item_id, role, speaker, text, **more), after))

    def call(self, name: str, **arguments: object) -> Any:
        call_id = f"c{len(self.outputs)}"
        self.memory.call(CallTool(call_id, name, json.dumps(arguments)))
        self.settle()
        return self.outputs[call_id]

    def ask(self, request: MemoryRequest | ExtractFacts) -> Notice:
        self.memory.request(request)
        self.settle()
        return self.notices[-1]

    def told(self, kind: type) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    @property
    def state(self) -> MemoryChanged:
        last: MemoryChanged = self.told(MemoryChanged)[-1]
        return last

    def items(self) -> list[StoredItem]:
        self.settle()
        assert self.options is not None

        def read(memory: Any) -> list[StoredItem]:
            talks = memory.store.conversations.page()
            return memory.store.conversations.items(talks[0].id) if talks else []

        return self.options.memory.submit(read).result(5)


def options_at(path: Path, **more: Any) -> MemoryOptions:
    memory = MemoryThread(path, lambda: NOW, WordParts)
    pen = MemoryThread(path, lambda: NOW, WordParts, embeds=False)
    return MemoryOptions(memory, pen, lambda: NOW, path.parent, **more)
