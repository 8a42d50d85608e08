"""The Realtime family: its wire and its half of the session. Pure."""
