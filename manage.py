#!/usr/bin/env python
"""Django's command line. Picks the database role by command, so that the application never runs as the owner."""

import os
import signal
import sys

OWNER_COMMANDS = {
    "migrate", "makemigrations", "sqlmigrate", "showmigrations", "sync_catalogue", "dbshell", "flush", "scenarios",
    "erase_details", "rotate_keys",
}  # fmt: skip
JOBS_COMMANDS = {
    "sweep", "seal", "deliver", "counts", "verify_log", "log_epoch", "export_heads", "set_calendar_day", "configure_unit",
    "own_ladders", "law", "replay", "competence", "trusted_keys", "bounce", "slip", "processing",
    "export_log", "keep_heads", "log_key", "vapid",
}  # fmt: skip


def main() -> None:
    """Run one command; what lies outside the code (settings, servers) is told in one sentence, exit code 2."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    role = "owner" if command in OWNER_COMMANDS else "jobs" if command in JOBS_COMMANDS else "app"
    os.environ.setdefault("CHIBO_ROLE", role)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the embedded servers are left
    from django.core.management import execute_from_command_line

    from backend.config.arguments import must_be_text
    from backend.config.output import reader_may_leave

    try:
        with reader_may_leave():
            must_be_text(sys.argv)
            execute_from_command_line(sys.argv)
    except Exception as error:
        from backend.config import faults

        sentence = faults.explain(error)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        sys.exit(faults.USAGE_EXIT)


if __name__ == "__main__":
    main()
