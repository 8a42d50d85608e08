"""The memory beside a conversation: what is written down, asked for and given to the model."""
