"""What is said of a recorded talk in the console: labels of its turns and cuts, and words by our own recogniser."""

from __future__ import annotations

import stat

import pytest

from tests.screens.replays import Stage, cut_at, replayed
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.replay.judge.figures import PerMinute, Rate
from voice_tui.replay.judge.label_book import LabelBook
from voice_tui.replay.judge.labels import Channel
from voice_tui.replay.judge.recording import HearingSettings, judge_recording
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.judge.timeline import Kind, Verdict
from voice_tui.speech.packages import MissingExtraError
from voice_tui.ui.replay import app as app_module
from voice_tui.ui.words.screen import WordsScreen


class _Ears:
    """Hears a word less in everything."""

    def transcribe(self, pcm: Pcm) -> str:
        return "Please tell me a story."


async def screen_of_words(stage: Stage) -> WordsScreen:
    """The screen, once everything was heard."""
    await stage.press("space", "H")
    screen = stage.app.screen
    assert isinstance(screen, WordsScreen)
    await screen.workers.wait_for_complete()
    await stage.pilot.pause()
    return screen


async def test_what_our_own_recogniser_hears_stands_beside_what_the_endpoint_wrote(
    talk: RecordedTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "local_ears", _Ears)
    async with replayed(talk) as stage:
        screen = await screen_of_words(stage)
        text = "\n".join("".join(piece for piece, _ in line) for line in screen.lines._lines)
        assert "words differ" in text
        assert "AI   " in text
        assert "{Please tell me" in text


async def test_without_our_own_recogniser_the_screen_of_words_says_what_to_install(
    talk: RecordedTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise MissingExtraError("moonshine-voice")

    monkeypatch.setattr(app_module, "local_ears", missing)
    async with replayed(talk) as stage:
        screen = await screen_of_words(stage)
        assert screen.lines._lines[0][0][0] == 'moonshine-voice is not installed: pip install "voice-tui[local]"'


async def test_one_key_says_of_the_cut_here_that_it_was_real_or_false_and_another_what_the_voice_is(
    copied: RecordedTalk,
) -> None:
    book = LabelBook(copied.talk)
    async with replayed(copied) as stage:
        line = stage.app.console_screen.query_one("#scrubber")
        await stage.press("space")
        acts = {command.id for command in stage.app.console_screen.acting()}
        assert "replay.verdict" not in acts, "no cut is here"
        await stage.press("greater_than_sign")
        assert "interrupted by local: real or false? V" in str(line.render())
        await stage.press("V")
        assert "interrupted by local: real V" in str(line.render())
        await stage.press("V", "S")
        assert "interrupted by local: false V" in str(line.render())
        assert ": interruption S" in str(line.render())
        assert str(line.render()).splitlines()[0].count("f") == 1, "the mark says it, too"
        book.read()
        (cut,) = [label for label in book.labels if label.verdict]
        assert (cut.verdict, cut.channel) == (Verdict.FALSE, Channel.AGENT)
        assert cut.start_ms < cut.end_ms <= cut_at(copied) * 1000 + 20
        (sound,) = [label for label in book.labels if label.kind]
        assert (sound.kind, sound.channel) == (Kind.INTERRUPTION, Channel.USER)
        assert sound.start_ms < cut.end_ms < sound.end_ms
        assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
        await stage.press("V", "S", "S", "S", "S")
        book.read()
        assert book.labels == [], "nothing is said any more"


async def test_labels_are_there_again_and_judge_uses_them(copied: RecordedTalk) -> None:
    async with replayed(copied) as stage:
        await stage.press("space", "greater_than_sign", "V", "V", "S", "S", "S")
    async with replayed(open_recording(copied.path)) as stage:
        await stage.press("space", "greater_than_sign")
        assert ": cough or the like S" in str(stage.app.console_screen.query_one("#scrubber").render())
        assert [mark.sign for mark in stage.app.player.marks] == ["c", "f"]
    judgement, _ = judge_recording(copied.talk, "it", HearingSettings(speech=UserSpeech.SOUND))
    assert judgement.figures["false_yields"] == PerMinute(1, judgement.figures["false_yields"].minutes)  # type: ignore[union-attr]
    assert judgement.figures["S_VT"] == Rate(0, 1)
    assert judgement.figures["S_BC"] is None, "nobody named one"


async def test_labels_that_can_not_be_read_are_said_in_one_line_and_never_written_over(copied: RecordedTalk) -> None:
    book = LabelBook(copied.talk)
    book.path.write_text("start,end,kind\n1,2,shout\n")
    async with replayed(copied) as stage:
        await stage.press("space", "greater_than_sign", "V")
        said = stage.news()
        assert len(said) == 2
        assert all("line 2: kind: 'shout' is none of" in words for words in said), said
    assert book.path.read_text() == "start,end,kind\n1,2,shout\n"
