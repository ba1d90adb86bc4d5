from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backend.audit.subjects import register_subject
from backend.core.rotation import Place, keeps_sealed
from backend.organizations.dependants import keeps_open
from workflows.answers import Refusal

HELD = Refusal(
    "unit.offices_held",
    gettext_noop("%(count)s offices are held there on that day or later."),
    remedy=gettext_noop("End them with a last day before it."),
)


class AccountsConfig(AppConfig):
    name = "backend.accounts"
    label = "accounts"

    def ready(self) -> None:
        from backend.accounts.assigning import holders_at  # noqa: PLC0415  (models come first)

        register_subject("assignment", "accounts_assignment", ())
        keeps_open(HELD, holders_at)
        keeps_sealed(Place("mfa_authenticator", ("data",), _("Keys of authenticator apps"), inside="secret"))
        keeps_sealed(Place("mfa_authenticator", ("data",), _("Recovery codes"), inside="seed"))
