"""The terminal interface; Textual lives only here."""
