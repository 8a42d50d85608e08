"""What the server holds of the conversation, and keeping it small."""
