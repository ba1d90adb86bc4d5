"""For tools that read the settings and touch no server: mypy's Django plugin (it ends without goodbye), translations."""

from __future__ import annotations

from backend.config import env

env.without_servers()

from backend.config.settings.test import *  # noqa: E402, F403
