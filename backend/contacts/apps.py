from django.apps import AppConfig

from backend.members.protected import ALSO_SEALED


class ContactsConfig(AppConfig):
    name = "backend.contacts"
    label = "contacts"

    def ready(self) -> None:
        from backend.contacts.resealing import reseal_contacts  # noqa: PLC0415  (models come first)

        if reseal_contacts not in ALSO_SEALED:
            ALSO_SEALED.append(reseal_contacts)
