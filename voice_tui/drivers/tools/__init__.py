"""What carries out the tools that the model calls."""
