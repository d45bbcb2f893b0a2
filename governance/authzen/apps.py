from django.apps import AppConfig


class AuthzenConfig(AppConfig):
    name = "governance.authzen"
    label = "authzen"
