"""The user's audio: the input track, turn detection, recognition."""
