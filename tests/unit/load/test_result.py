"""What a load comes to: exit codes, what is void, who went away, and the table."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from voice_tui.endpoints.realtime.wire.items import RateLimit
from voice_tui.load.lag import Lag
from voice_tui.load.result import FINE, LACKING, VOID, Result, Row, result
from voice_tui.load.table import lines
from voice_tui.load.tally import BEGUN, LIMITED, SESSIONS, TURNED_AWAY, Crew, Tally, unpacked
from voice_tui.load.turns import Outcome


def tally(lag_s: float = 0.001, **counts: int) -> Tally:
    lag = Lag()
    for _ in range(100):
        lag.add(lag_s)
    return Tally(Counter(counts), lag, {}, 0.5, 2)


def told(crew: Crew, errors: dict[str, int] | None = None) -> Result:
    rows = [Row("turn", 3, 1, 100.0, 200.0, 300.0, 310.0), Row("yield", 1, 1)]
    return result(crew, rows, errors or {}, url="ws://127.0.0.1:1/v1", asked=4, seconds=12.34, finished=True)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({BEGUN: 3, Outcome.ANSWERED: 3}, FINE),
        ({BEGUN: 4, Outcome.ANSWERED: 3, Outcome.UNFINISHED: 1}, FINE),
        ({BEGUN: 4, Outcome.ANSWERED: 3, Outcome.REFUSED: 1}, LACKING),
        ({BEGUN: 4, Outcome.ANSWERED: 3, Outcome.LOST: 1}, LACKING),
        ({BEGUN: 4, Outcome.ANSWERED: 3}, LACKING),
        ({BEGUN: 3, Outcome.ANSWERED: 3, TURNED_AWAY: 1}, LACKING),
        ({}, LACKING),
    ],
)
def test_the_exit_code_says_whether_every_turn_was_answered(counts: dict[str, int], code: int) -> None:
    assert told(Crew({"a": tally(**counts)})).exit_code == code


def test_an_error_that_no_turn_tells_of_counts_too() -> None:
    assert told(Crew({"a": tally(begun=1, answered=1)}), {"error odd: odd": 1}).exit_code == LACKING


def test_one_late_process_makes_the_whole_run_void_however_many_are_on_time() -> None:
    crew = Crew({name: tally(begun=1, answered=1) for name in "abcdefghij"})
    assert not told(crew).void
    crew.tallies["late"] = tally(0.0151, begun=1, answered=1)
    late = told(crew)
    assert late.void
    assert late.exit_code == VOID
    assert any(line.startswith("VOID") and "15." in line for line in lines(late))
    assert all(len(line) <= 80 for line in lines(late)), "a line that is broken in two would not be painted over"


@pytest.mark.parametrize(("cpu", "words"), [(0.9, "fewer sessions"), (0.2, "used 20% of a core: something else")])
def test_what_is_void_says_whether_it_had_too_much_to_do_or_was_held_up(cpu: float, words: str) -> None:
    late = tally(0.0151, begun=1, answered=1)
    late.cpu = cpu
    said = lines(told(Crew({"late": late})))
    assert any(words in line for line in said)
    assert all(len(line) <= 80 for line in said)


def test_who_goes_away_takes_only_its_own_turns_along() -> None:
    crew = Crew({"stays": tally(begun=5, answered=5), "goes": tally(begun=4, answered=2)}, {"goes"})
    end = told(crew)
    assert (end.workers_gone, end.went_along, end.unaccounted) == (1, 2, 0)
    assert end.begun == 9
    assert end.open == 2, "its sessions went too"
    assert any("went away, and 2 turns" in line for line in lines(end))


def test_what_is_not_accounted_for_is_said() -> None:
    end = told(Crew({"a": tally(begun=5, answered=3, lost=1)}))
    assert end.unaccounted == 1
    assert any("1 turns are not accounted for" in line for line in lines(end))


def test_what_was_under_way_where_nobody_waited_for_it_is_unfinished() -> None:
    end = told(Crew({"a": tally(begun=5, answered=3)}, cut_off=True))
    assert (end.turns[Outcome.UNFINISHED], end.unaccounted, end.exit_code) == (2, 0, FINE)
    assert sum(end.turns.values()) == end.begun


def test_counts_survive_the_way_between_processes() -> None:
    one = tally(begun=2, answered=1, refused=1, sessions=2, limited=3)
    one.budgets([RateLimit("tokens", 1_000, 250, 3.0), RateLimit("requests", 0, 0)])
    one.budgets([RateLimit("tokens", 1_000, 900, 3.0)])
    packed = msgspec.msgpack.decode(msgspec.msgpack.encode(one.packed()))
    other = unpacked(packed)
    end = told(Crew({"a": other}))
    assert (end.begun, end.sessions, end.limited) == (2, one.counts[SESSIONS], one.counts[LIMITED])
    assert end.budgets == {"tokens": 0.25}
    assert end.frames == 100


def test_the_table_tells_everything_in_80_columns_and_nothing_gives_orders_to_the_terminal() -> None:
    end = told(Crew({"a": tally(begun=3, answered=2, refused=1)}), {"turn: refused: \x1b[31mred": 2})
    shown = lines(end)
    assert "3 begun: 2 answered, 1 refused, 0 lost" in "\n".join(shown)
    assert all(len(line) <= 80 for line in shown)
    assert "\x1b" not in "".join(shown)
    assert msgspec.json.decode(msgspec.json.encode(end), type=Result) == end
