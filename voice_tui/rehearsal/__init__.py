"""A whole talk on virtual time in one process: client, embedded server, and a line in memory between them."""
