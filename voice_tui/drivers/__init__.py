"""What touches the world: sockets, sound devices, threads, files."""
