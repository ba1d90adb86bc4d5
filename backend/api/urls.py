"""The API, its schema and its documentation (local assets only)."""

from django.urls import include, path

from backend.api.documenting import Documentation
from backend.api.serving import Schema

urlpatterns = [
    path("v1/", include("backend.api.v1.urls")),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Documentation.as_view(url_name="schema"), name="docs"),
]
