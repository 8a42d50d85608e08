"""The server as a process: its beginning and its end."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from tests.support.server_fakes import LetterVoice, ScriptedEars
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.server.serve import leave, running_server
from voice_tui.speech import packages
from voice_tui.speech.loading import INFERENCE, Loading
from voice_tui.speech.synthesiser import WARM_UP, LocalSynthesiser

PATIENCE_S = 20


class SlowVoice(LetterVoice):
    """Its first words take until somebody lets them go."""

    said: list[str]
    may_speak: threading.Event

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        self.said.append(text)
        assert self.may_speak.wait(PATIENCE_S)
        return super().synthesise(text, voice, speed)


async def test_clients_may_come_while_the_voice_warms_up(monkeypatch: pytest.MonkeyPatch) -> None:
    SlowVoice.said, SlowVoice.may_speak = [], threading.Event()
    monkeypatch.setattr("voice_tui.server.serve.LocalSynthesiser", SlowVoice)
    async with running_server(ears=ScriptedEars()) as url:
        assert url.startswith("ws://127.0.0.1:")
        assert not SlowVoice.may_speak.is_set()
        SlowVoice.may_speak.set()
    assert SlowVoice.said in ([], [WARM_UP]), "it may be over before its turn came"


def loading(monkeypatch: pytest.MonkeyPatch) -> Loading:
    """Models that are being loaded, and stay so until a test says otherwise."""
    monkeypatch.setattr(Loading, "__init__", lambda self: None)
    begun = Loading()
    begun.ears, begun.voice = Future(), Future()
    return begun


async def test_models_that_are_being_loaded_are_waited_for_and_no_others_are_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = loading(monkeypatch)
    monkeypatch.setattr("voice_tui.server.serve.LocalRecogniser", None)
    monkeypatch.setattr("voice_tui.server.serve.LocalSynthesiser", None)

    def load() -> None:
        begun.ears.set_result(ScriptedEars())
        begun.voice.set_result(LetterVoice())

    heard = threading.Thread(target=load)
    heard.start()
    async with running_server(loading=begun) as url:
        assert begun.ears.done()
        assert begun.voice.done()
        assert url.startswith("ws://127.0.0.1:")
    heard.join()


async def test_a_model_that_cannot_be_loaded_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = loading(monkeypatch)
    begun.voice.set_result(LetterVoice())
    begun.ears.set_exception(packages.MissingExtraError("moonshine-voice"))
    with pytest.raises(packages.MissingExtraError, match="moonshine-voice"):
        async with running_server(loading=begun):
            pass


def test_the_process_waits_for_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr("os._exit", left.append)
    done = threading.Event()
    computing = threading.Thread(target=done.wait, name=f"{INFERENCE}_0")
    computing.start()
    with pytest.raises(SystemExit):
        leave(3)
    assert left == [3]
    done.set()
    computing.join()


def test_a_voice_that_stands_by_is_no_model_that_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr("os._exit", left.append)
    silent = SimpleNamespace(stream=lambda text, speed, seed: [])
    monkeypatch.setattr(packages, "load", lambda *_: SimpleNamespace(Hibari=lambda threads: silent))
    voice = LocalSynthesiser()
    assert len(voice.synthesise("Hello.")) == 0
    with pytest.raises(SystemExit):
        leave(3)
    assert left == []
