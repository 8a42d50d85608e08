"""A session whose settings were acknowledged."""

from __future__ import annotations

from tests.support.harness import Harness
from voice_tui.messages.talk import Ack


def live(preset: str = "server-vad") -> Harness:
    story = Harness(preset).connect()
    assert story.settings
    assert story.settings.server is Ack.ACKNOWLEDGED
    return story


def server(story: Harness) -> tuple[Ack, str]:
    assert story.settings
    return story.settings.server, story.settings.reason
