"""What a recording of a conversation consists of, as text: PURE. A tape is the engine's inputs, in order."""
