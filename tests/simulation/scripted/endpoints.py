"""The endpoints of the providers' rows as stand-ins: what each does otherwise than the embedded server, as data.

A client is opened as ``--provider NAME`` opens it: its dialect, deviations and capabilities are those of the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.simulation.abroad import Interpreter, Sound
from tests.simulation.scripted.answers import PREAMBLE, Preamble
from tests.simulation.scripted.deviations import (
    ADDED,
    DONE,
    HEARD,
    WORDS,
    CancelledFirst,
    SentenceBySentence,
)
from tests.simulation.scripted.habits import (
    Abandons,
    ByItselfOnly,
    Cumulative,
    DeafTo,
    KeepsListening,
    NestedTools,
    OnTop,
    Rates,
    Stamped,
    Twice,
    WaitsForClient,
    WarmsUp,
    only_of_users,
    without,
    worded,
)
from tests.simulation.scripted.rules import (
    Calls,
    Event,
    Forces,
    Ignores,
    Lacks,
    LeavesOut,
    Refuses,
    Rule,
    Says,
    Without,
)
from tests.simulation.scripted.server import scripted
from tests.simulation.scripted.talk import talk
from tests.simulation.world import Scene, World, simulate
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.messages.profile import Place
from voice_tui.settings import profiles
from voice_tui.settings.choice import choose
from voice_tui.settings.config import load

AUDIO_IN = "session.audio.input."
FOUND = AUDIO_IN + "turn_detection."
CUTS, ANSWERS = FOUND + "interrupt_response", FOUND + "create_response"
ITEM_DONE = "conversation.item.done"
TRUNCATE, RETRIEVE = "conversation.item.truncate", "conversation.item.retrieve"
WRITES_DOWN = Forces(AUDIO_IN + "transcription", {"model": "its own"}, unasked=True)
BY_ITSELF = (Forces(CUTS, True), Forces(ANSWERS, True))
NOT_SAID = tuple(
    Says(f"session.{end}", without("create_response", "interrupt_response")) for end in ("created", "updated")
)
ON_TOP = {"voice": ("output", "voice"), "turn_detection": ("input", "turn_detection")}


def conversation(*, first: bool) -> Says:
    """``conversation.created`` comes beside ``session.created``."""
    extra: Event = {"type": "conversation.created", "event_id": "event_c", "conversation": {"id": "conv_1"}}
    return Says("session.created", lambda event: [extra, event] if first else [event, extra])


def capable(event: Event) -> list[Event]:
    """A session says what it can do."""
    event["session"]["capabilities"] = {"supports_audio_truncate": True}
    return [event]


def uncounted(event: Event) -> list[Event]:
    """Nothing is said of what it costs."""
    event.pop("usage", None)
    return [event]


@dataclass(frozen=True)
class StandIn:
    """A server in place of an endpoint.

    Attributes:
        provider: The row of `PROVIDERS`.
        rules: What it does otherwise than the embedded server.
        names: What the client says something about, by a part of its line; no line has none of them.
        says_more: Messages that come before each answer.
        settings: What the user has set, by variable.
    """

    provider: str
    rules: Sequence[Rule]
    names: tuple[str, ...] = ()
    says_more: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


AZURE = {
    "AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com",
    "AZURE_OPENAI_API_KEY": "k",
    "AZURE_OPENAI_DEPLOYMENT": "d",
}
VOICE_LIVE = {"AZURE_VOICELIVE_ENDPOINT": "https://r.services.ai.azure.com", "AZURE_VOICELIVE_API_KEY": "k"}
DASHSCOPE = {"DASHSCOPE_API_KEY": "k", "DASHSCOPE_WORKSPACE_ID": "w"}
XAI = (OnTop(ON_TOP), *NOT_SAID, *BY_ITSELF, WRITES_DOWN, Cumulative(), LeavesOut(ITEM_DONE), Refuses(RETRIEVE))
VLLM = (
    *(Lacks(ANSWERS), Lacks(CUTS), Lacks(FOUND + "type", "semantic_vad"), WRITES_DOWN),
    *(Twice(ADDED, "conversation.item.created"), LeavesOut(f"{WORDS}.delta"), Says("session.created", capable)),
    Rates({"input": 16_000, "output": 24_000}, tagged=True),
)
HUGGING_FACE = (
    *(Calls(ADDED, "conversation.item.created"), LeavesOut(ITEM_DONE), CancelledFirst(), SentenceBySentence()),
    *(Ignores(TRUNCATE), Refuses("input_audio_buffer.clear", None), Refuses(RETRIEVE, None), WRITES_DOWN),
    KeepsListening(),
    Rates({"input": 16_000, "output": 16_000}, asked=True),
)

STAND_INS: dict[str, StandIn] = {
    "openai": StandIn("openai", [Preamble()], says_more=(PREAMBLE,), settings={"OPENAI_API_KEY": "k"}),
    "azure": StandIn("azure", [DeafTo("semantic_vad")], settings=AZURE),
    "azure-preview": StandIn("azure-preview", [Interpreter(Sound(), cuts=False)], settings=AZURE),
    "voice-live": StandIn(
        "voice-live",
        [
            Interpreter(Sound(), voices=True, cuts=False),
            Says(ITEM_DONE, only_of_users),
            Says(f"{WORDS}.completed", uncounted),
        ],
        settings=VOICE_LIVE,
    ),
    "xai": StandIn("xai", [*XAI, conversation(first=False), Says(DONE, worded)], settings={"XAI_API_KEY": "k"}),
    "xai, conversation first": StandIn("xai", [*XAI, conversation(first=True)], settings={"XAI_API_KEY": "k"}),
    "xai, abandoned answers": StandIn("xai", [*XAI, Abandons()], settings={"XAI_API_KEY": "k"}),
    "qwen": StandIn(
        "qwen",
        [
            Interpreter(Sound(), "pcm", cuts=False),
            *(NestedTools(), Refuses(TRUNCATE), Refuses(RETRIEVE), WRITES_DOWN),
            Rates({"input": 16_000, "output": 24_000}),
        ],
        settings=DASHSCOPE,
    ),
    "vllm-omni": StandIn("vllm-omni", VLLM, settings={"VOICE_TUI_MODEL": "m"}),
    "vllm-omni, client first": StandIn(
        "vllm-omni", [WaitsForClient(), *VLLM], ("no session.created yet",), settings={"VOICE_TUI_MODEL": "m"}
    ),
    "hugging-face": StandIn("hugging-face", HUGGING_FACE),
    "hugging-face, says less": StandIn(
        "hugging-face",
        [*HUGGING_FACE, LeavesOut("session.updated"), LeavesOut("response.output_item.added")],
        ("no session.updated", "response.output_item.added"),
    ),
    "speaches": StandIn(
        "speaches",
        [
            Interpreter(Sound(), cuts=False),
            *(Refuses("session.update", None, applied=True), Refuses("response.cancel"), Refuses(TRUNCATE)),
            *(Forces(CUTS, True), WRITES_DOWN, Abandons(), LeavesOut(f"{WORDS}.delta")),
        ],
        ("they are sent one by one", "they count as applied"),
        settings={"VOICE_TUI_MODEL": "m"},
    ),
    "localai": StandIn(
        "localai",
        [
            *(WarmsUp(40.0), Stamped("event_TODO"), Without(HEARD, "item_id"), LeavesOut(ITEM_DONE), ByItselfOnly()),
            *(*NOT_SAID, *BY_ITSELF, WRITES_DOWN),
        ],
        ("no session.created yet", f"{HEARD}: item_id", f"server's {HEARD}"),
        settings={"VOICE_TUI_MODEL": "m"},
    ),
}


class Provided(World):
    """A world whose endpoint is a provider's: set it with `endpoint`."""

    endpoint: Endpoint

    async def _resolve(self) -> Endpoint:
        return self.endpoint


def conversed(stand_in: StandIn, preset: str, scene: Scene = talk, seed: int = 5, **more: Any) -> World:
    """A talk with a stand-in, as ``voice-tui --provider NAME`` would hold it."""
    config, problems = load({"provider": stand_in.provider}, stand_in.settings)
    assert problems == []
    row, endpoint = PROVIDERS[stand_in.provider], choose(config)
    assert endpoint is not None
    profile = replace(profiles.profile(config, None, row), greeting="")
    place = Place(row.capabilities, profile.voice, profile.transcription_model)
    there = type("There", (Provided,), {"endpoint": replace(endpoint, place=place)})
    options = {"profile": profile, "capabilities": row.capabilities}
    return simulate(scene, seed, preset, world=there, serve=scripted(stand_in.rules), **options, **more)
