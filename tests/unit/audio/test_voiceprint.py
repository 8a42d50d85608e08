"""Voiceprints, enrolment and overlap on voices that the test makes itself."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from tests.support.synthetic_voices import CHILD, DEEP, HIGH, SyntheticVoice, to_int16
from voice_tui.audio.spectral.mel import BANDS, mel_power, slaney_bank, speech_frames
from voice_tui.audio.spectral.pitch import pitch, second_voice
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.audio.stream.resample import Down, down
from voice_tui.audio.voices.diarisation import SpeakerBook
from voice_tui.audio.voices.dvector import PACKAGE, DVectorVoiceprinter, MissingVoiceprinterError, best_voiceprinter
from voice_tui.audio.voices.enrolment import EnrolmentError, enrol
from voice_tui.audio.voices.overlap import CUES, JUDGES, cues, judge
from voice_tui.audio.voices.voiceprint import CepstralVoiceprinter, Voiceprinter

INSTALLED = all(importlib.util.find_spec(name) for name in (PACKAGE, "onnxruntime"))
needs_model = pytest.mark.skipif(not INSTALLED, reason="the extra 'speakers' is not installed")
BOTH = [CepstralVoiceprinter, pytest.param(DVectorVoiceprinter, marks=needs_model)]
NOISE = np.random.default_rng(0).standard_normal(12 * RATE)


def test_a_whole_recording_is_resampled_like_its_blocks() -> None:
    pcm = DEEP.say(0.5, 1)
    live = Down()
    blocks = [live.process(pcm[at : at + FRAME]) for at in range(0, len(pcm), FRAME)]
    assert np.allclose(down(pcm), np.concatenate(blocks), atol=1e-6)
    assert len(down(pcm[: FRAME - 1])) == 0


def test_mel_bands_overlap_and_cover_what_is_heard() -> None:
    bank = slaney_bank()
    assert bank.shape == (257, BANDS)
    assert (bank.sum(axis=0) > 0).all()
    assert (np.diff(bank.argmax(axis=0)) >= 0).all()


def test_speech_frames_leave_pauses_out() -> None:
    pause = np.zeros(RATE, np.int16)
    speech = speech_frames(mel_power(down(np.concatenate((pause, DEEP.say(1.0, 2), pause)))))
    assert not speech[:90].any()
    assert speech[110:190].mean() > 0.7
    assert not speech[-80:].any()


@pytest.mark.parametrize("voice", [DEEP, HIGH, CHILD])
def test_pitch_is_that_of_the_voice(voice: SyntheticVoice) -> None:
    hz, height = pitch(down(voice.say(2.0, 3)))
    assert abs(np.median(hz[height > 0.6]) / voice.pitch_hz - 1) < 0.1


def test_a_second_voice_shows_beside_the_first() -> None:
    one = down(DEEP.say(3.0, 4))
    other = down(HIGH.say(3.0, 5))
    assert second_voice(one + other).mean() > 1.5 * max(second_voice(one).mean(), second_voice(other).mean())


@pytest.mark.parametrize("make", BOTH)
def test_a_voiceprint_has_length_one_and_is_the_same_each_time(make: type[Voiceprinter]) -> None:
    by = make()
    heard, again = by.listen(DEEP.say(3.0, 1)), by.listen(DEEP.say(3.0, 1))
    assert heard is not None
    assert again is not None
    assert heard.vector.shape == (by.dim,)
    assert heard.vector.dtype == np.float32
    assert np.linalg.norm(heard.vector) == pytest.approx(1, abs=1e-5)
    assert (heard.vector == again.vector).all()
    assert heard.windows.shape == (len(heard.starts_s), by.dim)
    assert sorted(heard.starts_s) == list(heard.starts_s)
    embedded = by.embed(DEEP.say(3.0, 1))
    assert embedded is not None
    assert (embedded == heard.vector).all()


@pytest.mark.parametrize("make", BOTH)
@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.3])
def test_too_little_speech_has_no_voiceprint(make: type[Voiceprinter], seconds: float) -> None:
    assert make().embed(DEEP.say(1.0, 1)[: int(seconds * RATE)]) is None


@pytest.mark.parametrize("make", BOTH)
def test_silence_has_no_voiceprint(make: type[Voiceprinter]) -> None:
    assert make().embed(np.zeros(2 * RATE, np.int16)) is None


@pytest.mark.parametrize("make", BOTH)
def test_one_voice_is_closer_than_two(make: type[Voiceprinter]) -> None:
    by = make()
    prints = {(voice, seed): by.embed(voice.say(3.0, seed)) for voice in (DEEP, HIGH, CHILD) for seed in (1, 2, 3)}
    same: list[float] = []
    other: list[float] = []
    for (voice, seed), vector in prints.items():
        for (rival, round_), compared in prints.items():
            assert vector is not None
            assert compared is not None
            if (voice, seed) != (rival, round_):
                (same if voice == rival else other).append(float(vector @ compared))
    assert np.mean(same) > np.mean(other) + 0.1


@pytest.mark.parametrize("make", BOTH)
def test_loudness_is_not_part_of_a_voice(make: type[Voiceprinter]) -> None:
    by = make()
    loud = DEEP.say(3.0, 1)
    vector, soft = by.embed(loud), by.embed((loud // 5).astype(np.int16))
    assert vector is not None
    assert soft is not None
    assert float(vector @ soft) > 0.97


@needs_model
def test_the_model_is_the_best_voiceprinter_and_its_package_is_not_imported() -> None:
    assert isinstance(best_voiceprinter(), DVectorVoiceprinter)
    code = (
        "import sys, numpy; from voice_tui.audio.voices.dvector import best_voiceprinter; by = best_voiceprinter();"
        "by.embed((numpy.sin(numpy.arange(48000) * .04) * 9000).astype('int16'));"
        f"assert not {{{PACKAGE!r}, 'librosa'}} & set(sys.modules); assert 'onnxruntime' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_the_packages_cepstra_are_the_best_and_the_model_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert isinstance(best_voiceprinter(), CepstralVoiceprinter)
    with pytest.raises(MissingVoiceprinterError, match=r'pip install "voice-tui\[speakers\]"'):
        DVectorVoiceprinter().embed(DEEP.say(1.0, 1))


def test_enrolment_takes_ten_seconds_of_one_voice() -> None:
    enrolled = enrol(DEEP.say(12.0, 1), CepstralVoiceprinter())
    assert enrolled.seconds >= 10
    assert 0.5 < enrolled.quality <= 1
    assert enrolled.snr_db > 9


def test_enrolment_refuses_what_is_too_short() -> None:
    with pytest.raises(EnrolmentError, match=r"recording: \d\.\d s of speech, must be 10 s or more"):
        enrol(DEEP.say(6.0, 1), CepstralVoiceprinter())
    with pytest.raises(EnrolmentError, match=r"0\.0 s of speech"):
        enrol(np.zeros(0, np.int16), CepstralVoiceprinter())


def test_enrolment_refuses_noise() -> None:
    voice = DEEP.say(12.0, 1).astype(np.float64)
    noisy = to_int16(voice + NOISE * voice.std())
    with pytest.raises(EnrolmentError, match="dB above the noise"):
        enrol(noisy, CepstralVoiceprinter())


def test_enrolment_refuses_two_voices() -> None:
    both = np.concatenate((DEEP.say(6.4, 1), CHILD.say(6.4, 2)))
    with pytest.raises(EnrolmentError, match="sounds like 2 voices"):
        enrol(both, CepstralVoiceprinter())


def test_more_voices_in_a_turn_raise_the_judgement() -> None:
    by = CepstralVoiceprinter()
    known = np.stack([vector for voice in (DEEP, HIGH) if (vector := by.embed(voice.say(4.0, 9))) is not None])
    mixed = to_int16(DEEP.say(3.0, 1).astype(np.float64) + HIGH.say(3.0, 2))
    judged = {}
    for name, pcm in {"one": DEEP.say(3.0, 1), "other": HIGH.say(3.0, 2), "both": mixed}.items():
        heard = by.listen(pcm)
        assert heard is not None
        seen = cues(pcm, heard, known)
        assert seen.shape == (len(CUES),)
        judged[name] = judge(seen, by.name).log_odds
    assert judged["both"] > max(judged["one"], judged["other"])


@pytest.mark.parametrize("make", BOTH)
def test_every_voiceprinter_has_a_judge_for_any_number_of_speakers(make: type[Voiceprinter]) -> None:
    by = make()
    pcm = DEEP.say(3.0, 1)
    heard = by.listen(pcm)
    assert heard is not None
    for speakers in (0, 1, 2, 3):
        seen = cues(pcm, heard, np.repeat(heard.vector[None], speakers, axis=0))
        by_hand = JUDGES[by.name, speakers >= 2]
        judged = judge(seen, by.name)
        assert judged.flagged == (judged.log_odds > by_hand.limit)


@pytest.mark.parametrize("make", BOTH)
def test_a_conversation_of_two_unlike_voices_is_labelled(make: type[Voiceprinter]) -> None:
    by = make()
    book = SpeakerBook(by.name, by.likeness)
    order = [DEEP, CHILD, DEEP, DEEP, CHILD, CHILD]
    for number, voice in enumerate(order):
        heard = by.listen(voice.say(3.0, number))
        assert heard is not None
        book.hear(str(number), heard.vector, heard.speech_s)
    labels = list(book.labels().values())
    deep = {label for label, voice in zip(labels, order, strict=True) if voice is DEEP}
    child = {label for label, voice in zip(labels, order, strict=True) if voice is CHILD}
    assert not deep & child
