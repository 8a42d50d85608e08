"""The Realtime wire: structs for every event, one codec, two dialects. Pure."""
