from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SqlDoorConfig(AppConfig):
    name = "governance.sql_door"
    label = "sql_door"

    def ready(self) -> None:
        from governance.sql_door.services import clear, lay_out

        pre_migrate.connect(clear, sender=self, dispatch_uid="sql_door")
        post_migrate.connect(lay_out, sender=self, dispatch_uid="sql_door")
