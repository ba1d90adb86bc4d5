"""`manage.py rewrite_tables`: after words were emptied or erased, take them out of the database's own files too."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.core.commands import ChiboCommand, only_as_owner
from backend.core.rotation import PLACES
from backend.members.models import NameWord

OPEN = (NameWord._meta.db_table, Session._meta.db_table)
"""Besides those that keep something sealed: what people are found by, and sessions, which were kept in clear once."""


class Command(ChiboCommand):
    """May be stopped and started again. Exit 2: this is not the owner's role.

    PostgreSQL leaves a row that was changed or deleted where it stood; an ordinary VACUUM takes it out of the table and still
    leaves part of it in the page. Only a table that is written anew is free of it.
    """

    help = gettext_noop(
        "Write the tables that keep words about people anew, so that nothing that was emptied or erased is left in their "
        "files. Nobody can work in a table meanwhile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        only_as_owner()
        for table in sorted({*OPEN, *(place.table for place in PLACES.values())}):
            with connection.cursor() as cursor:
                cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
            self.stdout.write(_("%(table)s is written anew.") % {"table": table})
