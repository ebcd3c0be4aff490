"""How Hypothesis searches.

No deadlines: a busy machine is no fault of the code, and what is bounded in time has a
test that says so. In CI the same examples each time, so that a red run is about its
change; on a developer's machine new ones, which is where finds belong.
"""

import os

from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
