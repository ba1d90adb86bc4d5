"""The pages: a landing page, signing in and out, what one signs in with, deadlines, and whether this process is well."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from backend.web import (
    acting,
    calendars,
    contacts,
    deadline_list,
    deadlines,
    invitations,
    monitors,
    passwords,
    preferences,
    second_factor,
    service_worker,
    sessions,
    signing_in,
    today,
    tokens,
    views,
    webhooks,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("today/first-day/", today.first_day_over, name="first-day"),
    path("more/", views.more, name="more"),
    path("office/", acting.office, name="office"),
    # The names are those by which django-allauth finds its steps.
    path("sign-in/", signing_in.SignIn.as_view(), name="account_login"),
    path("sign-in/second/", signing_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", signing_in.PasskeyAlone.as_view(), name="mfa_login_webauthn"),
    path("sign-in/confirm/", signing_in.Confirm.as_view(), name="account_reauthenticate"),
    path("second-factor/", second_factor.Factors.as_view(), name="mfa_index"),
    path("second-factor/app/", second_factor.AddApp.as_view(), name="mfa_activate_totp"),
    path("second-factor/app/remove/", second_factor.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("second-factor/passkeys/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("second-factor/passkeys/<id:pk>/remove/", second_factor.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("second-factor/codes/", second_factor.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", second_factor.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("invitation/", invitations.invitation, name="invitation"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("sessions/", sessions.sessions, name="sessions"),
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
