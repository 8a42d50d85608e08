"""Everything with a clock, a thread, a socket or a device."""
