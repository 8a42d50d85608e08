"""The endpoints that can be talked to: providers, models, and a folder for each family of wires."""
