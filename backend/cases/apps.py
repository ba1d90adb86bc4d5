from django.apps import AppConfig
from django.utils.translation import gettext_lazy, gettext_noop

from backend.accounts.helping import judged_by
from backend.audit.subjects import register_subject
from backend.core.rotation import Place, keeps_sealed
from backend.organizations.dependants import ends_with, follows_moves, keeps_open
from workflows.answers import Refusal

HAS_CASES = Refusal(
    "unit.has_cases",
    gettext_noop("%(count)s cases are open there."),
    remedy=gettext_noop("Bring them to their end, or have them voided."),
)


class CasesConfig(AppConfig):
    name = "backend.cases"
    label = "cases"

    def ready(self) -> None:
        from backend.audit.erasing import has_other_records, tells_of_members  # noqa: PLC0415  (models come first)
        from backend.cases import told  # noqa: PLC0415
        from backend.cases.helping import reasons_against  # noqa: PLC0415
        from backend.cases.passing import follow_competence  # noqa: PLC0415
        from backend.cases.recounting import recount  # noqa: PLC0415
        from backend.cases.resizing import follow_figure  # noqa: PLC0415
        from backend.cases.turns import end_tasks, follow_move, open_cases_at  # noqa: PLC0415
        from backend.deadlines.counting import counts_from_cases  # noqa: PLC0415
        from backend.deadlines.following import follows_law  # noqa: PLC0415

        tells_of_members("cases", told.of_members)
        has_other_records("cases", told.other_records)
        register_subject("case", "cases_case", ("state",))
        keeps_sealed(Place("cases_requestkey", ("outcome",), gettext_lazy("Answers to requests")))
        judged_by(reasons_against)
        keeps_open(HAS_CASES, open_cases_at)
        follows_moves("cases", follow_move)
        ends_with("cases", end_tasks)
        counts_from_cases(recount)
        follows_law(follow_competence)
        follows_law(follow_figure)
