"""What is true of a conversation with any endpoint. Pure."""
