from voice_tui.conversation.instruments import PAIR_S, Comparison
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.turns import DetectorsCompared


def told(bus: Outbox) -> DetectorsCompared:
    last = bus.notices[-1]
    assert isinstance(last, DetectorsCompared)
    return last


def test_onsets_close_together_are_one_voice_and_the_lead_has_a_sign() -> None:
    bus = Outbox()
    comparison = Comparison(bus)
    for first, second, gap in (("local", "server", 0.2), ("local", "server", 0.1), ("server", "local", 0.05)):
        bus.now += 10
        comparison.onset(first)
        bus.now += gap
        comparison.onset(second)
    assert told(bus) == DetectorsCompared(100, 3, 0)


def test_an_onset_without_a_partner_is_a_disagreement_once() -> None:
    bus = Outbox()
    comparison = Comparison(bus)
    comparison.onset("local")
    bus.now += PAIR_S + 0.1
    comparison.tick()
    comparison.tick()
    assert told(bus) == DetectorsCompared(None, 0, 1)
    assert len(bus.notices) == 1


def test_two_onsets_of_one_detector_leave_the_first_alone() -> None:
    bus = Outbox()
    comparison = Comparison(bus)
    comparison.onset("local")
    bus.now += 0.5
    comparison.onset("local")
    bus.now += 0.1
    comparison.onset("server")
    assert told(bus) == DetectorsCompared(100, 1, 1)
