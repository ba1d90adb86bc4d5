from django.apps import AppConfig

from backend.audit.subjects import register_subject
from backend.organizations.dependants import follows_moves


class DeadlinesConfig(AppConfig):
    name = "backend.deadlines"
    label = "deadlines"

    def ready(self) -> None:
        from backend.deadlines.reminding import follow_move  # noqa: PLC0415  (models come first)

        follows_moves("reminders", follow_move)
        register_subject("calendar", "deadlines_calendarday", ())
        register_subject("law", "deadlines_competence", ())
