"""The whole system in one process on virtual time: client, embedded server, devices, and a network with faults.

A scene is a coroutine that takes a `World` and drives it::

    async def scene(world: World) -> None:
        await world.live()
        await world.say("Tell me a story.")
        await world.answering(ms=1_500)
        await world.say("Stop, please.")
        await world.quiet()

    world = simulate(scene, seed=1, preset="server-vad")
    assert world.interruptions == 1

What goes wrong on the way is `world.network`: ``drop``, ``stall``, ``throttle``, ``delay``, ``jitter``, ``half_close``,
and ``down`` and ``status`` for the next handshake. Whatever nobody handled fails the scene; what was logged as an error
is in ``world.logged``, and ``tests.wire.check(world.wire)`` judges what was said on the wire.

What hears and speaks is scripted, or what a user has (``cast=real``, see `real`). `commands` runs ``voice-tui`` itself
in a world, as a user types it; `scenes` plays recordings into its microphone.

The same seed gives the same trace, byte for byte. Nothing here waits for real time: an hour passes in minutes.

`walk` takes random walks and `judgement` says what has to be true after one; ``python -m tests.simulation --seeds 200``
takes many, ``--seed 17`` takes one and shows its trace.
"""
