"""Who calls where nothing else is said: people who ask aloud, in writing, over an answer, and for what needs a tool."""

from __future__ import annotations

from typing import Any

from locust import between, task

from voice_tui.load.speech import INTERRUPTION, LONG, QUESTIONS
from voice_tui.load.user import RealtimeUser

CLOCK = {
    "type": "function",
    "name": "get_time",
    "description": "The time of day.",
    "parameters": {"type": "object", "properties": {}, "required": []},
}


class Caller(RealtimeUser):
    """Takes turns of four kinds, most of them spoken; half a second to two seconds lie between them."""

    wait_time = between(0.5, 2.0)
    tools = (CLOCK,)

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        if name := environment.parsed_options.script:
            from voice_tui.load.script import play, script  # it brings the scenarios, which few need

            scenario = script(name)
            self.tasks = [lambda user: play(user, scenario)]

    @task(6)
    def asks(self) -> None:
        """Ask, and listen."""
        self.say(self.chance.choice(QUESTIONS))
        self.await_answer()

    @task(2)
    def interrupts(self) -> None:
        """Ask for much, listen for a while, and talk over it."""
        self.say(LONG)
        if self.await_sound(self.chance.uniform(0.5, 1.5)):
            self.say(INTERRUPTION)
        self.await_answer()

    @task(1)
    def types(self) -> None:
        """Write, and listen."""
        self.type(self.chance.choice(QUESTIONS))
        self.await_answer()

    @task(1)
    def needs_a_tool(self) -> None:
        """Ask for what the model cannot know; where it calls, it is told."""
        self.type("What time is it?", kind="tool")
        self.await_answer()

    def call(self, name: str, arguments: str) -> str:
        """The time that it is told."""
        return "It is 12 o'clock."
