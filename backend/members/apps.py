from django.apps import AppConfig

from backend.audit.subjects import register_subject


class MembersConfig(AppConfig):
    name = "backend.members"
    label = "members"

    def ready(self) -> None:
        register_subject("member", "members_member", ("standing", "participation"))
