from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "charter.registry"
    label = "registry"
