"""Write out who gets through each door of the API and the pages: `python scripts/doors.py > docs/doors.md` (`make docs`)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.tools")
django.setup()

from backend.accounts.door_table import document  # noqa: E402  (only once Django is set up)

sys.stdout.write(document())
