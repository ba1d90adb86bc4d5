"""Version 1 of the API."""

from django.urls import path

from backend.api import paths
from backend.api.v1 import (
    answering, bulk, catalogue, events, flags, handovers, lists, packs, people, proof, ruling, steps, system,
)  # fmt: skip

paths.register()

urlpatterns = [
    path("status/", system.Status.as_view()),
    path("me/", people.Me.as_view()),
    path("me/password/", people.Password.as_view()),
    path("tokens/", people.Tokens.as_view()),
    path("tokens/revoke/", people.Revoke.as_view()),
    path("units/", lists.Units.as_view()),
    path("units/<id:unit_id>/", lists.UnitDetail.as_view()),
    path("units/<id:unit_id>/children/", lists.UnitChildren.as_view()),
    path("units/<id:unit_id>/packs/", packs.UnitPacks.as_view()),
    path("units/<id:unit_id>/steps/", steps.UnitSteps.as_view()),
    path("members/", steps.Members.as_view()),
    path("members/<id:member_id>/", lists.MemberDetail.as_view()),
    path("members/<id:member_id>/timeline/", lists.Timeline.as_view()),
    path("members/<id:member_id>/steps/", steps.MemberSteps.as_view()),
    path("members/<id:member_id>/steps/<slug:step>/", steps.MemberStep.as_view()),
    path("members/<id:member_id>/merge/", steps.Merge.as_view()),
    path("workflows/", catalogue.Catalogue.as_view()),
    path("workflows/<slug:key>/", catalogue.CatalogueDetail.as_view()),
    path("workflows/<slug:key>/drawing/", catalogue.Drawing.as_view()),
    path("cases/", steps.Cases.as_view()),
    path("cases/<id:case_id>/", steps.CaseDetail.as_view()),
    path("cases/<id:case_id>/handover/", handovers.CaseHandover.as_view()),
    path("cases/<id:case_id>/steps/", steps.CaseSteps.as_view()),
    path("cases/<id:case_id>/steps/<slug:step>/", steps.CaseStep.as_view()),
    path("handovers/", handovers.Handovers.as_view()),
    path("bulk/steps/", bulk.Bulk.as_view()),
    path("deadlines/", lists.Deadlines.as_view()),
    path("deadlines/<id:deadline_id>/", lists.DeadlineDetail.as_view()),
    path("deadlines/<id:deadline_id>/ledger/", proof.DeadlineLedger.as_view()),
    path("deadlines/<id:deadline_id>/acknowledge/", answering.Acknowledge.as_view()),
    path("deadlines/<id:deadline_id>/snooze/", answering.Snooze.as_view()),
    path("deadlines/<id:deadline_id>/comment/", answering.Comment.as_view()),
    path("flags/", flags.Flags.as_view()),
    path("notices/", lists.Notices.as_view()),
    path("notices/<id:notice_id>/", lists.NoticeDetail.as_view()),
    path("alerts/ledger/", proof.Ledger.as_view()),
    path("alerts/ledger/csv/", proof.LedgerTable.as_view()),
    path("alerts/rehearsal/", proof.Rehearsing.as_view()),
    path("calendar/", ruling.Calendar.as_view()),
    path("calendar/preview/", ruling.CalendarPreview.as_view()),
    path("calendar/withdraw/", ruling.CalendarWithdraw.as_view()),
    path("competence/", ruling.Competences.as_view()),
    path("competence/withdraw/", ruling.CompetenceWithdraw.as_view()),
    path("events/", events.Events.as_view()),
    path("events/<uuid:uid>/", events.EventDetail.as_view()),
    path("events/<uuid:uid>/void/", events.Void.as_view()),
]
