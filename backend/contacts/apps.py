from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.rotation import Place, keeps_sealed


class ContactsConfig(AppConfig):
    name = "backend.contacts"
    label = "contacts"

    def ready(self) -> None:
        from backend.accounts.sessions import ends_too  # noqa: PLC0415  (models come first)
        from backend.contacts.ending import end_all  # noqa: PLC0415

        ends_too("contacts", end_all)
        keeps_sealed(Place("contacts_chataddress", ("url",), _("Addresses for chat and SMS"), key="user_id"))
        keeps_sealed(Place("contacts_device", ("subscription",), _("Devices")))
        keeps_sealed(Place("contacts_endpoint", ("secret", "old_secret"), _("Secrets of webhooks")))
