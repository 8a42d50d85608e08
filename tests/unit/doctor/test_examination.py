import threading
from collections.abc import Iterator

from voice_tui.doctor.examination import Check, Examination
from voice_tui.doctor.finding import Finding, Grade


def finds(name: str) -> Iterator[Finding]:
    yield Finding(name, Grade.OK, "there")


def fails() -> Iterator[Finding]:
    raise OSError(5, "Input/output\x1b[2J error")
    yield  # pragma: no cover


def test_findings_come_in_the_order_of_the_checks_whoever_is_ready_first() -> None:
    second_done = threading.Event()

    def slow() -> Iterator[Finding]:
        assert second_done.wait(20)
        yield from finds("first")

    def quick() -> Iterator[Finding]:
        second_done.set()
        yield from finds("second")

    examination = Examination([Check("first", slow, 20), Check("second", quick, 20)], lambda: 0.0)
    assert [finding.name for finding in examination.findings()] == ["first", "second"]
    assert examination.hanging == []


def test_a_check_that_hangs_or_fails_is_one_line_and_the_others_are_told() -> None:
    forever = threading.Event()
    seconds = iter([0.0, 8.0, 8.0, 8.0])

    def hangs() -> Iterator[Finding]:
        forever.wait()
        yield from finds("never")

    checks = [
        Check("sound", hangs, 7.0, "start it anew"),
        Check("disk", fails, 20),
        Check("Python", lambda: finds("p")),
    ]
    examination = Examination(checks[:2], lambda: next(seconds))
    try:
        hung, failed = examination.findings()
    finally:
        forever.set()
    assert (hung.name, hung.grade, hung.advice) == ("sound", Grade.WARNING, "start it anew")
    assert hung.words == "no answer within 7 s"
    assert failed.words == "the check failed: OSError: [Errno 5] Input/output error"
    assert examination.hanging == ["sound"]


def test_what_computes_from_the_others_runs_after_them() -> None:
    found: list[str] = []

    def collects() -> Iterator[Finding]:
        found.append("others")
        yield from finds("others")

    def sums() -> Iterator[Finding]:
        assert found == ["others"]
        yield from finds("sum")

    checks = [Check("others", collects, 20), Check("sum", sums, last=True)]
    assert [finding.name for finding in Examination(checks, lambda: 0.0).findings()] == ["others", "sum"]
