"""Making one answer: its plan, its items, its events in the order of the wire, its cost."""
