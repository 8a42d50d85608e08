"""Who is speaking: labels of the user's turns, what the model is told of them, and known voices."""
