"""The API, its schema and its documentation (local assets only)."""

from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerView

from backend.api.serving import Schema

urlpatterns = [
    path("v1/", include("backend.api.v1.urls")),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
