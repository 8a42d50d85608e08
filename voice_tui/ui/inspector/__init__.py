"""The event inspector: what went over the wire, both ways."""
