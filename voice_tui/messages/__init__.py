"""What travels between engine, drivers and screens, one file a subject. Pure."""
