from django.apps import AppConfig


class FlagsConfig(AppConfig):
    name = "backend.flags"
    label = "flags"

    def ready(self) -> None:
        from backend.audit import followers  # noqa: PLC0415  (models are loaded by now)
        from backend.audit.erasing import tells_of_members  # noqa: PLC0415
        from backend.audit.subjects import register_subject  # noqa: PLC0415
        from backend.cases.acknowledging import about_a_member  # noqa: PLC0415
        from backend.cases.counters import counts_missed  # noqa: PLC0415
        from backend.flags import counting, following  # noqa: PLC0415
        from backend.flags.selectors import member_of, told_of_members  # noqa: PLC0415

        followers.register(following.NAME, following.follow)
        counts_missed("meetings", counting.meetings_missed)
        counts_missed("dues", counting.dues_unpaid)
        register_subject("flag", "flags_flag", ())
        about_a_member("flag", member_of)
        tells_of_members("flags", told_of_members)
