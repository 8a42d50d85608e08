"""An endpoint to be entered, checked and kept."""
