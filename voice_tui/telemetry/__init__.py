"""What a conversation was, as spans that other people's tools draw."""
