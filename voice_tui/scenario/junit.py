"""JUnit XML of the scenarios of a run, as CI servers read it."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from voice_tui.plain_text import clean_text
from voice_tui.scenario.run import ScenarioResult

SUITE = "voice-tui"


def junit(results: Sequence[ScenarioResult]) -> str:
    """One suite with a case for each scenario; a failed case says why, and every one says what happened."""
    suite = ET.Element("testsuite", name=SUITE, tests=str(len(results)))
    suite.set("failures", str(sum(bool(result.failures) and not result.error for result in results)))
    suite.set("errors", str(sum(bool(result.error) for result in results)))
    suite.set("time", f"{sum(result.seconds for result in results):.3f}")
    for result in results:
        _case(suite, result)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, result: ScenarioResult) -> None:
    path = str(result.file.path)
    case = ET.SubElement(suite, "testcase", name=_text(result.file.scenario.name), classname=_text(path))
    case.set("file", _text(path))
    case.set("time", f"{result.seconds:.3f}")
    if result.error:
        ET.SubElement(case, "error", message=_text(result.error))
    elif result.failures:
        lines = [f"{path}:{failure.line}: {failure.reason}" for failure in result.failures]
        ET.SubElement(case, "failure", message=_text(result.failures[0].reason)).text = _text("\n".join(lines))
    timeline = result.timeline
    lines = timeline.lines() + ([f"recording: {result.recording}"] if result.recording is not None else [])
    if lines:
        ET.SubElement(case, "system-out").text = _text("\n".join(lines))


def _text(text: str) -> str:
    """What XML can hold: clean text has no control characters left, and these two are no characters at all."""
    return clean_text(text).translate({0xFFFE: "?", 0xFFFF: "?"})
