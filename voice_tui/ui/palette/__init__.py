"""The palette: everything one can do, found by its words."""
