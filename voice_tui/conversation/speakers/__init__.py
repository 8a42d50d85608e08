"""Who speaks: labels for the user's voices, and names for the labels."""
