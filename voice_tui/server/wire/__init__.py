"""What a client speaks: its dialect and its audio. Behind this door there is one model, GA with 24 kHz PCM."""
