"""The pages of the administration, below /administration/."""

from django.urls import path

from backend.web.administration import calendar, index, offices, system, units

urlpatterns = [
    path("", index.administration, name="administration"),
    path("units/", units.units, name="admin-units"),
    path("units/<id:unit_id>/", units.unit, name="admin-unit"),
    path("units/<id:unit_id>/offices/", offices.offices, name="admin-offices"),
    path("calendar/", calendar.calendar, name="admin-calendar"),
    path("system/", system.system, name="admin-system"),
]
