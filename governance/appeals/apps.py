from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "governance.appeals"
    label = "appeals"
