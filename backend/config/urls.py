"""The two doors that answer HTTP."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("backend.api.urls")),
    path("", include("backend.web.urls")),
]
