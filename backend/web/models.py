"""What the pages keep of a person's own: nothing that anybody else reads."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """Filters of a list under a name of the person's own choice. `filters` is what the list's form takes, never a search."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    page = models.CharField(max_length=20)  # the name of the list's address
    name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once")]
