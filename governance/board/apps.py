from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "governance.board"
    label = "board"

    def ready(self) -> None:
        """Start with no table by which a more invasive charter would pass more easily."""
        from governance.board import approval

        approval.bars()
