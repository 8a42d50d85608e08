"""Measures how well changes of topic are noticed, by threshold and encoder.

    python -m tests.benchmarks.topics

The first half of the talks is what a threshold may be chosen on, the second half is what it is judged by.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import click

from tests.benchmarks.usage import Measurement
from tests.support.topic_talks import TALKS, Block
from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.context.topics import Topics
from voice_tui.memory.embedding import Embedder, WordParts, best_embedder
from voice_tui.messages.context import Embed, How, TopicChanged
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.talk import Row

THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def heard(talk: tuple[Block, ...], embedder: Embedder, threshold: float) -> Iterator[tuple[bool, bool]]:
    """For each turn of the user that could change the topic: whether it does, and whether that was noticed."""
    bus, number = Outbox(), count()
    settings = ContextSettings(topic_mode=Mode.ASK, topic_threshold=threshold)
    topics = Topics(bus, lambda: settings, lambda item_id: None)
    for which, block in enumerate(talk):
        for k, text in enumerate(block):
            role = "assistant" if k % 2 else "user"
            bus.commands.clear()
            bus.notices.clear()
            topics.observe([Row(f"i{next(number)}", role, "", text)])
            for command in bus.commands:
                if isinstance(command, Embed):
                    topics.receive(command.key, embedder.embed([command.text])[0].astype(float))
            noticed = any(isinstance(notice, TopicChanged) for notice in bus.notices)
            if role == "user" and (which or k):
                yield which > 0 and k == 0, noticed
            if noticed:
                topics.decide(How.SUMMARISE if which and not k else How.CARRY_ON)


@click.command(cls=Measurement)
def main() -> None:
    """Print shares by threshold."""
    half = len(TALKS) // 2
    for embedder in (best_embedder(), WordParts()):
        click.echo(f"{embedder.name}: changes noticed, other turns taken for one; first half | second half")
        for threshold in THRESHOLDS:
            cells = []
            for talks in (TALKS[:half], TALKS[half:]):
                turns = [turn for talk in talks for turn in heard(talk, embedder, threshold)]
                hits = [noticed for changed, noticed in turns if changed]
                false = [noticed for changed, noticed in turns if not changed]
                cells.append(f"{sum(hits)}/{len(hits)} {sum(false)}/{len(false)}")
            click.echo(f"  {threshold:.2f}  {' | '.join(cells)}")


if __name__ == "__main__":
    main()
