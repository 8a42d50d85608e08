"""Voice detectors, and the segmenters that make turns of what they say."""
