from django.apps import AppConfig

from backend.audit.subjects import register_subject


class CasesConfig(AppConfig):
    name = "backend.cases"
    label = "cases"

    def ready(self) -> None:
        register_subject("case", "cases_case", ("state",))
