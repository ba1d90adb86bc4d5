"""The pages of the administration, below /administration/."""

from django.urls import path

from backend.web.administration import (
    calendar,
    dividing,
    handing,
    index,
    ladder,
    merging,
    offices,
    packs,
    reorganising,
    system,
    units,
)

urlpatterns = [
    path("", index.administration, name="administration"),
    path("units/", units.units, name="admin-units"),
    path("units/<id:unit_id>/", units.unit, name="admin-unit"),
    path("units/<id:unit_id>/offices/", offices.offices, name="admin-offices"),
    path("units/<id:unit_id>/offices/<id:holding_id>/", handing.handing, name="admin-hand-over"),
    path("units/<id:unit_id>/packs/", packs.packs, name="admin-packs"),
    path("units/<id:unit_id>/ladder/", ladder.ladder, name="admin-ladder"),
    path("packs/", packs.own_packs, name="admin-own-packs"),
    path("ladders/", ladder.own_ladder, name="admin-own-ladders"),
    path("reorganisations/", reorganising.reorganisations, name="admin-reorganise"),
    path("units/<id:unit_id>/merge/", merging.merging, name="admin-merge"),
    path("units/<id:unit_id>/divide/", dividing.dividing, name="admin-divide"),
    path("calendar/", calendar.calendar, name="admin-calendar"),
    path("system/", system.system, name="admin-system"),
]
