"""Servers as data: each is the embedded server with a list of rules of what it does otherwise."""
