"""Offline work on recordings."""
