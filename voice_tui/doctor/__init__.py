"""Whether everything is there that a conversation needs, and what to do where it is not."""
