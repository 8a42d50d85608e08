"""What an endpoint really does: asked of it in a minute and a half, step by step."""
