"""What several screens share: slider, geometry, words."""
