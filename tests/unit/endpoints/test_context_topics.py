"""Topics, with vectors made by hand."""

from __future__ import annotations

from math import cos, radians, sin

import pytest

from tests.support.context_story import Talk
from voice_tui.messages.context import SUMMARY_HEADING as HEADING
from voice_tui.messages.context import ContextCleared, How, NewTopic, SetContext, SummaryMade, TopicChanged
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.inputs import Embedded

ASK = ContextSettings(mode=Mode.OFF, topic_mode=Mode.ASK, topic_threshold=0.5)

FOOD, CARS = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def direction(degrees: float) -> tuple[float, float]:
    return cos(radians(degrees)), sin(radians(degrees))


class Vectored(Talk):
    """Its driver knows the vector of each text."""

    def __init__(self, settings: ContextSettings = ASK, **vectors: tuple[float, ...] | None) -> None:
        super().__init__(settings)
        self.vectors = vectors
        self.connect()

    def about(self, kind: str, words: str = "and so on and on", answer: str = "") -> tuple[str, str]:
        """A turn and its answer, about something."""
        items = self.turn(f"{words} {kind}", answer or f"All right, {kind}")
        self.embed()
        return items

    def embed(self) -> None:
        self.tick(10)
        for embed in self.embeds:
            self.engine.receive(Embedded(embed.key, self.vectors[embed.text.split()[-1]]))
        self.embeds.clear()
        self.drain()

    @property
    def changes(self) -> list[TopicChanged]:
        return [x for x in self.notices if isinstance(x, TopicChanged)]


def test_every_finished_turn_is_embedded_once() -> None:
    talk = Vectored()
    user = talk.user("What shall we eat", written=False)
    talk.tick(10)
    assert talk.embeds == []
    talk.server.transcribed(user, "What shall we eat")
    talk.tick(10)
    answer = talk.begin("Fish")
    talk.tick(10)
    assert [(e.key, e.text) for e in talk.embeds] == [(user, "What shall we eat")]
    talk.finish(answer)
    talk.play(600)
    assert [e.key for e in talk.embeds] == [user, answer]


def test_off_embeds_nothing() -> None:
    talk = Vectored(ContextSettings())
    talk.turn("What shall we eat then")
    assert talk.embeds == []
    talk.want(SetContext(topic_mode="ask"))
    talk.turn("What shall we eat then")
    assert len(talk.embeds) == 4, "the latest turns, once it is switched on"


def test_another_topic_is_told_with_its_distance_and_choices() -> None:
    talk = Vectored(food=FOOD, cars=CARS)
    for _ in range(3):
        talk.about("food")
    assert talk.changes == []
    user, _ = talk.about("cars", "how fast are the")
    assert talk.changes == [TopicChanged(user, 1.0, "how fast are the cars", ("carry_on", "start_clean", "summarise"))]
    talk.about("cars")
    assert len(talk.changes) == 1, "it is the topic now"


@pytest.mark.parametrize(("threshold", "changes"), [(0.4, 1), (0.6, 0)])
def test_the_threshold_decides(threshold: float, changes: int) -> None:
    talk = Vectored(food=direction(0), near=direction(60))  # cosine distance 0.5
    talk.want(SetContext(topic_threshold=threshold))
    talk.about("food")
    talk.about("near")
    assert len(talk.changes) == changes


def test_short_answers_never_change_the_topic() -> None:
    talk = Vectored(food=FOOD, cars=CARS)
    talk.about("food")
    talk.about("cars", "yes please", "All right, food")
    assert talk.changes == []


def test_a_topic_drifts_without_changing() -> None:
    talk = Vectored(ASK, **{f"t{k}": direction(12 * k) for k in range(15)})
    for k in range(15):
        talk.about(f"t{k}")
    assert talk.changes == []


def test_coming_back_to_one_of_the_latest_turns_is_no_change() -> None:
    talk = Vectored(food=FOOD, cars=CARS)
    talk.about("food")
    talk.about("cars")
    talk.about("food")
    assert [c.text.split()[-1] for c in talk.changes] == ["cars"]


def test_the_assistants_turns_count_for_the_topic_but_do_not_change_it() -> None:
    talk = Vectored(food=FOOD, cars=CARS)
    talk.about("food", answer="By the way, cars")
    talk.about("cars")
    assert talk.changes == []


def test_turns_without_a_vector_do_not_count_and_strangers_are_ignored() -> None:
    talk = Vectored(food=FOOD, cars=CARS, nothing=None, zero=(0.0, 0.0, 0.0), other=(1.0, 0.0), odd=(float("nan"),) * 3)
    talk.about("food")
    for kind in ("nothing", "zero", "other", "odd"):
        talk.about(kind)
    talk.engine.receive(Embedded("stranger", CARS))
    assert talk.changes == []
    talk.about("cars")
    assert len(talk.changes) == 1


def test_start_clean_keeps_the_turn_that_changed_the_topic() -> None:
    talk = Vectored(food=FOOD, cars=CARS)
    talk.about("food")
    talk.about("food")
    talk.about("cars", "how fast are the")
    talk.want(NewTopic(How.START_CLEAN))
    talk.wait(200)
    assert talk.words == ["how fast are the cars", "All right, cars"]
    assert [x for x in talk.notices if isinstance(x, ContextCleared)] == [ContextCleared(4)]


def test_summarise_takes_what_was_before() -> None:
    talk = Vectored(food=FOOD, cars=CARS)
    talk.about("food")
    talk.about("cars", "how fast are the")
    talk.want(NewTopic(How.SUMMARISE))
    talk.wait(200)
    assert talk.question() == "User: and so on and on food\nAssistant: All right, food"


def test_carry_on_joins_both_topics() -> None:
    talk = Vectored(food=FOOD, cars=CARS, both=(1.0, 1.0, 0.0))
    talk.about("food")
    talk.about("cars")
    talk.want(NewTopic(How.CARRY_ON))
    words = talk.words
    talk.about("both")
    talk.wait(500)
    assert len(talk.changes) == 1
    assert talk.words[: len(words)] == words


def test_auto_summarises_without_asking() -> None:
    talk = Vectored(ContextSettings(mode=Mode.OFF, topic_mode=Mode.AUTO, topic_threshold=0.5), food=FOOD, cars=CARS)
    talk.about("food")
    talk.about("food")
    talk.about("cars", "how fast are the")
    assert talk.changes[0].choices == ()
    talk.wait(200)
    talk.write("They ate.")
    talk.wait(200)
    assert talk.words == [HEADING + "They ate.", "how fast are the cars", "All right, cars"]
    assert any(isinstance(x, SummaryMade) for x in talk.notices)
