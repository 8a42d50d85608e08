"""The embedded server as a child process: its inference can't hold our interpreter lock, and it ends when we do."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from voice_tui.drivers.children import apart, end
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.endpoints.providers import Endpoint
from voice_tui.secret import Secret
from voice_tui.settings.options import OPTIONS, VARIABLES
from voice_tui.settings.values import ECHO

log = logging.getLogger(__name__)

NEEDS = ("onnxruntime", "moonshine_voice", "hibari", "earshot")
MISSING = 'the embedded server is not installed: pip install "voice-tui[local]", or give an endpoint: voice-tui setup'
STOP_S = 1.0
START_S = 60.0  # models are loaded within 2 s; a disk that sleeps, or a machine that swaps, may take longer
ANSWER_S = 5.0  # a server at work answers within milliseconds
HANGS = 3  # in a row: then something is wrong that starting anew does not mend
HUNG = "the embedded server does not answer, though it was started anew {} times: see its log, or give an endpoint"
KNOCK = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def thinks(brain_url: str) -> str:
    """What is shown for a brain whose model nobody named."""
    if brain_url in ("", ECHO):
        return brain_url or "demo brain"
    return f"brain at {urlsplit(brain_url).netloc}"


class EmbeddedServer:
    """Starts ``voice-tui serve`` when an endpoint is asked for, and again if it has died.

    Args:
        brain_url, brain_model: A chat completions endpoint as the server's brain; "" for the built-in one.
        brain_key: Its key: the only one that the child gets.
        log_file: Where the child logs.
    """

    def __init__(
        self, brain_url: str = "", brain_model: str = "", brain_key: Secret | None = None, log_file: Path | None = None
    ) -> None:
        self._arguments = [
            *(["--brain", brain_url] if brain_url else []),
            *(["--brain-model", brain_model] if brain_model else []),
            *(["--log-file", str(log_file)] if log_file else []),
        ]
        self._brain_key = brain_key if brain_url else None
        self._needs = () if brain_url == ECHO else NEEDS
        self.model = brain_model or thinks(brain_url)
        """What answers there."""
        self._process: subprocess.Popen[str] | None = None
        self._stderr: IO[str] | None = None
        self._url = ""
        self._stopped = False
        self._hangs = 0  # in a row

    def begin(self) -> None:
        """Start it without waiting: models load beside the caller; what goes wrong `resolve` says."""
        if self._process is None and not self._missing():
            with suppress(OSError):
                self._spawn()

    async def resolve(self) -> Endpoint:
        """The endpoint of a running server.

        Raises:
            ConnectionFailed: The extra is missing, or the server can't start, or it hangs again and again.
        """
        if self._url and self._process is not None and self._process.poll() is None:
            await self._look()
        if not self._url or self._process is None or self._process.poll() is not None:
            try:
                await asyncio.to_thread(self._start)
            except asyncio.CancelledError:  # the loop will wait for the thread, and the thread waits for the child
                self._abandon()
                raise
        return Endpoint("embedded", self._url, self.model, name="embedded")

    async def _look(self) -> None:
        """End a child that lives and does not answer (it was stopped, or hangs): the next one may.

        Raises:
            ConnectionFailed: None does.
        """
        if await _answers(self._url):
            self._hangs = 0
            return
        log.warning("the embedded server does not answer, it is started anew")
        self._hangs += 1
        process, self._process, self._url = self._process, None, ""
        if process is not None:
            process.kill()  # one that is stopped hears nothing else
            await asyncio.to_thread(process.wait)
            self._close(process)
        if self._hangs >= HANGS:
            raise ConnectionFailed(HUNG.format(HANGS - 1))

    def stop(self) -> None:
        """End the child: it leaves when its standard input closes, and is killed if it does not."""
        self._stopped = True
        process, self._process = self._process, None
        if process is None:
            return
        end(process, STOP_S)
        self._close(process)

    def _close(self, process: subprocess.Popen[str]) -> None:
        for stream in (process.stdin, process.stdout, self._stderr):
            if stream is not None:
                with suppress(OSError):  # what it did not read any more
                    stream.close()

    def _abandon(self) -> None:
        """End a child that is still starting: it hears nothing yet, and has nothing to lose."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def _missing(self) -> list[str]:
        return [name for name in self._needs if importlib.util.find_spec(name) is None]

    def _start(self) -> None:
        if missing := self._missing():
            log.warning("missing packages: %s", ", ".join(missing))
            raise ConnectionFailed(MISSING)
        if self._process is None or self._process.poll() is not None:
            self._spawn()
        if self._stopped and self._process is not None:  # asked to stop while it was being started
            self._process.kill()
            self.stop()
        self._url = _first_line(self._process) if self._process else ""
        if not self._url.startswith("ws://"):
            self._url = ""
            raise ConnectionFailed(f"the embedded server did not start: {self._last_words()}")

    def _spawn(self) -> None:
        environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
        if self._brain_key:
            environment[OPTIONS["brain_key"].variable] = self._brain_key.reveal()
        self._stderr = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # lives as long as the child
        command = [sys.executable, "-m", "voice_tui", "serve", "--port", "0", "--isolated", "--until-stdin-closes"]
        self._process = subprocess.Popen(
            [*command, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=environment,
            text=True,
            **apart(),
        )

    def _last_words(self) -> str:
        if self._stderr is None or self._stderr.closed:
            return "it was stopped"
        self._stderr.seek(0)
        lines = [line.strip() for line in self._stderr.read().splitlines() if line.strip()]
        return lines[-1] if lines else "it ended without a word"


def _first_line(process: subprocess.Popen[str]) -> str:
    """What a child says first, "" if it ends without a word or takes too long for one."""
    assert process.stdout is not None
    patience = threading.Timer(START_S, process.kill)
    patience.daemon = True
    patience.start()
    try:
        return process.stdout.readline().strip()
    finally:
        patience.cancel()


async def _answers(url: str) -> bool:
    """Whether somebody is at work there: a listening socket takes connections also for a process that is stopped."""
    place = urlsplit(url)
    try:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            try:
                writer.write(KNOCK)
                return bool(await reader.read(1))
            finally:
                writer.close()
    except OSError:  # a time-out is one
        return False
