"""Context management: what the server holds of the conversation, what it costs, and keeping it within a budget."""
