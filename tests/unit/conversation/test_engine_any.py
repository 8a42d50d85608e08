"""Any sequence of what a user, a server, a microphone and a loudspeaker can do leaves the engine legal and unstuck."""

from __future__ import annotations

from hypothesis import settings

from tests.support.any_conversation import AnyConversation
from tests.support.budget import one_in
from voice_tui.messages.talk import PushToTalk, SendText

AnyConversation.TestCase.settings = settings(one_in(4), stateful_step_count=50)
TestAnyConversation = AnyConversation.TestCase


def test_a_server_that_takes_its_time_is_not_left_waiting_for_so_long_that_it_is_given_up() -> None:
    """A stopped answer whose end has not come for a second is not waited for: what is asked then is no fault."""
    story = AnyConversation()
    story.begin(preset="server-vad", greeting="Hello", echoes=False, refuses=True)
    story.handle()
    story.hears(cancel_first=True)
    story.handle()
    story.loudspeaker(2_000)
    story.hears_the_end()
    story.user(SendText("words"))
    story.teardown()


def test_what_was_said_between_two_lost_sessions_may_reach_both_of_them() -> None:
    story = AnyConversation()
    story.begin(preset="step1-fixed-window", greeting="", echoes=True, refuses=False)
    story.connection_lost(0)
    story.user(PushToTalk(True))
    story.microphone(11, 0.1)
    story.microphone(21, 0.017)
    for _ in range(2):
        story.session_created()
        story.handle()
        story.no_audio_is_sent_twice_or_out_of_order()
        story.connection_lost(0)
    story.session_created()
    story.handle()
    story.no_audio_is_sent_twice_or_out_of_order()
    story.teardown()
