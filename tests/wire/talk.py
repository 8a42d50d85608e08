"""What one session has come to: the memory that the rules look into."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.wire.values import at, audio_bytes

# Audio format → bytes per millisecond: 16-bit samples at 24 kHz, or one byte each at 8 kHz.
PCM = 48
BYTES_PER_MS = {"audio/pcm": PCM, "pcm16": PCM, "audio/pcmu": 8, "audio/pcma": 8, "g711_ulaw": 8, "g711_alaw": 8}

# Preview name → the name that is used here.
NAMES = {
    "conversation.item.created": "conversation.item.added",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
}

# What the server sends only when it was asked to → by what.
ANSWERS = {
    "session.updated": "session.update",
    "input_audio_buffer.cleared": "input_audio_buffer.clear",
    "conversation.item.retrieved": "conversation.item.retrieve",
    "conversation.item.truncated": "conversation.item.truncate",
    "conversation.item.deleted": "conversation.item.delete",
}


@dataclass
class Part:
    """A content part of an answer's item."""

    open: bool = True
    words: str = ""


@dataclass
class Output:
    """An item of an answer, while it is made."""

    index: int
    call: str | None
    parts: dict[int, Part] = field(default_factory=dict)
    arguments: str = ""
    done: bool = False


@dataclass
class Answer:
    """A response."""

    aside: bool
    items: dict[str, Output] = field(default_factory=dict)
    done: bool = False


@dataclass
class Talk:
    """One session.

    Attributes:
        events: How many events the server has sent.
        ids: Event ids, by side.
        asked: (client event, item) that the server has not answered yet, counted.
        owed: Event ids of wrong events for which no error has come.
        items: Announced and not deleted → role.
        claimed: Ids that the client chose for items of its own.
        calls: Ids of the function calls that were made, here or in a session before.
        answers: By response id.
        active: The answer that is being made for the conversation.
        speech: Item and beginning (ms of received audio) of the user's turn that goes on.
        turn: Item of the last turn that was found in the audio and not yet committed.
        committed: Items.
        received_ms: All the audio that the client has sent.
        buffered_ms: What of it lies in the server's buffer.
        commits: The client's that have not been answered, oldest first: what was sent behind them stays in the buffer.
        delivered_ms: Item → how much audio of it the server has sent.
        truncated: Event id → item, of every truncation that the client has asked for.
        voice: Of the session.
    """

    dialect: str
    events: int = 0
    ids: dict[str, set[str]] = field(default_factory=lambda: {"client": set(), "server": set()})
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    owed: set[str] = field(default_factory=set)
    items: dict[str, str] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)
    active: str = ""
    speech: tuple[str, int] | None = None
    turn: str = ""
    committed: set[str] = field(default_factory=set)
    received_ms: float = 0.0
    buffered_ms: float = 0.0
    commits: list[str] = field(default_factory=list)
    delivered_ms: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    truncated: dict[str, str] = field(default_factory=dict)
    voice: object = None
    bytes_in: int = PCM
    bytes_out: int = PCM

    def take(self, side: str, event: dict[str, Any], *, wrong: bool) -> None:
        """Remember an event.

        Args:
            side: Who sent it.
            event: The event, its shape right.
            wrong: Whether the client sent it to provoke an error: then nothing comes of it.
        """
        if event.get("event_id"):
            self.ids[side].add(event["event_id"])
        if wrong:
            self.owed |= {event["event_id"]} if event.get("event_id") else set()
        elif side == "client":
            self._client(event)
        else:
            self.events += 1
            self._server(NAMES.get(event["type"], event["type"]), event)

    # ---- the client's

    def _client(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind in ANSWERS.values():
            self.asked[kind, event.get("item_id", "")] += 1
        match kind:
            case "input_audio_buffer.append":
                sent_ms = len(audio_bytes(event["audio"]) or b"") / self.bytes_in
                self.received_ms += sent_ms
                self.buffered_ms += sent_ms
            case "input_audio_buffer.clear":
                self.buffered_ms = 0
            case "input_audio_buffer.commit":
                self.buffered_ms = 0
                self.commits.append(event.get("event_id") or "")
            case "conversation.item.create":
                item = event["item"]
                self.claimed |= {item["id"]} if item.get("id") else set()
                self.calls |= {item["call_id"]} if item["type"] == "function_call" else set()  # told from before
            case "conversation.item.truncate":
                self.truncated[event.get("event_id") or event["item_id"]] = event["item_id"]

    # ---- the server's

    def _server(self, kind: str, event: dict[str, Any]) -> None:
        if kind in ANSWERS:
            self.asked[ANSWERS[kind], event.get("item_id") or at(event, "item.id") or ""] -= 1
        match kind:
            case "session.created" | "session.updated":
                self._learn(event["session"])
            case "error":
                named = event["error"].get("event_id") or ""
                self.owed.discard(named)
                self.commits = [commit for commit in self.commits if commit != named]
                self.truncated.pop(named, None)  # what was refused may be asked for again
            case "conversation.item.added":
                self._announced(event["item"])
            case "conversation.item.deleted":
                self.items.pop(event["item_id"], None)
            case "input_audio_buffer.speech_started":
                self.speech, self.turn = (event["item_id"], event["audio_start_ms"]), event["item_id"]
            case "input_audio_buffer.speech_stopped":
                self.speech = None
            case "input_audio_buffer.cleared":
                self.turn, self.speech = "", None
            case "input_audio_buffer.committed":
                # What was sent behind a commit by hand lies in the buffer when the server answers that: to count it as
                # gone would forbid the next turn. A commit that was refused without its name may leave one too many
                # here: then the client is trusted with more than there is, and never accused of less.
                self.buffered_ms, self.turn, self.speech = self.buffered_ms if self.commits else 0, "", None
                del self.commits[:1]
                self.committed.add(event["item_id"])
            case "response.created":
                response = event["response"]
                aside = "conversation_id" in response and response["conversation_id"] is None
                self.answers[response["id"]] = Answer(aside)
                self.active = self.active if aside else response["id"]
            case "response.done":
                self.answers.setdefault(event["response"]["id"], Answer(False)).done = True
                self.active = "" if self.active == event["response"]["id"] else self.active
            case _ if "response_id" in event:
                self._answer(kind, event)

    def _learn(self, session: dict[str, Any]) -> None:
        self.bytes_in, self.bytes_out = (
            BYTES_PER_MS.get(format_of(self.dialect, session, side), PCM) for side in ("input", "output")
        )
        self.voice = voice_of(self.dialect, session) or self.voice

    def _announced(self, item: dict[str, Any]) -> None:
        self.items[item["id"]] = item.get("role") or ""
        self.claimed.discard(item["id"])
        self.calls |= {item["call_id"]} if item["type"] == "function_call" else set()

    def output(self, event: dict[str, Any]) -> Output | None:
        """The item of an answer that an event belongs to."""
        answer = self.answers.get(event["response_id"])
        return answer.items.get(event.get("item_id") or at(event, "item.id")) if answer else None

    def _answer(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "response.output_item.added":
            answer, item = self.answers.get(event["response_id"]), event["item"]
            if answer is not None:
                answer.items[item["id"]] = Output(event["output_index"], item.get("call_id"))
                self.calls |= {item["call_id"]} if item.get("call_id") else set()
            return
        output = self.output(event)
        if output is None:
            return
        part = output.parts.get(event.get("content_index", 0))
        match kind:
            case "response.output_item.done":
                output.done = True
            case "response.content_part.added":
                output.parts[event["content_index"]] = Part()
            case "response.content_part.done" if part is not None:
                part.open = False
            case "response.output_audio.delta":
                self.delivered_ms[event["item_id"]] += len(audio_bytes(event["delta"]) or b"") / self.bytes_out
            case "response.output_text.delta" | "response.output_audio_transcript.delta" if part is not None:
                part.words += event["delta"]
            case "response.function_call_arguments.delta":
                output.arguments += event["delta"]


def voice_of(dialect: str, session: dict[str, Any]) -> object:
    """Voice that a session names; None: none."""
    return at(session, "audio.output.voice") if dialect == "ga" else session.get("voice")


def format_of(dialect: str, session: dict[str, Any], side: str) -> str:
    """Audio format of the ``input`` or ``output``; "" where the session names none."""
    ga = dialect == "ga"
    return str((at(session, f"audio.{side}.format.type") if ga else session.get(f"{side}_audio_format")) or "")
