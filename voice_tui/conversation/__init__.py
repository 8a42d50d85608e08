"""The engine: a state machine without I/O, driven and drained like a sans-IO protocol. Pure."""
