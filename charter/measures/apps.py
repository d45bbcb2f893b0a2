from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "charter.measures"
    label = "measures"
