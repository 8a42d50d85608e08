"""The command line, and the only place where everything is put together."""
