"""The conversation as the server remembers it: items in order, with the audio behind them."""

from __future__ import annotations

import base64
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET, UnsetType

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, RATE, Pcm, ms_to_samples, samples_to_ms, to_pcm
from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.server.brains.dialogue import Call, DialogueTurn, Result
from voice_tui.server.checks import check_range

AUDIO_KEPT = 5 * 60 * RATE * BYTES_PER_SAMPLE  # bytes of a conversation, the newest: an hour of it would be 170 MB
WRITTEN_KEPT_MIB = 64  # of what a client wrote: texts, pictures, results of functions
ROOT = "root"  # previous_item_id of an item to be put first
ONLY_AUDIO = "Only model output audio messages can be truncated"


@dataclass(slots=True)
class SpokenWords:
    """The words of an answer and where the sound of each ends, in little memory: they are kept as long as the item."""

    _text: str = ""
    _until: array[int] = field(default_factory=lambda: array("I"))  # characters of the text, word by word
    _ends: array[int] = field(default_factory=lambda: array("Q"))  # samples

    def append(self, word: str, end: int) -> None:
        """Take a word and the sample at which its sound ends: no word ends before the one that it follows."""
        self._text += word
        self._until.append(len(self._text))
        self._ends.append(end)

    def heard(self, samples: int) -> str:
        """The words whose sound ends within so many samples."""
        count = bisect_right(self._ends, samples)
        return self._text[: self._until[count - 1]] if count else ""


@dataclass(slots=True)
class HistoryItem:
    """One item and what is behind it.

    Attributes:
        item: As events show it, without audio.
        audio: 16-bit mono 24 kHz: what the user said, or what was generated (less what a truncation took away); empty
            once so much followed that it was let go.
        words: What the recogniser understood in the user's audio; None while it still listens.
        spoken: The assistant's words, each with the sample at which its sound ends.
        truncated: Whether a client cut the audio: nothing may be added any more.
    """

    item: Item
    audio: bytearray = field(default_factory=bytearray)
    words: str | None = None
    spoken: SpokenWords = field(default_factory=SpokenWords)
    truncated: bool = False
    _let_go: int = 0  # samples that are not kept any more

    @property
    def id(self) -> str:
        """The item's id."""
        return given(self.item.id, "")

    @property
    def parts(self) -> list[ContentPart]:
        """The item's content; empty for function calls."""
        return given(self.item.content, [])

    @property
    def samples(self) -> int:
        """Length of the audio, kept or not."""
        return self._let_go + len(self.audio) // BYTES_PER_SAMPLE

    def let_go(self) -> None:
        """Keep the length of the audio only."""
        self._let_go = self.samples
        self.audio.clear()

    def cut(self, samples: int) -> None:
        """Forget the audio after so many samples."""
        del self.audio[samples * BYTES_PER_SAMPLE :]
        self._let_go = min(self._let_go, samples)

    @property
    def written(self) -> str:
        """The item's text, as far as it is no transcript of the user's audio."""
        if self.item.role == "assistant":
            return self.item.text
        return " ".join(text for part in self.parts if (text := given(part.text, "")))

    @property
    def told(self) -> DialogueTurn | Call | Result | None:
        """What a brain should know of it, None where nothing."""
        item = self.item
        call_id = given(item.call_id, "")
        if item.type == "function_call_output":
            return Result(call_id, given(item.output, ""))
        if item.type == "function_call":  # one that was cut off was never made
            whole = item.status == "completed"
            return Call(given(item.name, ""), given(item.arguments, ""), call_id) if whole else None
        if item.role == "assistant":
            heard = self.spoken.heard(self.samples) if self.truncated else item.text
            return DialogueTurn("assistant", heard.strip(), self.truncated or item.status == "incomplete")
        text = " ".join(part for part in (self.written, self.words or "") if part)
        images = sum(part.type == "input_image" for part in self.parts)
        return DialogueTurn("system" if item.role == "system" else "user", text, images=images)


def heard(entries: Iterable[HistoryItem]) -> Pcm:
    """The newest turn of the user as it sounded, empty where it was written."""
    turns = [entry for entry in entries if entry.item.role == "user"]
    return to_pcm(bytes(turns[-1].audio)) if turns else to_pcm(b"")


class History:
    """The items of one conversation. Errors are those of the wire."""

    def __init__(self) -> None:
        self._entries: list[HistoryItem] = []
        self._known: dict[str, HistoryItem] = {}
        self._sounding: list[HistoryItem] = []  # those that hold audio, or may yet; the newest last
        self._written: dict[str, int] = {}  # item -> bytes of it that a client wrote
        self._room = WRITTEN_KEPT_MIB << 20  # bytes that are left for those

    def __iter__(self) -> Iterator[HistoryItem]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def has_spoken(self) -> bool:
        """Whether there is assistant audio: then the voice is fixed."""
        return any(entry.samples and entry.item.role == "assistant" for entry in self._entries)

    @property
    def last_id(self) -> str | None:
        """The newest item, None in an empty conversation."""
        return self._entries[-1].id if self._entries else None

    def add(self, entry: HistoryItem, previous_item_id: str | None | UnsetType = UNSET) -> str | None:
        """Put an item behind another (at the end without one, first behind ``"root"``).

        Returns:
            The id of the item now before it, None where it is the first.

        Raises:
            ProtocolError: The id is taken, or there is no such previous item.
        """
        if self.get(entry.id):
            message = f"Error creating item: an item with id '{entry.id}' already exists."
            raise ProtocolError("item_create_duplicate_id", message, "item.id")
        place = self._place(previous_item_id)
        self._entries.insert(place, entry)
        self._known[entry.id] = entry
        if entry.audio or entry.item.status == "in_progress":
            self._sounding.append(entry)
            self._let_old_audio_go()
        return self._entries[place - 1].id if place else None

    def add_written(self, entry: HistoryItem, previous_item_id: str | None | UnsetType = UNSET) -> str | None:
        """The same for an item that a client wrote: there is only so much room for them.

        Raises:
            ProtocolError: See `add`; also ``conversation_full``.
        """
        size = len(msgspec.json.encode(entry.item))
        if size > self._room:
            message = f"The conversation holds {WRITTEN_KEPT_MIB} MiB of items and takes no more: delete some."
            raise ProtocolError("conversation_full", message, "item")
        previous = self.add(entry, previous_item_id)
        self._written[entry.id] = size
        self._room -= size
        return previous

    def _let_old_audio_go(self) -> None:
        kept = 0
        for entry in reversed(self._sounding):
            kept += len(entry.audio)
            if kept > AUDIO_KEPT and entry.audio and entry is not self._sounding[-1]:
                entry.let_go()
        self._sounding = [entry for entry in self._sounding if entry.audio or entry.item.status == "in_progress"]

    def _place(self, previous_item_id: str | None | UnsetType) -> int:
        if previous_item_id is UNSET or previous_item_id is None:
            return len(self._entries)
        if previous_item_id == ROOT:
            return 0
        before = self.find(str(previous_item_id), "create", "previous_item_id", "item_create_invalid_previous_item_id")
        return self._index(before) + 1

    def _index(self, entry: HistoryItem) -> int:
        """The place of an entry; looked for from the end, where most is done."""
        return next(i for i in range(len(self._entries) - 1, -1, -1) if self._entries[i] is entry)

    def get(self, item_id: str) -> HistoryItem | None:
        """An entry, or None."""
        return self._known.get(item_id)

    def find(self, item_id: str, action: str, param: str = "item_id", code: str = "") -> HistoryItem:
        """An entry.

        Args:
            item_id: Which.
            action: What for (``truncate``, ``delete``, ...), for the error.
            param: Which parameter named it.
            code: Of the error; made of the action unless given.

        Raises:
            ProtocolError: There is none.
        """
        if entry := self.get(item_id):
            return entry
        message = f"Failed to {action} item. Item with item_id not found: {item_id}"
        raise ProtocolError(code or f"item_{action}_invalid_item_id", message, param)

    def previous_id(self, item_id: str) -> str | None:
        """The id of the item before this one, None for the first and for unknown ones."""
        entry = self.get(item_id)
        place = self._index(entry) if entry else 0
        return self._entries[place - 1].id if place else None

    def delete(self, item_id: str) -> None:
        """Forget an item.

        Raises:
            ProtocolError: There is none.
        """
        entry = self.find(item_id, "delete")
        del self._entries[self._index(entry)]
        del self._known[item_id]
        self._room += self._written.pop(item_id, 0)
        self._sounding = [other for other in self._sounding if other is not entry]

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Forget what nobody heard: the audio after a point, and the transcript, which would say too much.

        Raises:
            ProtocolError: No such item, not the assistant's audio, or more than was ever generated.
        """
        entry = self.find(item_id, "truncate")
        if entry.item.role != "assistant" or not (entry.samples or entry.truncated):
            raise ProtocolError("unsupported_content_type", ONLY_AUDIO, "item_id")
        if content_index != 0:
            message = f"Invalid value: {content_index}. The item has one content part, at index 0."
            raise ProtocolError("invalid_value", message, "content_index")
        check_range("audio_end_ms", audio_end_ms, 0)
        if audio_end_ms * RATE > entry.samples * 1000:  # whole numbers: it may have hundreds of digits
            length_ms = samples_to_ms(entry.samples)
            message = f"Audio content of {length_ms}ms is already shorter than {audio_end_ms}ms"
            raise ProtocolError("invalid_value", message, "audio_end_ms")
        entry.cut(ms_to_samples(audio_end_ms))
        entry.truncated = True
        entry.item = msgspec.structs.replace(entry.item, content=[ContentPart("output_audio")])

    def retrieve(self, item_id: str) -> Item:
        """An item with its audio.

        Raises:
            ProtocolError: There is none.
        """
        entry = self.find(item_id, "retrieve")
        if not entry.audio:
            return entry.item
        audio = base64.b64encode(entry.audio).decode()
        parts = [
            msgspec.structs.replace(part, audio=audio) if part.type.endswith("_audio") else part for part in entry.parts
        ]
        return msgspec.structs.replace(entry.item, content=parts)
