"""A recorded conversation in the console: the same screen, fed from the tape."""
