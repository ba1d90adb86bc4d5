"""What every test stands on.

Settings start the embedded servers (or use those of DATABASE_URL and REDIS_URL); all pytest-xdist workers share them,
each with a test database and a Redis database of its own. The last process to leave stops the servers.
"""

from __future__ import annotations

import os

from hypothesis import settings

from tests.realdb import committed_db, pristine_template

__all__ = ["committed_db", "pristine_template"]

settings.register_profile("local", deadline=None)  # two shared cores: a slow example is not a wrong one
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
