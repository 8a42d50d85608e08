"""The Realtime wire vocabulary: structs for every event, one codec, two dialects. Pure."""
