import pytest

from voice_tui.audio.stream.pcm import FRAME, RATE, rms_dbfs
from voice_tui.audio.vad.engines import ENGINES
from voice_tui.probe.question import question, silence


def test_the_sentence_is_loud_enough_and_short_and_nobody_can_change_it() -> None:
    pcm = question()
    assert 1.5 < len(pcm) / RATE < 2
    assert len(pcm) % FRAME == 0
    assert rms_dbfs(pcm) > -30
    with pytest.raises(ValueError, match="read-only"):
        pcm[0] = 1


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_every_detector_takes_it_for_speech_and_the_silence_around_it_not(engine: str) -> None:
    def judged(pcm: object) -> list[float]:
        return [vad.feed(pcm[at : at + FRAME]) for at in range(0, len(pcm), FRAME)]  # type: ignore[index,arg-type]

    vad = ENGINES[engine]()
    before, spoken = judged(silence(500)), judged(question())
    after = judged(silence(1000))[30:]
    assert max(before) < 0.5
    assert sum(p > 0.5 for p in spoken) > len(spoken) / 2
    assert max(after) < 0.5
