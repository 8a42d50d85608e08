"""How many examples a property test tries: few in a run that is waited for, many in one that is not.

Both profiles draw the same examples every time, so that a failure is there again in the next run.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

PROFILES = {"quick": 30, "thorough": 50}
"""Examples of a property that costs about a millisecond."""


def register() -> None:
    """Make the profiles known, and the quick one the default; `--hypothesis-profile` chooses the other."""
    # Constants of whatever modules of ours are loaded would be drawn too: other examples in another worker.
    vars(providers)["_get_local_constants"] = lambda: providers._local_constants
    for name, examples in PROFILES.items():
        settings.register_profile(
            name,
            max_examples=examples,
            deadline=None,  # what a rule says does not depend on how busy the machine is
            derandomize=True,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],
        )
    settings.load_profile("quick")


def one_in(times: int) -> settings:
    """Settings of a property that costs so many times as much: it tries so many times fewer examples."""
    return settings(max_examples=max(5, settings().max_examples // times))
