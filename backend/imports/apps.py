from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.rotation import Place, keeps_sealed
from backend.core.sealed import SEALED


class ImportsConfig(AppConfig):
    name = "backend.imports"
    label = "imports"

    def ready(self) -> None:
        keeps_sealed(Place("imports_importtask", ("report",), _("Reports of imports"), inside=SEALED))
        keeps_sealed(Place("imports_importfile", ("sealed",), _("Files of imports")))
