from django.apps import AppConfig


class FoundingConfig(AppConfig):
    name = "governance.founding"
    label = "founding"
