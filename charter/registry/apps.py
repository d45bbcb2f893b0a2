from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "charter.registry"
    label = "registry"

    def ready(self) -> None:
        """Start with no limits that a higher level of invasiveness would loosen."""
        from charter.registry import limits

        limits.read_levels()
