import pytest

from tests.support.stage import staged
from voice_tui.messages.knobs import Question
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Ack, SettingsChanged
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.wording import setting_sign, setting_words

WORKS, DEAF = Observed(Seen.WORKS, "the server heard you"), Observed(Seen.NOT_SEEN, "nothing was said")


@pytest.mark.parametrize(
    ("ack", "observed", "sign", "words"),
    [
        (Ack.NONE, WORKS, "", "not told yet"),
        (Ack.PENDING, WORKS, "…", "asked for"),
        (Ack.REJECTED, WORKS, "✗", "rejected: out of range"),
        (Ack.ACKNOWLEDGED, Observed(), "✓", "acknowledged"),
        (Ack.ACKNOWLEDGED, WORKS, "✓✓", "acknowledged, seen to work: the server heard you"),
        (Ack.ACKNOWLEDGED, DEAF, "✓?", "acknowledged, not seen to work: nothing was said"),
    ],
)
def test_how_far_a_setting_has_come_has_a_sign_and_words(ack: Ack, observed: Observed, sign: str, words: str) -> None:
    assert setting_sign(ack, observed) == sign
    assert setting_words(ack, observed, "out of range" if ack is Ack.REJECTED else "") == words


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_setting_of_the_servers_says_by_itself_how_far_it_has_come(size: tuple[int, int]) -> None:
    preset = PRESETS["server-vad"]

    def told(ack: Ack, **observed: Observed) -> SettingsChanged:
        return SettingsChanged(preset.name, preset.settings, preset.knobs, ack, observed=observed)

    async with staged(size) as stage:
        sliders = {each.knob.name: each for each in stage.app.screen.query(Slider)}
        silence, threshold = sliders["silence_duration_ms"], sliders["threshold"]
        await stage.say(told(Ack.PENDING))
        assert silence.render_line(0).text.endswith(" … ")
        await stage.say(told(Ack.ACKNOWLEDGED, threshold=WORKS, silence_duration_ms=DEAF))
        assert threshold.render_line(0).text.endswith(" ✓✓")
        assert silence.render_line(0).text.endswith(" ✓?")
        panel = stage.app.console_screen.voice
        heading, said = panel.questions[Question.TURN_END], panel.help
        headed = size[0] > 100
        assert heading.display is headed
        assert ("✓? has it, no effect seen" in str(heading.render())) is headed
        assert "nothing was said" in said.seen
        silence.focus()
        await stage.pilot.pause()
        assert "Acknowledged, not seen to work: nothing was said." in said.seen
        await stage.say(told(Ack.ACKNOWLEDGED, threshold=WORKS, silence_duration_ms=WORKS))
        assert silence.render_line(0).text.endswith(" ✓✓")
        assert ("✓ server has it" in str(heading.render())) is headed
        assert "not seen" not in said.seen


async def test_a_setting_of_our_own_has_nothing_to_be_acknowledged() -> None:
    preset = PRESETS["natural"]
    async with staged() as stage:
        await stage.say(SettingsChanged(preset.name, preset.settings, preset.knobs, Ack.ACKNOWLEDGED))
        sureness = next(each for each in stage.app.screen.query(Slider) if each.knob.name == "sureness")
        assert sureness.render_line(0).text.endswith("6.0   ")
