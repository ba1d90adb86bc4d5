from django.apps import AppConfig

from backend.audit.subjects import register_places, register_subject


class OrganizationsConfig(AppConfig):
    name = "backend.organizations"
    label = "organizations"

    def ready(self) -> None:
        register_subject("unit", "organizations_unit", ())
        register_places("organizations_unit")
