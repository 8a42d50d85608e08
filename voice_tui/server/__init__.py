"""The embedded Realtime server: hears, thinks and speaks offline."""
