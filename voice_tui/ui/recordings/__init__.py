"""The recordings: which there are, what was said in them."""
