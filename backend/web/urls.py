"""The pages: a landing page, signing in and out, one's password, the deadlines of letters, and whether this process is well."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from backend.web import (
    calendars,
    contacts,
    deadline_list,
    deadlines,
    monitors,
    passwords,
    preferences,
    service_worker,
    views,
    webhooks,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/", passwords.Password.as_view(), name="password"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("service-worker.js", service_worker.service_worker, name="service-worker"),
    path("deadlines/", deadline_list.deadlines, name="deadlines"),
    path("deadlines/<id:deadline_id>/", deadlines.deadline, name="deadline"),
    path("calendar/<slug:token>.ics", calendars.calendar, name="calendar"),
    path("healthz", monitors.healthz, name="healthz"),
    path("readyz", monitors.readyz, name="readyz"),
    path("metrics", monitors.metrics, name="metrics"),
]
