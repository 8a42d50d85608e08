"""Widgets: each shows the notices it understands and posts messages about what the user did to it."""
