from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "charter.panels"
    label = "panels"
