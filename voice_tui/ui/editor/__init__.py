"""The editor of the system prompt."""
