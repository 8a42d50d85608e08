"""For all tests."""

from hypothesis import settings

# What a rule says does not depend on how busy the machine is.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
