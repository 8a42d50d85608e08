"""What thinks of an answer: a brain elsewhere, or the small one in the package."""
