from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "backend.participation"
    label = "participation"
