"""The terminal: the only package that knows Textual. It shows notices and sends requests."""
