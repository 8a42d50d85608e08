"""What has to be true after a walk, whatever was done in it.

A loss counts as one only where exactly its cause was there; `LOST_WITH_A_CONNECTION` names what a lost connection takes
with it: nothing. `BY_CHOICE` is what the caller did not want to be heard.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.simulation.erring import Served
from tests.simulation.evidence import Evidence
from tests.simulation.walk import Utterance, Walk
from tests.wire import faults
from voice_tui.audio.stream.pcm import RATE
from voice_tui.audio.stream.rings import FADE_MS
from voice_tui.endpoints.realtime.answers import CANCEL_S, CREATED, LOST_HERE
from voice_tui.messages.presets import PRESETS, Policy
from voice_tui.messages.talk import Announced, Interrupted, Phase, PhaseChanged
from voice_tui.rehearsal.virtual_time import START_S

LOST_WITH_A_CONNECTION: dict[str, str] = {}
BY_CHOICE = {
    "muted": "The microphone was closed.",
    "another preset": "Another detector took over: what the one before was hearing is no turn.",
    "half duplex": "Over an answer the preset does not listen.",
    "let be": "The preset took the voice over an answer for none that interrupts.",
    "no key": "The talk key was not down.",
}
BY_THE_SERVER = {
    "settings refused": "The server refused to listen in the way that the preset needs.",
    "narrow line": "The line could not take all of the sound, and that was counted.",
}
SETTLING_S = 3.0  # the longest silence that ends a turn, and what waits for it
LATE_S = 45.0  # a line on which nothing gets through is given up after two pings


@dataclass(frozen=True)
class Verdict:
    """What came of a walk.

    Attributes:
        faults: What is not as it has to be.
        lost: What was lost, by name of the cause.
    """

    faults: tuple[str, ...]
    lost: Counter[str]


def judge(walk: Walk) -> Verdict:
    """Look at everything that a walk has left."""
    judgement = Evidence(walk)
    found = [f"{check.__name__.strip('_')}: {fault}" for check in CHECKS for fault in check(judgement)]
    return Verdict(tuple(found), judgement.lost)


def _nothing_fails(j: Evidence) -> Iterator[str]:
    yield from j.world.logged


def _client_keeps_the_law(j: Evidence) -> Iterator[str]:
    """Nothing that the client sends breaks the law of the wire; what an erring server sends may.

    A server that has lost the word of a stopped answer's end would else never be asked for anything again. The clock
    runs from the decision: a line may take the cancel late.
    """
    began = j.world.runner.started - START_S
    decided = [began + notice.at_ms / 1000 for notice in j.world.told(Interrupted) if notice.cancelled]
    stopped = {
        event["response_id"]: max((when for when in decided if when <= at), default=at)
        for at, _, event in j.sent["response.cancel"]
    }
    for fault in faults(j.world.wire):
        at = j.world.wire[fault.line - 1]["t"]
        since = next((when for name, when in stopped.items() if name in fault.detail), at)
        abandoned = fault.rule == "asks_when_nothing_is_made" and at - since >= CANCEL_S
        if " client " in fault.event and not abandoned:
            yield str(fault)


def _configures_first(j: Evidence) -> Iterator[str]:
    """Before its settings were answered a session is sent nothing else."""
    answered: set[int] = set()
    for record in j.world.wire:
        kind, session = record["event"]["type"], record["session"]
        if record["dir"] == "server" and kind in ("session.updated", "error"):
            answered.add(session)
        elif record["dir"] == "client" and kind != "session.update" and session not in answered:
            yield f"{record['t']:.3f}: {kind} in session {session}"


def _asks_once(j: Evidence) -> Iterator[str]:
    """One request for an answer is under way at a time; another one is made only when the user was told of the first.

    A user who speaks again would else wait for the answer to a request that is lost.
    """
    given_up = [at for at, notice in j.told if isinstance(notice, Announced) and f"{CREATED} is missing" in notice.text]
    open_: dict[int, str] = {}
    since: dict[int, float] = {}
    for record in j.world.wire:
        event, session = record["event"], record["session"]
        match event["type"]:
            case "response.create" if event.get("response", {}).get("conversation") != "none":
                if session in open_ and not any(since[session] < at <= record["t"] for at in given_up):
                    yield f"{record['t']:.3f}: {event['event_id']} while {open_[session]} is not answered"
                open_[session], since[session] = event["event_id"], record["t"]
            case "response.created" | "error" | "response.done":
                open_.pop(session, None)


def _ends_idle(j: Evidence) -> Iterator[str]:
    if j.world.phase is not Phase.LISTENING:
        yield f"the phase is {j.world.phase}"
    yield from (f"{row.role} {row.text!r} is still to come" for row in j.rows if row.pending)


def _cuts_are_what_was_heard(j: Evidence) -> Iterator[str]:
    """Where the server was told that an answer was cut is where the listener stopped hearing it."""
    cuts = {e["item_id"]: e["audio_end_ms"] for _, _, e in j.sent["conversation.item.truncate"]}
    for row in j.rows:
        if row.role == "assistant" and row.cut is not None:
            cuts.setdefault(row.item_id, row.cut.heard_ms)
            if cuts[row.item_id] != row.cut.heard_ms:
                yield f"{row.item_id}: {cuts[row.item_id]} ms were told, {row.cut.heard_ms} ms shown"
    for item, end_ms in cuts.items():
        plain_ms = j.heard_samples(item) * 1000 // RATE
        if j.turned_down(item):
            received_ms = len(j.sound.get(item, ())) * 1000 // RATE
            if not plain_ms - FADE_MS <= end_ms <= received_ms:
                yield f"{item}: {end_ms} ms, and {plain_ms} ms of {received_ms} ms were heard, some turned down"
        elif end_ms != plain_ms:
            yield f"{item}: {end_ms} ms, and {plain_ms} ms were heard"


def _all_else_is_heard_to_its_end(j: Evidence) -> Iterator[str]:
    """Of an answer that nobody cut everything that came was heard."""
    rows = {row.item_id: row for row in j.rows}
    for item, sound in j.sound.items():
        row = rows.get(item)
        if row is None:
            if j.heard_samples(item) >= RATE // 1000:
                yield f"{item} was heard and has no row"
        elif row.cut is None and not j.turned_down(item) and j.heard_samples(item) != len(sound):
            yield f"{item}: {j.heard_samples(item)} of {len(sound)} samples"


def _answers_are_what_the_server_said(j: Evidence) -> Iterator[str]:
    """A row holds the server's words: all of them, unless it was cut or the rest was lost with its session."""
    said: dict[str, str] = defaultdict(str)
    session_of: dict[str, Served] = {}
    for served in j.walk.server.sessions:
        for _, event in served.given("response.output_audio_transcript.delta"):
            said[event["item_id"]] += event["delta"]
            session_of[event["item_id"]] = served
    whole = {e["item_id"] for _, _, e in j.received["response.output_audio_transcript.done"]}
    for row in j.rows:
        if row.role != "assistant":
            continue
        words = row.text + row.unheard
        if not said[row.item_id].startswith(words):
            yield f"{row.item_id} shows {words!r}, said was {said[row.item_id]!r}"
        elif row.cut is None and words != said[row.item_id]:
            served = session_of[row.item_id]
            if row.item_id in whole or served.ended is None:
                yield f"{row.item_id} shows only {words!r} of {said[row.item_id]!r}"
            elif row.note != LOST_HERE:
                yield f"{row.item_id} does not say that the connection was lost after {words!r}"
            elif not j.made_up_for(served.ended, served.first(row.item_id)):
                yield f"{row.item_id} is not gone on with after {words!r}"


def _nothing_said_is_lost(j: Evidence) -> Iterator[str]:
    """Every sentence of the caller stands in the transcript, in order, or there is a reason why not."""
    text = [row.text for row in j.rows if row.role == "user"]
    places: list[tuple[int, str]] = []
    for said in j.walk.spoken:
        place = next((number for number, words in enumerate(text) if said.text in words), None)
        if place is not None:
            places.append((place, said.text))
        elif (cause := _cause(j, said)) is None:
            yield f"{said.start:.2f}: {said.text!r}"
        else:
            j.lost[cause] += 1
    yield from (f"{b!r} stands before {a!r}" for (i, a), (k, b) in pairwise(places) if k < i)


def _cause(j: Evidence, said: Utterance) -> str | None:
    """Why a sentence is not in the transcript, None where there is no reason."""
    end = _kept_until(j, said) + SETTLING_S
    found = j.found(said)
    for served, size in found:
        had = served.had(size)
        told = [at for at, _, _ in j.received["input_audio_buffer.speech_stopped"] if at >= had]
        end = max(end, had + SETTLING_S, *told[:1])  # a line that is late lets the detector at work wait
    if len(j.during("preset", said.start, end, j.world.preset)) > 1:
        return "another preset"
    if not found and any(j.during("muted", said.start, said.end, False)):
        return "muted"
    return _by_the_preset(j, said, end) or _by_the_server(j, said, end)


def _kept_until(j: Evidence, said: Utterance) -> float:
    """When a sentence is sent at the latest: at its end, or where it is kept behind an answer, at the end of that."""
    preset = PRESETS[j.during("preset", said.start, said.end, j.world.preset)[0]]
    phases = j.when(PhaseChanged, lambda n: n.phase)
    if preset.policy is not Policy.DETECT or j.during("phase", said.start, said.end, None)[-1] is Phase.LISTENING:
        return said.end
    return next((at for at, phase in phases if at > said.end and phase is Phase.LISTENING), j.world.now)


def _by_the_preset(j: Evidence, said: Utterance, end: float) -> str | None:
    preset = PRESETS[j.during("preset", said.start, said.end, j.world.preset)[0]]
    over_an_answer = {Phase.ASSISTANT_SPEAKING, Phase.THINKING, Phase.INTERRUPTED} & set(
        j.during("phase", said.start, end, Phase.LISTENING)
    )
    if preset.policy is Policy.IGNORE and over_an_answer:
        return "half duplex"
    if preset.policy is Policy.KEY and not all(j.during("talking", said.start + 0.02, said.end - 0.02, False)):
        return "no key"
    if preset.policy is Policy.NATURAL and over_an_answer:
        return "let be"
    return None


def _by_the_server(j: Evidence, said: Utterance, end: float) -> str | None:
    """Why a sentence never became a turn; one that did keeps its row and our own words, whatever the server says."""
    took = [event for served in j.walk.server.sessions for _, event in served.took]
    updates = {event["event_id"] for event in took if event["type"] == "session.update"}
    agreed = [at for at, _, _ in j.received["session.updated"]]
    for at, _, event in j.received["error"]:
        # From the refusal on, until the server has taken an update that says all of it again.
        refused = event["error"]["event_id"] in updates and at <= end
        if refused and not any(at < when <= said.start for when in agreed):
            return "settings refused"
    dropped = j.during("dropped", said.start, end + LATE_S, 0)
    return "narrow line" if dropped[-1] > dropped[0] else None


def _questions_are_answered(j: Evidence) -> Iterator[str]:
    """After every turn that the server has, an answer begins; where the session was over first, in the next."""
    for served in j.walk.server.sessions:
        answers = [at for at, _ in served.given("response.created")]
        turns = [(at, e["item_id"]) for at, e in served.given("input_audio_buffer.committed")]
        turns += [(at, e["item"]["id"]) for at, e in served.took if e["type"] == "conversation.item.create"]
        silent = [item for at, item in turns if not any(answer >= at for answer in answers)]
        for item in silent:
            asked = next(at for at, name in turns if name == item)
            if served.ended is None or not j.made_up_for(served.ended, asked):
                yield item


def _nothing_written_is_lost(j: Evidence) -> Iterator[str]:
    """What was typed while the session was live stands in the transcript, in order, and the server was sent it."""
    text = [row.text for row in j.rows if row.role == "user"]
    places = []
    for at, words in j.walk.written:
        if words not in text:
            yield f"{at:.2f}: {words!r} is not in the transcript"
            continue
        places.append((text.index(words), words))
        sessions = [
            served
            for served in j.walk.server.sessions
            for _, event in served.took
            if event["type"] == "conversation.item.create" and words in str(event["item"])
        ]
        if not sessions:
            yield f"{at:.2f}: {words!r} has not reached the server"
    yield from (f"{b!r} stands before {a!r}" for (i, a), (k, b) in pairwise(places) if k < i)


CHECKS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    _nothing_fails,
    _client_keeps_the_law,
    _configures_first,
    _asks_once,
    _ends_idle,
    _cuts_are_what_was_heard,
    _all_else_is_heard_to_its_end,
    _answers_are_what_the_server_said,
    _nothing_said_is_lost,
    _questions_are_answered,
    _nothing_written_is_lost,
)
