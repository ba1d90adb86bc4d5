"""Imported by a worker under `reaching`: it waits for other servers a second, or as many as `DRILL_SECONDS` says."""

from __future__ import annotations

import os

import urllib3
from apprise import Apprise  # noqa: F401  (large: read before the first lease runs)

from backend.alerts import hook_line
from backend.contacts import chat

SECONDS = float(os.environ.get("DRILL_SECONDS", "1"))
hook_line.TIMEOUT = urllib3.Timeout(connect=SECONDS, read=SECONDS)
hook_line.LONGEST = 2 * SECONDS
chat.CONNECT = chat.READ = SECONDS
