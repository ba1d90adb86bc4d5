"""What sessions hold is sealed from here on; what stood there in clear is sealed with this."""

from typing import Any

from django.conf import settings
from django.db import migrations

from backend.accounts.sealed_sessions import CLEAR
from backend.core.keyring import seal_bytes


def seal_all(apps: Any, _editor: Any) -> None:
    """Without a key nothing can be sealed: then nobody stays signed in."""
    clear = apps.get_model("sessions", "Session").objects.filter(session_data__contains=CLEAR)
    if not settings.CHIBO_FIELD_KEYS:
        clear.delete()
        return
    for one in clear.iterator():
        one.session_data = seal_bytes(one.session_data.encode())
        one.save(update_fields=["session_data"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_sign_outs"), ("sessions", "0001_initial")]

    operations = [migrations.RunPython(seal_all, migrations.RunPython.noop)]
