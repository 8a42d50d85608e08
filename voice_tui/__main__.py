"""``python -m voice_tui`` is the ``voice-tui`` command."""

from voice_tui.cli.main import main

if __name__ == "__main__":
    main()
