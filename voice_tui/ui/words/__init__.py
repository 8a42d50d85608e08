"""The screen of words: what our own recogniser hears in a recording."""
