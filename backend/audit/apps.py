from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.rotation import Place, keeps_sealed
from backend.core.sealed import SEALED


class AuditConfig(AppConfig):
    name = "backend.audit"
    label = "audit"

    def ready(self) -> None:
        words = Place(
            "audit_eventdetail", ("data",), _("Names and words behind the log"), key="event_uid", inside=SEALED
        )
        keeps_sealed(words)
        keeps_sealed(Place("audit_healthdetail", ("data",), _("What cases tell of health"), key="event_uid"))
