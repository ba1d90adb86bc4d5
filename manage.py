#!/usr/bin/env python
"""Django's command line. Picks the database role by command, so that the application never runs as the owner."""

import os
import sys

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "sync_catalogue", "dbshell", "flush"}
JOBS_COMMANDS = {"sweep", "seal", "deliver"}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    role = "owner" if command in OWNER_COMMANDS else "jobs" if command in JOBS_COMMANDS else "app"
    os.environ.setdefault("CHIBO_ROLE", role)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
