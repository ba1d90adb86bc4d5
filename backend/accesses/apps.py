from django.apps import AppConfig


class AccessesConfig(AppConfig):
    name = "backend.accesses"
    label = "accesses"
