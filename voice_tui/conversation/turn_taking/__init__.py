"""Who has the floor: detectors that find the user's turns, policies for a voice over the assistant."""
