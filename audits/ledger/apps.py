from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "audits.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Register the events of every app, so that what one wrote another process can tell."""
        autodiscover_modules("events")
