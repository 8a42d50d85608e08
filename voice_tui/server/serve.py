"""Running the embedded server: as a command's whole life, or for a while inside another program."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, NoReturn

from voice_tui.drivers.signals import on_signals
from voice_tui.server.answers.response import AnswerModels, Pacer
from voice_tui.server.brains import echo
from voice_tui.server.brains.brain import Brain
from voice_tui.server.entrance import Entrance
from voice_tui.server.models import SESSION_LIMIT_S, ServerModels
from voice_tui.server.server import listening, url_of
from voice_tui.settings.values import ECHO
from voice_tui.speech import packages
from voice_tui.speech.loading import INFERENCE, Loading
from voice_tui.speech.probability import Earshot, SpeechProbability
from voice_tui.speech.recogniser import LocalRecogniser, Recogniser
from voice_tui.speech.synthesiser import WARM_UP, LocalSynthesiser, Synthesiser

INFERENCE_THREADS = 2  # one may hear while another speaks
HOST = "127.0.0.1"
END_S = 1.8  # an end that was asked for takes no longer, whatever does not let go

logger = logging.getLogger(__name__)


@asynccontextmanager
async def running_server(
    *,
    brain: Brain | None = None,
    ears: Recogniser | None = None,
    voice: Synthesiser | None = None,
    host: str = HOST,
    port: int = 0,
    pace: float | None = None,
    probability: Callable[[], SpeechProbability] = Earshot,
    session_limit_s: float = SESSION_LIMIT_S,
    entrance: Entrance | None = None,
    loading: Loading | None = None,
) -> AsyncIterator[str]:
    """A server for as long as the block lasts; gives its URL.

    Args:
        brain: What thinks; the demo brain unless given. It is closed in the end.
        ears: What hears; Moonshine unless given.
        voice: What speaks; hibari unless given.
        host: Where to listen.
        port: 0 for any free one.
        pace: How many times faster than real time speech leaves; None for the usual.
        probability: Makes the judge of one microphone.
        session_limit_s: When a session expires.
        entrance: Who may come in; None: any program of this machine.
        loading: The usual ears and voice, where they are being loaded already.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
        OSError: The port is taken.
    """
    brain = brain or _usual_brain()
    executor = ThreadPoolExecutor(INFERENCE_THREADS, INFERENCE)
    heard = loading.ears if loading and ears is None else executor.submit(lambda: ears or LocalRecogniser())
    spoken = loading.voice if loading and voice is None else executor.submit(lambda: voice or LocalSynthesiser())
    try:
        hears, speaks = await asyncio.gather(asyncio.wrap_future(heard), asyncio.wrap_future(spoken))
        if voice is None:  # before anybody can have asked for something: while the first client connects
            executor.submit(speaks.synthesise, WARM_UP).add_done_callback(_warmed_up)
        studio = AnswerModels(brain, speaks, executor, (lambda: Pacer(pace)) if pace else Pacer)
        models = ServerModels(hears, studio, probability, session_limit_s)
        async with listening(host, port, models, entrance) as server:
            yield url_of(server)
    finally:
        await brain.aclose()
        executor.shutdown(wait=False, cancel_futures=True)


def _warmed_up(done: Future[Any]) -> None:
    if not done.cancelled() and (error := done.exception()):
        logger.error("the voice does not speak: %s", error)


def _print(line: str) -> None:
    print(line, flush=True)


def run(
    host: str,
    port: int,
    *,
    brain_url: str | None,
    brain_model: str | None,
    brain_key: str | None,
    until_stdin_closes: bool,
    session_limit_s: float = SESSION_LIMIT_S,
    entrance: Entrance | None = None,
    loading: Loading | None = None,
    say: Callable[[str], None] = _print,
) -> int:
    """Serve until it is asked to end, or until standard input closes.

    The first line on standard output is the URL, written once the models are loaded and the socket listens.

    Args:
        host: Where to listen.
        port: 0 for any free one.
        brain_url: An OpenAI-compatible chat endpoint, or `ECHO`; None for the demo brain.
        brain_model: What to call its model, None where the endpoint has only one.
        brain_key: Its API key; never logged.
        until_stdin_closes: Whether a parent process ends us by closing the pipe (or by ending itself).
        session_limit_s: When a session expires.
        entrance: Who may come in; None: any program of this machine.
        loading: See `running_server`.
        say: Writes a line to standard output.

    Returns:
        The exit code: 0, or 1 after one line on standard error.
    """
    logging.getLogger("voice_tui").addHandler(logging.NullHandler())  # unconfigured logging would write to stderr
    entrance = entrance or Entrance()
    if objection := entrance.objection(host):
        return _failure(objection)
    ending = threading.Timer(END_S, _give_up)
    ending.daemon = True
    try:
        chosen = minds(brain_url, brain_model, brain_key)
        serving = running_server(
            host=host, port=port, session_limit_s=session_limit_s, entrance=entrance, loading=loading, **chosen
        )
        asyncio.run(_serve(serving, until_stdin_closes, say, ending))
    except packages.MissingExtraError as error:
        return _failure(str(error))
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        reason = "it is in use; choose another --port" if in_use else (error.strerror or str(error))
        return _failure(f"Cannot listen on {host}:{port}: {reason}")
    except KeyboardInterrupt:  # where the loop has no signal handlers (Windows)
        pass
    finally:
        ending.cancel()
    return 0


def _failure(line: str) -> int:
    with suppress(OSError):  # nobody is there who could be told
        print(line, file=sys.stderr)
    return 1


def _give_up() -> NoReturn:
    logger.warning("what was still at work %g s after the end was given up", END_S)
    logging.shutdown()
    os._exit(0)


def leave(code: int) -> NoReturn:
    """End the process, also where a model still computes what nobody waits for: the interpreter would wait for it."""
    if any(thread.name.startswith(INFERENCE) for thread in threading.enumerate()):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def minds(url: str | None, model: str | None, key: str | None) -> dict[str, Any]:
    """What hears, thinks and speaks, where it is not the usual (see `running_server`)."""
    if url == ECHO:
        ears, voice = echo.LengthEars(), echo.ToneVoice()
        return {"brain": echo.EchoBrain(), "ears": ears, "voice": voice, "probability": echo.Loudness}
    if not url:
        return {}
    from voice_tui.server.brains.chat import ChatBrain

    return {"brain": ChatBrain(url, model, key)}


def _usual_brain() -> Brain:
    from voice_tui.server.brains.demo.brain import DemoBrain  # its tables are loaded for those who ask it

    return DemoBrain()


async def _serve(
    serving: AbstractAsyncContextManager[str],
    until_stdin_closes: bool,
    say: Callable[[str], None],
    ending: threading.Timer,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    on_signals(stop.set)
    async with serving as url:
        say(url)
        logger.info("serving at %s", url)
        if until_stdin_closes:
            _stop_at_end_of_input(loop, stop)
        await stop.wait()
        ending.start()
    logger.info("the server has stopped")


def _stop_at_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set ``stop`` once standard input ends. A daemon thread reads it: pipes cannot be awaited on every platform."""

    def read() -> None:
        # Not through sys.stdin: a thread that holds its lock at exit would abort the interpreter.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        with suppress(RuntimeError):  # the loop is closed: we have stopped already
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=read, name="end of input", daemon=True).start()
