from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "backend.reports"
    label = "reports"

    def ready(self) -> None:
        from backend.audit import followers  # noqa: PLC0415  (models are loaded by now)
        from backend.reports import counting, following  # noqa: PLC0415

        followers.register(counting.NAME, following.follow)
