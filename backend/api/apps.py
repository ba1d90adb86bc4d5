from django.apps import AppConfig
from django.core.checks import register


class ApiConfig(AppConfig):
    name = "backend.api"
    label = "api"

    def ready(self) -> None:
        from backend.api.checks import every_route_has_a_door  # noqa: PLC0415  (models come first)

        register(every_route_has_a_door)
