from django.apps import AppConfig


class DuesConfig(AppConfig):
    name = "backend.dues"
    label = "dues"

    def ready(self) -> None:
        from backend.audit.subjects import register_subject  # noqa: PLC0415  (models are loaded by now)

        register_subject("dues", "dues_sheet", ())
