from collections.abc import Callable
from datetime import date

import pytest

from tests.support.endpoints import endpoint_of
from voice_tui.doctor.finding import Finding, Grade
from voice_tui.doctor.network import Doors, Knocked
from voice_tui.drivers.handshake import Handshake
from voice_tui.drivers.model_list import ModelList, list_url
from voice_tui.endpoints.providers import Endpoint

TODAY = date(2026, 11, 29)
AZURE = endpoint_of("azure", "https://r.openai.azure.com", "my-deployment", "k" * 32, "AZURE_OPENAI_API_KEY")
OPENAI = endpoint_of("openai", model="gpt-realtime-2.1", key="sk-" + "k" * 32, key_name="OPENAI_API_KEY")
NOTHING = ModelList()
LET_IN = Handshake("", 0.31, session=True)


def shaking(done: Handshake) -> Callable[[Endpoint], object]:
    async def shake(endpoint: Endpoint) -> Handshake:
        return done

    return shake


def knock(
    endpoint: Endpoint = OPENAI, done: Handshake = LET_IN, listed: ModelList = NOTHING, *, chosen: bool = True
) -> tuple[list[Finding], Doors]:
    doors = Doors(TODAY, lambda: 0.0, shake=shaking(done), fetch=lambda each: listed)  # type: ignore[arg-type]  # a coroutine
    return list(doors.knock(Knocked("openai", endpoint, chosen))), doors


def test_an_endpoint_that_lets_us_in_is_told_with_its_key_s_variable_and_its_model() -> None:
    (door, model), _ = knock(listed=ModelList(frozenset({"gpt-realtime-2.1", "other"})))
    assert door.words == ("api.openai.com · gpt-realtime-2.1: lets us in after 0.31 s, a session began; OPENAI_API_KEY")
    assert (door.grade, model.grade) == (Grade.OK, Grade.OK)
    assert model.words == "gpt-realtime-2.1 is in the list of 2 models"
    assert "kkkk" not in repr([door, model])


@pytest.mark.parametrize(("chosen", "grade"), [(True, Grade.PROBLEM), (False, Grade.WARNING)])
def test_a_refused_key_is_a_problem_only_where_the_endpoint_is_the_chosen_one(chosen: bool, grade: Grade) -> None:
    refused = Handshake("HTTP 401, the key was refused: check OPENAI_API_KEY")
    (door, _), _ = knock(done=refused, chosen=chosen)
    assert door.grade is grade
    assert door.words.endswith("HTTP 401, the key was refused")
    assert door.advice == "check OPENAI_API_KEY"


@pytest.mark.parametrize(
    ("listed", "model", "grade", "words", "advice"),
    [
        (ModelList(frozenset({"gpt-realtime-2.1"}), {"gpt-realtime-2.1": date(2026, 12, 24)}), "gpt-realtime-2.1",
         Grade.WARNING, "gpt-realtime-2.1 ends on 2026-12-24, its list says", "choose another: --model"),
        (ModelList(frozenset({"gpt-realtime-2.1"}), {"gpt-realtime-2.1": date(2026, 1, 1)}), "gpt-realtime-2.1",
         Grade.WARNING, "gpt-realtime-2.1 ended on 2026-01-01, its list says", "choose another: --model"),
        (ModelList(frozenset({"gpt-realtime-2.1"}), {"gpt-realtime-2.1": date(2028, 1, 1)}), "gpt-realtime-2.1",
         Grade.OK, "gpt-realtime-2.1 is in the list of 1 models, until 2028-01-01", ""),
        (ModelList(frozenset({"gpt-realtime"})), "gpt-realtime",
         Grade.WARNING, "the model gpt-realtime ends on 2027-01-20", "choose gpt-realtime-2.1"),
        (ModelList(frozenset({"gpt-realtime-2.1"})), "gpt-realtimee",
         Grade.NOTE, "gpt-realtimee is not in the list of 1 models", "there are gpt-realtime-2.1"),
        (ModelList(problem="HTTP 404, not found"), "gpt-realtime-2.1",
         Grade.NOTE, "no list of models: HTTP 404, not found", ""),
    ],
)  # fmt: skip
def test_the_end_of_a_model_is_said(listed: ModelList, model: str, grade: Grade, words: str, advice: str) -> None:
    (_, found), _ = knock(endpoint_of("openai", model=model, key="k" * 9), listed=listed)
    assert found.grade is grade
    assert found.words.startswith(words)
    assert found.advice == advice


def test_what_cannot_be_used_as_configured_is_said_without_being_asked() -> None:
    doors = Doors(TODAY, lambda: 0.0, fetch=lambda each: pytest.fail("asked"))
    (found,) = doors.knock(Knocked("chosen", None, True, "provider openai: set OPENAI_API_KEY (or voice-tui setup)"))
    assert (found.grade, found.words) == (Grade.PROBLEM, "provider openai")
    assert found.advice == "set OPENAI_API_KEY (or voice-tui setup)"


@pytest.mark.parametrize(
    ("skew", "grade", "words"),
    [
        (1.4, Grade.OK, "agrees with api.openai.com"),
        (-12.0, Grade.NOTE, "12 s ahead of api.openai.com"),
        (4_000.0, Grade.WARNING, "4,000 s behind api.openai.com"),
    ],
)
def test_the_clock_is_compared_with_the_server_s(skew: float, grade: Grade, words: str) -> None:
    _, doors = knock(listed=ModelList(skew_s=skew))
    (found,) = doors.clock()
    assert (found.grade, found.words) == (grade, words)


def test_without_a_server_the_clock_is_not_compared() -> None:
    (found,) = Doors(TODAY, lambda: 0.0).clock()
    assert found.grade is Grade.NOTE


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        (OPENAI, "https://api.openai.com/v1/models"),
        (AZURE, "https://r.openai.azure.com/openai/v1/models"),
        (
            endpoint_of("azure-preview", "https://r.openai.azure.com", "d"),
            "https://r.openai.azure.com/openai/models?api-version=2025-04-01-preview",
        ),
        (endpoint_of("voice-live", "https://r.services.ai.azure.com"), ""),
        (endpoint_of("any", "ws://127.0.0.1:8000/elsewhere"), ""),
    ],
)
def test_the_list_is_looked_for_beside_the_websocket(endpoint: Endpoint, url: str) -> None:
    assert list_url(endpoint) == url
