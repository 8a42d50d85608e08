"""How likely it is that the user talks over the assistant: features and evidence."""
