"""The two doors that answer HTTP."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("backend.api.urls")),
    path("", include("backend.web.urls")),
]

handler400 = "backend.web.faults.bad_request"
handler403 = "backend.web.faults.forbidden"
handler404 = "backend.web.faults.not_found"
handler500 = "backend.web.faults.broken"
