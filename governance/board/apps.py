from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class BoardConfig(AppConfig):
    name = "governance.board"
    label = "board"

    def ready(self) -> None:
        """Start with no table by which a more invasive charter would pass more easily."""
        from governance.board import approval

        approval.read_bars()
        post_migrate.connect(_store_bars, sender=self)


def _store_bars(*, using: str, **_: Any) -> None:
    """As the owner, who alone may: write down what passes a charter of each level, which the database holds outcomes to."""
    from governance.board import approval
    from governance.board.models import LevelBar

    if LevelBar._meta.db_table not in connections[using].introspection.table_names():
        return  # migrated to before it was there
    LevelBar.objects.using(using).bulk_create(
        approval.list_level_bars(),
        update_conflicts=True,
        unique_fields=["level"],
        update_fields=["for_it", "of_votes", "must_vote"],
    )
