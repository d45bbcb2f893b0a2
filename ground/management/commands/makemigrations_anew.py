"""Write all migrations of our apps anew, one an app. For as long as nothing is released."""

from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

GROUND = "ground"  # what its migrations make beside a few models is written by hand


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        ours = [app for app in apps.get_app_configs() if _is_ours(app)]
        for app in ours:
            for path in (Path(app.path) / "migrations").glob("[0-9]*.py"):
                path.unlink()
        for app in ours:
            call_command("makemigrations", app.label, name="initial", verbosity=options["verbosity"])
            # What the app says about tables of libraries that stand on it, if anything.
            call_command("makemigrations", app.label, verbosity=0)


def _is_ours(app: AppConfig) -> bool:
    folder = Path(app.path)
    return (
        app.label != GROUND
        and folder.is_relative_to(settings.BASE_DIR)
        and ".venv" not in folder.parts
        and (folder / "migrations").is_dir()
    )
