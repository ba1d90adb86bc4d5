from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "backend.participation"
    label = "participation"

    def ready(self) -> None:
        from backend.audit import followers  # noqa: PLC0415  (models are loaded by now)
        from backend.participation import following  # noqa: PLC0415

        followers.register(following.NAME, following.follow)
