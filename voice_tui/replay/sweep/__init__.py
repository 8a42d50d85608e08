"""What other settings would have done: detector and policy again over recorded talks, for a grid of settings."""
