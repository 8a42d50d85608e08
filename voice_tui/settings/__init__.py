"""Configuration, profiles, paths, secrets."""
