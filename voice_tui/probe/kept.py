"""What probes found, kept from one run to the next: a file for all endpoints, readable only by its owner.

It holds host, path and model, never a query, a header or a key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_tui import plain_file
from voice_tui.endpoints.address import shown
from voice_tui.endpoints.providers import Endpoint
from voice_tui.private_file import replace_private
from voice_tui.probe.findings import Report, Verdict
from voice_tui.probe.questions import QUESTIONS

VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer of an endpoint.

    Attributes:
        verdict: The answer.
        words: What was seen.
        at: When, s since 1970.
    """

    verdict: Verdict
    words: str
    at: float


class KeptResults:
    """The file.

    Args:
        path: Where it is; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, where: str, model: str) -> dict[str, Kept]:
        """What is known of an endpoint and a model, by the question's name; a file that can't be read holds nothing."""
        found = self._read().get(_key(where, model))
        out: dict[str, Kept] = {}
        for name, value in found.items() if isinstance(found, dict) else ():
            with suppress(ValueError, KeyError, TypeError):
                if name in QUESTIONS:
                    out[name] = Kept(Verdict(value["verdict"]), str(value["words"]), float(value["at"]))
        return out

    def keep(self, report: Report, at: float) -> None:
        """Put in what was found; what was not asked stays as it was.

        Raises:
            OSError: It can't be written.
        """
        everything = self._read()
        mine = everything.get(_key(report.where, report.model))
        mine = mine if isinstance(mine, dict) else {}
        for finding in report.findings:
            mine[finding.name] = {"verdict": finding.verdict.value, "words": finding.words, "at": at}
        self._write(everything | {_key(report.where, report.model): mine})

    def forget(self, where: str, model: str) -> bool:
        """Take an endpoint and model out; False where nothing was kept.

        Raises:
            OSError: The file can't be written.
        """
        everything = self._read()
        if everything.pop(_key(where, model), None) is None:
            return False
        self._write(everything)
        return True

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(plain_file.text(self._path))
        except (OSError, ValueError, RecursionError):
            return {}
        probes = content.get("probes") if isinstance(content, dict) and content.get("version") == VERSION else None
        return probes if isinstance(probes, dict) else {}

    def _write(self, probes: Mapping[str, Any]) -> None:
        """Whole or not at all."""
        replace_private(self._path, json.dumps({"version": VERSION, "probes": probes}, indent=1).encode())


def address_of(endpoint: Endpoint) -> str:
    """Which endpoint it is, to be shown and kept: host and path, or ``embedded``; never a query."""
    return "embedded" if endpoint.provider == "embedded" else shown(endpoint.url).partition("://")[2]


def _key(where: str, model: str) -> str:
    return f"{where} {model}"
