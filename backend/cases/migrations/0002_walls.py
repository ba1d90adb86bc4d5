"""No state without its event, no row outside the scope."""

from django.db import migrations

from backend.core.rls import forbid, own, protect
from backend.core.transitions import only_with_event


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("core", "0001_initial"), ("audit", "0002_walls")]

    operations = [
        only_with_event("cases_case", "case", "NEW.lifecycle", "state"),
        protect("cases_case", "unit_path", "acting_path"),
        protect("cases_casenumber", "unit_path"),
        own("cases_requestkey", "user_id"),
        forbid("cases_case", "DELETE", "TRUNCATE"),
        forbid("cases_requestkey", "UPDATE", "TRUNCATE"),
    ]
