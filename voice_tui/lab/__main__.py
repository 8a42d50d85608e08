"""``python -m voice_tui.lab``: the lab commands alone."""

from voice_tui.lab.commands import lab

if __name__ == "__main__":
    lab()
