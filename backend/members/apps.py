from django.apps import AppConfig
from django.utils.translation import gettext_lazy, gettext_noop

from backend.audit.subjects import register_subject
from backend.core.rotation import Place, keeps_sealed
from backend.members.protected import SEALED
from backend.organizations.dependants import keeps_open
from workflows.answers import Refusal

HAS_PEOPLE = Refusal(
    "unit.has_people",
    gettext_noop("%(count)s people stand on its lists on that day or later."),
    remedy=gettext_noop("Transfer them to another cell first."),
)


class MembersConfig(AppConfig):
    name = "backend.members"
    label = "members"

    def ready(self) -> None:
        from backend.members.history import people_at  # noqa: PLC0415  (models come first)

        register_subject("member", "members_member", ("standing", "participation"))
        keeps_sealed(Place("members_member", SEALED, gettext_lazy("What records of members keep sealed")))
        keeps_open(HAS_PEOPLE, people_at)
