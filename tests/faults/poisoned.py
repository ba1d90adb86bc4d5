"""Settings of a laptop whose letters are rendered from another folder's templates first (`DRILL_TEMPLATES`)."""

from __future__ import annotations

import os

from backend.config.settings.local import *  # noqa: F403
from backend.config.settings.local import TEMPLATES

TEMPLATES[0]["DIRS"] = [os.environ["DRILL_TEMPLATES"]]
