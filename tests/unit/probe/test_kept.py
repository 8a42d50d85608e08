import json
import stat
from pathlib import Path

import pytest

from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.profile import Capabilities
from voice_tui.probe.findings import Report, Verdict
from voice_tui.probe.kept import Kept, KeptResults, address_of
from voice_tui.probe.overlay import overlay

NOW = 1_790_000_000.0
DAY = 86_400.0


def report(model: str = "m", **verdicts: Verdict) -> Report:
    made = Report("host/v1/realtime", model)
    for name, verdict in verdicts.items():
        made.add("step", name, verdict, "seen")
    return made


def test_what_was_found_is_there_again_and_what_was_not_asked_stays(tmp_path: Path) -> None:
    kept = KeptResults(tmp_path / "state" / "probes.json")
    kept.keep(report(truncate=Verdict.NO, cancel=Verdict.YES), NOW)
    kept.keep(report(cancel=Verdict.UNDECIDED), NOW + DAY)
    kept.keep(report("other", cancel=Verdict.NO), NOW)
    assert kept.of("host/v1/realtime", "m") == {
        "truncate": Kept(Verdict.NO, "seen", NOW),
        "cancel": Kept(Verdict.UNDECIDED, "seen", NOW + DAY),
    }
    assert kept.of("elsewhere", "m") == {}


def test_nobody_else_can_read_it_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "probes.json"
    path.touch(0o644)
    KeptResults(path).keep(report(cancel=Verdict.YES), NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["probes.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"version": 9}',
        '{"version": 1, "probes": []}',
        '{"version": 1, "probes": {"h m": [1]}}',
        "[" * 9999,
    ]
    + [
        json.dumps({"version": 1, "probes": {"h m": {"cancel": value}}})
        for value in (None, {}, {"verdict": "maybe"}, 3)
    ]
    + [json.dumps({"version": 1, "probes": {"h m": {"no such question": {"verdict": "no", "words": "", "at": 1}}}})],
)
def test_a_file_that_cannot_be_read_holds_nothing_and_is_written_anew(tmp_path: Path, content: str) -> None:
    path = tmp_path / "probes.json"
    path.write_text(content)
    kept = KeptResults(path)
    assert kept.of("h", "m") == {}
    kept.keep(report(cancel=Verdict.YES), NOW)
    assert kept.of("host/v1/realtime", "m")


def test_one_endpoint_is_forgotten_and_no_other(tmp_path: Path) -> None:
    kept = KeptResults(tmp_path / "probes.json")
    assert not kept.forget("host/v1/realtime", "m")
    kept.keep(report(cancel=Verdict.YES), NOW)
    kept.keep(report("other", cancel=Verdict.YES), NOW)
    assert kept.forget("host/v1/realtime", "m")
    assert kept.of("host/v1/realtime", "m") == {}
    assert kept.of("host/v1/realtime", "other")


def test_an_address_is_kept_without_its_query() -> None:
    assert address_of(Endpoint("any", "wss://h:1/v1/realtime?model=m&sig=1", "m")) == "h:1/v1/realtime"
    assert address_of(Endpoint("embedded", "ws://127.0.0.1:40123/v1/realtime", "demo brain")) == "embedded"


def test_decided_answers_go_before_the_row_and_the_others_leave_it_alone() -> None:
    row = Capabilities(semantic_vad=False, retrieve=False)
    found = {
        "truncate": Kept(Verdict.NO, "not answered", NOW),
        "semantic_vad": Kept(Verdict.YES, "2 of 2", NOW),
        "retrieve": Kept(Verdict.UNDECIDED, "lost", NOW),
        "silence_duration_ms": Kept(Verdict.NO, "the same with both", NOW),
        "threshold": Kept(Verdict.YES, "deaf at 1.0", NOW),
    }
    able, said = overlay(row, found, NOW + DAY)
    assert (able.truncate, able.semantic_vad, able.retrieve, able.cancel) == (False, True, False, True)
    assert able.observed == {
        "silence_duration_ms": Observed(Seen.NOT_SEEN, "probed on 2026-09-21: the same with both"),
        "threshold": Observed(Seen.WORKS, "probed on 2026-09-21: deaf at 1.0"),
        "eagerness": Observed(Seen.WORKS, "probed on 2026-09-21: 2 of 2"),
    }
    assert said == ["by its probe of 2026-09-21 this endpoint has no truncate"]


def test_what_is_older_than_a_month_is_said_and_not_used() -> None:
    found = {"truncate": Kept(Verdict.NO, "not answered", NOW)}
    able, said = overlay(Capabilities(), found, NOW + 31 * DAY)
    assert able == Capabilities()
    assert said == ["the probe of this endpoint is of 2026-09-21 and no longer used: voice-tui probe asks anew"]
    assert overlay(Capabilities(), {}, NOW) == (Capabilities(), [])
