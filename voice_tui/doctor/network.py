"""Endpoints: the door of each is knocked at, its models and its time are asked for; nothing is said or paid."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from voice_tui.doctor.finding import Finding, Grade
from voice_tui.drivers.handshake import Handshake, shake
from voice_tui.drivers.model_list import ModelList, fetch
from voice_tui.endpoints.models import MODELS, ModelTable
from voice_tui.endpoints.providers import Endpoint

HANDSHAKE_S, LIST_S = 8.0, 5.0
NEAR_S = 2.0  # a header tells whole seconds, and was under way
FAR_S = 30.0
SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Knocked:
    """An endpoint to be asked.

    Attributes:
        label: What it is called in the configuration.
        endpoint: Where it is; None: it can't be used as it is configured.
        chosen: It is the one that a conversation would be held with.
        problem: Why it can't be used, one line.
    """

    label: str
    endpoint: Endpoint | None
    chosen: bool = False
    problem: str = ""


@dataclass(slots=True)
class Doors:
    """The means of asking, and what was heard of the time.

    Attributes:
        today: The date.
        now: The time of day, s since 1970.
        table: What is known of models.
        shake: Opens a connection.
        fetch: Asks for the list of models.
        skews: Host → so far its clock is ahead, s.
    """

    today: date
    now: Callable[[], float]
    table: ModelTable = MODELS
    shake: Callable[[Endpoint], Coroutine[Any, Any, Handshake]] = lambda endpoint: shake(
        endpoint, patience_s=HANDSHAKE_S
    )
    fetch: Callable[[Endpoint], ModelList] | None = None
    skews: dict[str, float] = field(default_factory=dict)

    def knock(self, at: Knocked) -> Iterator[Finding]:
        """Ask one endpoint."""
        name, bad = f"endpoint {at.label}", Grade.PROBLEM if at.chosen else Grade.WARNING
        endpoint = at.endpoint
        if endpoint is None:
            what, _, advice = at.problem.rpartition(": ")
            yield Finding(name, bad, what or advice, advice if what else "", {"chosen": at.chosen})
            return
        facts: dict[str, object] = {
            "provider": endpoint.provider,
            "host": endpoint.host,
            "model": endpoint.model,
            "chosen": at.chosen,
            "key": endpoint.key_name if endpoint.headers else "",
        }
        where = " · ".join(filter(None, (endpoint.host, endpoint.model)))
        key = "Entra ID" if endpoint.entra else endpoint.key_name if endpoint.headers else "no key"
        done = asyncio.run(self.shake(endpoint))
        if done.problem:
            what, _, advice = done.problem.partition(": ")
            yield Finding(name, bad, f"{where}: {what}", advice, facts)
        else:
            began = "a session began" if done.session else "it says nothing first"
            facts["seconds"] = round(done.seconds, 3)
            yield Finding(name, Grade.OK, f"{where}: lets us in after {done.seconds:.2f} s, {began}; {key}", "", facts)
        if endpoint.provider != "embedded":
            yield from self._models(at.label, endpoint)

    def _models(self, label: str, endpoint: Endpoint) -> Iterator[Finding]:
        listed = (self.fetch or (lambda each: fetch(each, self.now, LIST_S)))(endpoint)
        if listed.skew_s is not None:
            self.skews[endpoint.host] = listed.skew_s
        name, model = f"model {label}", endpoint.model
        end = listed.ends.get(model)
        if end is not None and (end - self.today).days <= SOON_DAYS:
            words = f"{model} {'ended' if end < self.today else 'ends'} on {end:%Y-%m-%d}, its list says"
            yield Finding(name, Grade.WARNING, words, "choose another: --model", {"ends": end.isoformat()})
        elif words := self.table.farewell(model, self.today):
            what, _, advice = words.partition(": ")
            yield Finding(name, Grade.WARNING, what, advice)
        elif listed.problem:
            yield Finding(name, Grade.NOTE, f"no list of models: {listed.problem}")
        elif model and model not in listed.names:
            few = ", ".join(sorted(each for each in listed.names if "realtime" in each)[:5])
            words = f"{model} is not in the list of {len(listed.names)} models"
            advice = f"there are {few}" if few else "on Azure a deployment has a name of its own: that is no fault"
            yield Finding(name, Grade.NOTE, words, advice)
        else:
            until = f", until {end:%Y-%m-%d}" if end else ""
            yield Finding(name, Grade.OK, f"{model or 'any'} is in the list of {len(listed.names)} models{until}")

    def clock(self) -> Iterator[Finding]:
        """Whether our clock agrees with those of the servers."""
        if not self.skews:
            yield Finding("clock", Grade.NOTE, "not compared: no server told the time")
            return
        host, skew = max(self.skews.items(), key=lambda each: abs(each[1]))
        facts = {"skew_s": skew, "host": host}
        if abs(skew) <= NEAR_S:
            yield Finding("clock", Grade.OK, f"agrees with {host}", facts=facts)
            return
        words = f"{abs(skew):,.0f} s {'behind' if skew > 0 else 'ahead of'} {host}"
        advice = "let the system set its clock: certificates and the end of a session depend on it"
        bad = abs(skew) > FAR_S
        yield Finding("clock", Grade.WARNING if bad else Grade.NOTE, words, advice if bad else "", facts)
