"""The built-in brain: tables of rules, so that everything works offline."""
