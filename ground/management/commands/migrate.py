"""Django's command, which here also says where triggers, grants or data versions wait for a migration."""

import gc
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Django
from django.db.migrations.exceptions import InconsistentMigrationHistory

from ground.schema.autodetector import Autodetector


class Command(Django):
    autodetector = Autodetector

    def handle(self, *args: Any, **options: Any) -> None:
        # Hundreds of classes come and go for the states of models; looking for them each time costs a tenth of it all.
        gc.disable()
        try:
            super().handle(*args, **options)
        except InconsistentMigrationHistory as error:
            raise CommandError(
                "This database was made before the first release, by migrations that have been written anew since. Begin "
                "with an empty one; `make clean` removes that of a demo."
            ) from error
        finally:
            gc.enable()
